package llb_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// testPlan is the test of a function on a base for linux/arm64.
func testPlan() *plan.Plan {
	p := &plan.Plan{
		Project:  "api",
		Output:   plan.OutputTest,
		Platform: "linux/arm64",
		Python:   plan.Python{Version: "3.13", Executable: "/var/lang/bin/python3.13"},
		Config:   &plan.Config{Cmd: []string{"app.handler"}, Env: map[string]string{"B": "2", "A": "1"}},
	}
	p.AddApp(&plan.App{Copies: []plan.Copy{{From: "app.py", To: "app.py"}}}, plan.Location{})
	p.AddTest(&plan.Test{
		Events:  []plan.Event{{Path: "events/a.json", Response: "events/a.response.json"}, {Path: "b.json"}},
		Timeout: 7,
	}, plan.Location{File: "pyproject.toml", Line: 9, EndLine: 9})
	return p
}

func testGraph(t *testing.T, p *plan.Plan, opt llb.Options) graph {
	t.Helper()
	in := inputs()
	in.Config = ocispecs.ImageConfig{
		Entrypoint: []string{"/lambda-entrypoint.sh"}, Cmd: []string{"app.handler"}, WorkingDir: "/var/task", Env: []string{"A=1", "B=2"},
	}
	res, err := llb.Convert(p, in, opt)
	require.NoError(t, err)
	return decode(t, output(res))
}

// TestTestRunsInTheImage starts the function as Lambda would.
func TestTestRunsInTheImage(t *testing.T) {
	t.Parallel()
	g := testGraph(t, testPlan(), options(t))
	step := g.named(t, "send the function its events on linux/arm64")
	exec := step.op.GetExec()

	require.Equal(t, "arm64", step.op.Platform.Architecture)
	require.NotNil(t, g.vertices[step.inputs[step.mount(t, "/").Input]].op.GetMerge())
	require.True(t, step.mount(t, "/").Readonly)
	require.Equal(t, pb.MountType_TMPFS, step.mount(t, "/tmp").MountType)
	require.Equal(t, pb.NetMode_NONE, exec.Network)
	require.Equal(t, []int32{9}, step.lines)
	require.Equal(t, []string{"/var/lang/bin/python3.13", "-I", "-S", llb.TestPath, "/uvlambda/test/request.json"}, exec.Meta.Args)
	require.Subset(t, exec.Meta.Env, []string{"A=1", "B=2"})
	require.GreaterOrEqual(t, step.mount(t, llb.ReportPath).Output, int64(0))
}

// TestTestFiles: the content of the test's files decides whether the test runs
// again.
func TestTestFiles(t *testing.T) {
	t.Parallel()
	g := testGraph(t, testPlan(), options(t))
	mount := g.named(t, "send the function its events").mount(t, "/uvlambda/test")
	require.Equal(t, int64(pb.SkipOutput), mount.Output)

	var copies []string
	var request string
	for _, action := range g.named(t, "prepare the test").op.GetFile().Actions {
		if c := action.GetCopy(); c != nil {
			copies = append(copies, c.Src+" "+c.Dest)
		}
		if f := action.GetMkfile(); f != nil && f.Path == "/request.json" {
			request = string(f.Data)
		}
	}
	assert.Equal(t, []string{
		"/events/a.json /context/events/a.json",
		"/events/a.response.json /context/events/a.response.json",
		"/b.json /context/b.json",
	}, copies)
	assert.JSONEq(t, `{
		"platform": "linux/arm64", "handler": "app.handler",
		"command": ["/lambda-entrypoint.sh", "app.handler"], "dir": "/var/task",
		"folder": "/uvlambda/test/context", "timeout": 7,
		"events": [{"name": "events/a.json", "expected": "events/a.response.json"}, {"name": "b.json"}]
	}`, request)
}

func TestTestWithoutEvents(t *testing.T) {
	t.Parallel()
	p := testPlan()
	test := plan.First[plan.Test](p)
	test.Events, test.Network = nil, true
	step := testGraph(t, p, options(t)).named(t, "start the function on linux/arm64")
	require.Equal(t, pb.NetMode_UNSET, step.op.GetExec().Network)
}

// TestTestIgnoresTheCache with `--no-cache-filter test`, and nothing else does.
func TestTestIgnoresTheCache(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.NoCache = func(kind plan.StepKind) bool { return kind == plan.KindTest }
	var again []string
	for _, v := range testGraph(t, testPlan(), opt).vertices {
		if v.meta.IgnoreCache {
			again = append(again, v.name)
		}
	}
	require.Equal(t, []string{"[api 2/2] send the function its events on linux/arm64"}, again)
}

// TestSkippedTest runs nothing and says why.
func TestSkippedTest(t *testing.T) {
	t.Parallel()
	p := testPlan()
	plan.First[plan.Test](p).Skip = "no ARM here"
	g := testGraph(t, p, options(t))
	require.Empty(t, g.execs())
	file := g.named(t, "skip the test for linux/arm64").op.GetFile().Actions[0].GetMkfile()
	require.Equal(t, "/"+llb.TestReportFile, file.Path)
	var report map[string]string
	require.NoError(t, json.Unmarshal(file.Data, &report))
	require.Equal(t, map[string]string{"platform": "linux/arm64", "handler": "app.handler", "skipped": "no ARM here"}, report)
	require.True(t, strings.HasSuffix(string(file.Data), "}\n"))
}
