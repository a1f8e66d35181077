package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKilobytes(t *testing.T) {
	t.Parallel()
	status := []byte("Name:\tuvlambda\nVmPeak:\t  2048 kB\nVmHWM:\t    12 kB\n")
	require.EqualValues(t, 12<<10, kilobytes(status, "VmHWM"))
	require.EqualValues(t, 0, kilobytes(status, "VmSwap"))
	require.EqualValues(t, 0, kilobytes(status, "Name"))
}

func TestFirstMatch(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Some CPU @ 2 GHz", firstMatch(cpuModel, []byte("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n")))
	require.Equal(t, "unknown processor", firstMatch(cpuModel, nil))
}

func TestMachineText(t *testing.T) {
	t.Parallel()
	m := machine{CPU: "CPU", Cores: 2, Memory: 24 << 30, Kernel: "Linux 6.1", Versions: []string{"BuildKit v1", "uv 2"}}
	require.Equal(t, "2 × CPU, 24 GiB, Linux 6.1; BuildKit v1, uv 2", m.text())
}
