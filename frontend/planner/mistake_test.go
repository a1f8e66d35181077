package planner_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// mistake is the base project with a mistake, and the message about it.
type mistake struct {
	name  string
	files map[string]string
	// links are symbolic links out of the context, and absent are places where
	// somebody looked and nothing is.
	links  map[string]string
	absent []string
	client client
	want   string
}

func checkMistakes(t *testing.T, mistakes []mistake) {
	t.Helper()
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			set := contextOf(change(m.files))
			for name, target := range m.links {
				set[name] = files.Entry{Kind: files.Outside, Link: target}
			}
			for _, name := range m.absent {
				set[name] = files.Entry{Kind: files.Missing}
			}
			for range runs {
				_, err := newPlan(maps.Clone(set), m.client)
				require.EqualError(t, err, m.want)
				requireLocated(t, err)
			}
		})
	}
}
