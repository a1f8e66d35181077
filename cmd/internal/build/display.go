package build

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync/atomic"

	"github.com/moby/buildkit/solver/errdefs"
)

// screen is the file that the progress is shown on. At the end of a failed build
// the display repeats the log of each failed step. The screen drops these logs when
// the failure is explained, because the error that follows says the same.
type screen struct {
	*os.File
	explained *atomic.Bool
	// repeats is set inside such a log.
	repeats bool
}

// rule stands above and below a log that is repeated, alone in a write. Lines of
// logs have a time before them.
const rule = "------\n"

// Write shows what the display writes.
func (s *screen) Write(p []byte) (int, error) {
	if s.explained.Load() {
		if bytes.Equal(p, []byte(rule)) {
			s.repeats = !s.repeats
			return len(p), nil
		}
		if s.repeats {
			return len(p), nil
		}
	}
	return s.File.Write(p)
}

// isExplained tells the error of a frontend that says why a step failed from
// one that leaves it to the step's log.
func isExplained(err error) bool {
	var solve *errdefs.SolveError
	return err != nil && !errors.As(err, &solve) && !strings.Contains(err.Error(), "the build's output above says why")
}
