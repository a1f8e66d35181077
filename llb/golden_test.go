package llb_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// update rewrites the golden files: go test ./llb -update
var update = flag.Bool("update", false, "rewrite golden files")

// plans are the planner's golden files: what it gives is what is converted.
const plans = "../frontend/planner/testdata/*.json"

// runs is how often a graph is made to see that it is the same every time.
const runs = 25

func readPlan(t testing.TB, file string) *plan.Plan {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	p := &plan.Plan{}
	require.NoError(t, json.Unmarshal(data, p))
	return p
}

// TestGolden converts every golden plan and compares the graph, in words, with
// testdata.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(plans)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, in := readPlan(t, file), inputs()
			if p.Config != nil {
				in.Config.Cmd = p.Config.Cmd
				for _, variable := range slices.Sorted(maps.Keys(p.Config.Env)) {
					in.Config.Env = append(in.Config.Env, variable+"="+p.Config.Env[variable])
				}
			}
			res, err := llb.Convert(p, in, options(t))
			require.NoError(t, err)
			got := "layers: " + strings.Join(res.Layers, ", ") + "\n\n" + decode(t, output(res)).String()
			if res.Check != nil {
				got += "\nbeside it:\n" + decode(t, *res.Check).String()
			}
			goldenFile := filepath.Join("testdata", name+".txt")
			if *update {
				require.NoError(t, os.WriteFile(goldenFile, []byte(got), 0o644))
			}
			want, err := os.ReadFile(goldenFile)
			require.NoError(t, err, "write it with: go test ./llb -update")
			assert.Equal(t, string(want), got, "rewrite it with: go test ./llb -update")
		})
	}
}

// TestNothingIsMountedReadOnly has a reason in converter.mount: BuildKit 0.34 says
// nothing of use of a failed step with a read-only mount. A BuildKit that makes no
// mounts without an output is older, and has them.
func TestNothingIsMountedReadOnly(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(plans)
	require.NoError(t, err)
	for readOnly, caps := range map[bool]*apicaps.CapSet{false: daemon(), true: daemon(pb.CapExecMountBindReadWriteNoOutput)} {
		for _, file := range files {
			opt := options(t)
			opt.Caps = caps
			res, err := llb.Convert(readPlan(t, file), inputs(), opt)
			require.NoError(t, err)
			execs := decode(t, output(res)).execs()
			if res.Check != nil {
				execs = append(execs, decode(t, *res.Check).execs()...)
			}
			for _, exec := range execs {
				for _, m := range exec.op.GetExec().Mounts {
					if m.Dest != pb.RootMount && m.MountType == pb.MountType_BIND && strings.HasPrefix(m.Dest, "/uvlambda/") {
						assert.Equal(t, readOnly, m.Readonly, "%s: %s of %s", file, m.Dest, exec.name)
					}
					assert.False(t, !readOnly && m.Readonly && m.Dest != pb.RootMount, "%s: %s of %s", file, m.Dest, exec.name)
				}
			}
		}
	}
}

// TestSameBytes converts and marshals each golden plan again and again.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(plans)
	require.NoError(t, err)
	for _, file := range files {
		opt := options(t)
		opt.BuildArgs = map[string]string{"HTTP_PROXY": "a", "https_proxy": "b", "NO_PROXY": "c", "OTHER": "d"}
		res, err := llb.Convert(readPlan(t, file), inputs(), opt)
		require.NoError(t, err)
		want := decode(t, output(res)).bytes
		for range runs {
			require.Equal(t, want, decode(t, output(res)).bytes, file)
			require.Equal(t, want, convertState(t, readPlan(t, file), opt).bytes, file)
		}
	}
}
