//go:build unix

package build

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"testing"

	"github.com/containerd/console"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTerminalShowsNoLogOfAnExplainedFailure: there the log is shown again in
// full, below the steps.
func TestTerminalShowsNoLogOfAnExplainedFailure(t *testing.T) {
	t.Parallel()
	terminal, name, err := console.NewPty()
	require.NoError(t, err)
	defer terminal.Close()
	require.NoError(t, terminal.Resize(console.WinSize{Width: 80, Height: 24}))
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(t, err)
	var explained atomic.Bool
	opts := Options{Progress: progressui.TtyMode, Terminal: Terminal{Stderr: file}}
	failure := errors.New("explained")
	read := make(chan string)
	go func() {
		// A terminal that is closed at its other end fails to be read.
		data, _ := io.ReadAll(terminal)
		read <- string(data)
	}()
	_, err = show(t.Context(), opts, &explained, func(status chan *client.SolveStatus) (*client.SolveResponse, error) {
		defer close(status)
		for _, part := range failedStep("whole", "the lock is old\n") {
			status <- part
		}
		explained.Store(isExplained(failure))
		return nil, failure
	})
	require.ErrorIs(t, err, failure)
	require.NoError(t, file.Close())
	text := <-read
	assert.Contains(t, text, "ERROR [check] uv")
	assert.NotContains(t, text, "\n------\r\n")
	assert.NotContains(t, text, " > [check] uv:")
}
