package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAttempt(t *testing.T) {
	t.Parallel()
	var order []string
	var dir string
	var log strings.Builder
	problem := attempt(t.Context(), &log, func(trial *trial) {
		trial.Cleanup(func() { order = append(order, "first") })
		dir = trial.TempDir()
		trial.Cleanup(func() { order = append(order, "second") })
		require.Equal(trial, "a", "b", "they differ")
		order = append(order, "after the failure")
	})
	require.Equal(t, []string{"second", "first"}, order)
	require.NoDirExists(t, dir)
	require.Regexp(t, `^Not equal: expected: "a" actual : "b" .* Messages: they differ$`, problem)
	require.Contains(t, log.String(), "Error Trace")
}

func TestAttemptSucceeds(t *testing.T) {
	t.Parallel()
	require.Empty(t, attempt(t.Context(), io.Discard, func(trial *trial) {
		require.DirExists(trial, trial.TempDir())
	}))
}

func TestAttemptNotesAFailingCleanup(t *testing.T) {
	t.Parallel()
	problem := attempt(t.Context(), io.Discard, func(trial *trial) {
		trial.Cleanup(func() { require.NoError(trial, os.ErrExist, "cleaning") })
	})
	require.Equal(t, "Received unexpected error: file already exists Messages: cleaning", problem)
}

func TestSummary(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a/b c", summary("a|b\n\t c\n"))
	require.Equal(t, strings.Repeat("é", summaryLength)+" …", summary(strings.Repeat("é", summaryLength+1)))
}
