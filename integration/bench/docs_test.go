package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCommandsOfThePage reads the flags that docs/performance.md passes on.
func TestCommandsOfThePage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/performance.md")
	require.NoError(t, err)
	shown := regexp.MustCompile(`BENCH="(.*?)"`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, shown, 3)
	for _, flags := range shown {
		_, err := parse(strings.Fields(flags[1]))
		require.NoError(t, err, flags[1])
	}
}

// TestPagesHavePlaces puts nothing in the place of the figures of both pages.
func TestPagesHavePlaces(t *testing.T) {
	t.Parallel()
	for _, p := range []page{performance, scale} {
		text, err := os.ReadFile("../../docs/" + string(p) + ".md")
		require.NoError(t, err)
		without, err := replaceBlock(string(text), "")
		require.NoError(t, err)
		require.Contains(t, without, blockBegin+blockEnd)
	}
}
