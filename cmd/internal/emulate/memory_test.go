package emulate

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePeak(t *testing.T) {
	t.Parallel()
	assert.Equal(t, int64(41<<20), parsePeak("Name:\tpython3.13\nVmPeak:\t  99999 kB\nVmHWM:\t   41984 kB\nVmRSS:\t 100 kB\n"))
	assert.Zero(t, parsePeak("Name:\tpython3.13\n"))
	assert.Zero(t, parsePeak("VmHWM:\tx kB\n"))
}

func TestPeakOfProcess(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	assert.Zero(t, peakOfProcess(file), "before it has started")
	require.NoError(t, os.WriteFile(file, []byte(strconv.Itoa(os.Getpid())), 0o600))
	if runtime.GOOS == "linux" {
		assert.Greater(t, peakOfProcess(file), int64(1<<20))
	}
}
