//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/containerd/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWidthOf: a plan is as wide as its terminal, and has no width in a file.
func TestWidthOf(t *testing.T) {
	t.Parallel()
	person, name, err := console.NewPty()
	require.NoError(t, err)
	defer person.Close()
	require.NoError(t, person.Resize(console.WinSize{Width: 61, Height: 20}))
	terminal, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(t, err)
	defer terminal.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "plan.txt"))
	require.NoError(t, err)
	defer file.Close()
	assert.Equal(t, 61, widthOf(terminal))
	assert.Zero(t, widthOf(file))
	assert.Zero(t, widthOf(&bytes.Buffer{}))
}
