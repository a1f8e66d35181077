package colour

import (
	"os"
	"strings"
	"testing"

	"github.com/containerd/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWord(t *testing.T) {
	t.Parallel()
	pty, path, err := console.NewPty()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pty.Close()) })
	screen, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, screen.Close()) })
	assert.Equal(t, "\x1b[1;31mERROR\x1b[0m", Word(screen, "ERROR", Red, ""))
	assert.Equal(t, "ERROR", Word(&strings.Builder{}, "ERROR", Red, ""))
	file, err := os.Create(t.TempDir() + "/log")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	assert.Equal(t, "ERROR", Word(file, "ERROR", Red, ""))
	assert.Equal(t, "ERROR", Word(screen, "ERROR", Red, "1"))
}
