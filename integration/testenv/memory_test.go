package testenv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAvailableMemory(t *testing.T) {
	t.Parallel()
	available, err := availableMemory([]byte("MemTotal:       24683656 kB\nMemFree:         1000 kB\nMemAvailable:   22000000 kB\nHugePages_Total:       0\n"))
	require.NoError(t, err)
	require.Equal(t, int64(22000000*1024), available)
	for _, facts := range []string{"", "MemTotal: 24683656 kB\n", "MemAvailable: much kB\n"} {
		_, err := availableMemory([]byte(facts))
		require.Error(t, err, facts)
	}
}
