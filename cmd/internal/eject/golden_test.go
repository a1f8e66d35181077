package eject_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/eject"
	"github.com/uvlambda/uvlambda/plan"
)

// update rewrites the golden files: go test ./cmd/internal/eject -update
var update = flag.Bool("update", false, "rewrite golden files")

// plans are the planner's golden files, which the Dockerfiles are written from.
const plans = "../../../frontend/planner/testdata/"

func readPlan(t testing.TB, name string) plan.Plan {
	t.Helper()
	data, err := os.ReadFile(plans + name + ".json")
	require.NoError(t, err)
	var p plan.Plan
	require.NoError(t, json.Unmarshal(data, &p))
	return p
}

// TestGolden writes the Dockerfile of each golden plan that has one, and
// compares it with testdata.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(plans + "*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		p := readPlan(t, name)
		if p.Output == plan.OutputImage || p.Output == plan.OutputDir {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				requireGolden(t, name, p)
			})
		}
	}
}

// TestGoldenOfAllAtOnce adds what no golden plan has.
func TestGoldenOfAllAtOnce(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "monorepo")
	p.Function = "api"
	p.Config.Env = map[string]string{"GREETING": `say "hi" to $USER`, "STAGE": "test"}
	plan.First[plan.Dependencies](&p).Slim = []string{"tests", "stubs", "dist-info", "boto3", "strip"}
	wheel := plan.Member{Name: "vendored", Path: "wheels/vendored-1.0-py3-none-any.whl", IsFile: true, CompileBytecode: true}
	check := plan.First[plan.LockCheck](&p)
	check.LocalFiles = []string{wheel.Path}
	check.Builds = []plan.Folder{{Path: "packages/dynamic", Exclude: []string{".venv", "my files"}}}
	p.Step(plan.KindLockCheck).Secrets = p.Step(plan.KindDependencies).Secrets
	p = *p.Without(plan.KindImage)
	p.AddMember(&wheel, nil, plan.Location{})
	p.AddTest(&plan.Test{Timeout: 10}, plan.Location{})
	p.AddImage()
	requireGolden(t, "all-at-once", p, arm64(p))
}

// requireGolden compares a Dockerfile with testdata/NAME.Dockerfile.
func requireGolden(t *testing.T, name string, plans ...plan.Plan) {
	t.Helper()
	got, err := eject.Render(plans)
	require.NoError(t, err)
	golden := filepath.Join("testdata", name+".Dockerfile")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "write it with: go test ./cmd/internal/eject -update")
	assert.Equal(t, string(want), got, "rewrite it with: go test ./cmd/internal/eject -update")
}
