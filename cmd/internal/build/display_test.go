package build

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// failedStep is the progress of a step that says something and fails.
func failedStep(input, said string) []*client.SolveStatus {
	now := time.Now()
	vertex := client.Vertex{Digest: digest.FromString(input), Name: "[check] uv", Started: &now}
	ended := vertex
	ended.Completed, ended.Error = &now, "exit code: 1"
	return []*client.SolveStatus{
		{Vertexes: []*client.Vertex{&vertex}},
		{Logs: []*client.VertexLog{{Vertex: vertex.Digest, Stream: 2, Data: []byte(said), Timestamp: now}}},
		{Vertexes: []*client.Vertex{&ended}},
	}
}

// shown runs a build that ends with an error, and returns what the display shows.
func shown(t *testing.T, failure error, progress ...*client.SolveStatus) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	defer file.Close()
	var explained atomic.Bool
	opts := Options{Progress: progressui.PlainMode, Terminal: Terminal{Stderr: file}}
	_, err = show(t.Context(), opts, &explained, func(status chan *client.SolveStatus) (*client.SolveResponse, error) {
		defer close(status)
		for _, part := range progress {
			status <- part
		}
		explained.Store(isExplained(failure))
		return nil, failure
	})
	require.ErrorIs(t, err, failure)
	data, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(data)
}

// TestLogOfAFailureIsShownOnce: a log is shown while its step runs. At the end it
// is shown only when the error does not explain the failure.
func TestLogOfAFailureIsShownOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		failure error
		want    int
	}{
		"explained":     {errors.New("uv.lock does not match"), 1},
		"not explained": {&errdefs.SolveError{Err: errors.New("exit code: 1")}, 2},
		"left to log":   {errors.New("failed: the build's output above says why"), 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := shown(t, test.failure, failedStep("whole", "the lock is old\n")...)
			assert.Equal(t, test.want, strings.Count(text, "the lock is old"), text)
			assert.Equal(t, 2*(test.want-1), strings.Count(text, "------\n"), text)
		})
	}
}

// TestStepThatRunsAgainSaysWhatIsNew: what it said before is left out.
func TestStepThatRunsAgainSaysWhatIsNew(t *testing.T) {
	t.Parallel()
	text := shown(t, errors.New("explained"), append(
		failedStep("shorter", "the lock is old\nline 3\n"),
		failedStep("whole", "the lock is old\nline 17\n")...)...)
	assert.Equal(t, 1, strings.Count(text, "the lock is old"), text)
	assert.Contains(t, text, "line 3\n")
	assert.Contains(t, text, "line 17\n")
}
