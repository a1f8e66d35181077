package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	o, err := parse(nil)
	require.NoError(t, err)
	require.Equal(t, usualRuns, o.choice.runs)
	require.False(t, o.choice.daily)
	require.True(t, o.choice.rows.MatchString("anything"))

	o, err = parse([]string{"-quick", "-rows", "^zip", "-docs", "docs", "-from", "a.json"})
	require.NoError(t, err)
	require.Equal(t, quickRuns, o.choice.runs)
	require.True(t, o.choice.daily)
	require.Equal(t, "docs", o.docs)
	require.Equal(t, "a.json", o.from)
	require.False(t, o.choice.rows.MatchString("cold zip"))

	o, err = parse([]string{"-quick", "-runs", "2"})
	require.NoError(t, err)
	require.Equal(t, 2, o.choice.runs)

	_, err = parse([]string{"-rows", "("})
	require.ErrorContains(t, err, "-rows: ")
}
