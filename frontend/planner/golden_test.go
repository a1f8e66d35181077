package planner_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// update rewrites the golden files: go test ./frontend/planner -update
var update = flag.Bool("update", false, "rewrite golden files")

// runs is how often a plan is made to see that the order of maps has no part
// in it.
const runs = 25

// TestGolden plans every testdata/*.txtar and compares the plan with the .json
// beside it.
func TestGolden(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, archive := range archives {
		f := readFixture(t, archive)
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(f.contents), f.client)
			require.NoError(t, err)
			got := indented(t, p)
			file := strings.TrimSuffix(archive, ".txtar") + ".json"
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err, "write it with: go test ./frontend/planner -update")
			assert.Equal(t, string(want), got, "rewrite it with: go test ./frontend/planner -update")
			for range runs {
				again, err := newPlan(contextOf(f.contents), f.client)
				require.NoError(t, err)
				require.Equal(t, got, indented(t, again), "the plan is not the same every time")
			}
		})
	}
}
