package files_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
)

func TestMatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"events/*.json", "events/order.json", true},
		{"events/*.json", "events/old/order.json", false},
		{"events/**/*.json", "events/old/order.json", true},
		{"**/*.json", "order.json", true},
		{"events", "events/order.json", true},
		{"events", "more/events/order.json", false},
		{"event[0-9].json", "event1.json", true},
		{"event?.json", "events/1.json", false},
	}
	for _, tt := range tests {
		got, err := files.Matches([]string{tt.pattern}, tt.name)
		require.NoError(t, err)
		require.Equal(t, tt.want, got, "%s against %s", tt.name, tt.pattern)
	}
	_, err := files.Matches([]string{"["}, "order.json")
	require.ErrorContains(t, err, `reading the patterns ["["]`)
}
