package llb

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/llb/steps"
	"github.com/uvlambda/uvlambda/plan"
)

const (
	testPath    = "/uvlambda/test"
	requestFile = "request.json"
	// TestPath is the script that tests the function.
	TestPath = testPath + "/test.py"
	// TestReportFile is the name of a test's report, below ReportPath and in
	// the result.
	TestReportFile = "test-report.json"
)

// testRequest is what test.py reads.
type testRequest struct {
	Platform string `json:"platform"`
	Handler  string `json:"handler"`
	// IsCommand is set when that is a command, which may be no runtime.
	IsCommand bool `json:"isCommand,omitempty"`
	// Command and Dir start the function as the image does.
	Command []string `json:"command"`
	Dir     string   `json:"dir"`
	// Folder holds the files of the events at their places in the context.
	Folder  string      `json:"folder"`
	Events  []testEvent `json:"events"`
	Timeout int         `json:"timeout"`
}

// testEvent is a file to send, and the one to compare the response with.
type testEvent struct {
	Name     string `json:"name"`
	Expected string `json:"expected,omitempty"`
}

// test runs the function in its image and gives the report. What the function
// sees is what Lambda shows it: a root filesystem that it cannot write to, a
// /tmp that it can, and an unprivileged user.
func (c *converter) test(layers []layer) (bkllb.State, error) {
	st := find[plan.Test](c)
	t := st.work
	if t.Skip != "" {
		return c.skipped(st)
	}
	files, err := c.testFiles(st)
	if err != nil {
		return bkllb.State{}, err
	}
	opts := append(sealed(), c.mount(testPath, files))
	for _, variable := range c.in.Config.Env {
		name, value, _ := strings.Cut(variable, "=")
		opts = append(opts, bkllb.AddEnv(name, value))
	}
	if !t.Network {
		opts = append(opts, c.offline()...)
	}
	what := "start the function on %s"
	if len(t.Events) > 0 {
		what = "send the function its events on %s"
	}
	exec := c.run(c.stack(layers), step{
		kind: plan.KindTest,
		loc:  st.Source,
		name: c.title(st.Step, what, c.plan.Platform),
		args: slices.Concat([]string{c.plan.Python.Executable}, isolated(), []string{TestPath, path.Join(testPath, requestFile)}),
		opts: opts,
	})
	return exec.AddMount(ReportPath, bkllb.Scratch()), nil
}

// testFiles are the script, what it reads and the events. The step's cache key
// is their content.
func (c *converter) testFiles(st found[plan.Test]) (bkllb.State, error) {
	t := st.work
	request := testRequest{
		Platform:  c.plan.Platform,
		Handler:   strings.Join(c.plan.Config.Cmd, " "),
		Command:   slices.Concat(c.in.Config.Entrypoint, c.in.Config.Cmd),
		IsCommand: c.plan.Config.Command,
		Dir:       path.Join("/", c.in.Config.WorkingDir),
		Folder:    path.Join(testPath, "context"),
		Events:    []testEvent{},
		Timeout:   t.Timeout,
	}
	for _, e := range t.Events {
		request.Events = append(request.Events, testEvent{Name: e.Path, Expected: e.Response})
	}
	data, err := json.Marshal(request)
	if err != nil {
		return bkllb.State{}, fmt.Errorf("describing the test: %w", err)
	}
	files := bkllb.Mkfile("/test.py", 0o644, steps.Test(), bkllb.WithCreatedTime(epoch)).
		Mkfile(path.Join("/", requestFile), 0o644, data, bkllb.WithCreatedTime(epoch))
	for _, e := range t.Events {
		for _, name := range []string{e.Path, e.Response} {
			if name != "" {
				files = files.Copy(c.in.Context, path.Join("/", name), path.Join("/context", name), c.copyInfo(nil))
			}
		}
	}
	return bkllb.Scratch().File(files, c.named(st.Source, internal("prepare the test"))...), nil
}

// skipped is the report of a test that is not run.
func (c *converter) skipped(st found[plan.Test]) (bkllb.State, error) {
	data, err := json.MarshalIndent(map[string]string{
		"platform": c.plan.Platform,
		"handler":  strings.Join(c.plan.Config.Cmd, " "),
		"skipped":  st.work.Skip,
	}, "", "  ")
	if err != nil {
		return bkllb.State{}, fmt.Errorf("describing the skipped test: %w", err)
	}
	return bkllb.Scratch().File(
		bkllb.Mkfile(path.Join("/", TestReportFile), 0o644, append(data, '\n'), bkllb.WithCreatedTime(epoch)),
		c.named(st.Source, c.title(st.Step, "skip the test for %s", c.plan.Platform))...), nil
}
