package run

import (
	"fmt"
	"strings"
	"sync"
)

// failed is the explained failure of a build's steps. Steps run side by side, and
// several solves wait for one step.
type failed struct {
	mu  sync.Mutex
	err error
}

// lostFailure is all that BuildKit 0.34 says of a failed step whose inputs another
// failed step of the build has, from the second solve of the step on. Solves of one
// step share an error, and each gives its inputs back.
const lostFailure = "releasing already released reference"

// isLost reports whether BuildKit has lost a failure.
func isLost(err error) bool { return err != nil && strings.Contains(err.Error(), lostFailure) }

// mostTries is how often a step is run whose failure gets lost. Each time, one of
// those who wait for the step gets the failure.
const mostTries = 4

// explain explains a failure, one at a time. When BuildKit has lost a failure, the
// first one is the answer.
func (f *failed) explain(explain func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := explain()
	if isLost(err) {
		if f.err != nil {
			return f.err
		}
		return fmt.Errorf("a step failed, and BuildKit has lost why: see the step's log, and build again with --progress plain if there is none (%w)", err)
	}
	if f.err == nil {
		f.err = err
	}
	return err
}

// known reports whether a failure was explained.
func (f *failed) known() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil
}

// forget is called before a build is tried again.
func (f *failed) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = nil
}
