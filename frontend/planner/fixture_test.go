package planner_test

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/containerd/platforms"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// client is what a client sends with a build context. Its zero value asks for
// the image of ./pyproject.toml for linux/amd64.
type client struct {
	file, target, platform string
	upgrade                string
	labels                 map[string]string
	// runnable are the platforms of the builder.
	runnable []string
}

// contextOf is a build context with these files, and the folders they are in.
func contextOf(contents map[string]string) files.Set {
	set := files.Set{}
	for name, text := range contents {
		set[name] = files.Entry{Kind: files.Regular, Data: []byte(text)}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			set[dir] = files.Entry{Kind: files.Folder}
		}
	}
	return set
}

// newPlan plans a build from a whole context.
func newPlan(set files.Set, c client) (*plan.Plan, error) {
	in, err := newInput(set, c)
	if err != nil {
		return nil, err
	}
	return planned(in)
}

// planned is the plan of an input.
func planned(in planner.Input) (*plan.Plan, error) {
	decided, err := planner.Decide(in)
	if err != nil {
		return nil, err
	}
	return decided.Plan, nil
}

// newInput reads a whole context.
func newInput(set files.Set, c client) (planner.Input, error) {
	var in planner.Input
	if c.file == "" {
		c.file = "pyproject.toml"
	}
	if c.platform == "" {
		c.platform = "linux/amd64"
	}
	data, _ := set.Data(c.file)
	doc, err := source.Parse(c.file, data)
	if err != nil {
		return in, err
	}
	s, err := spec.Parse(doc)
	if err != nil {
		return in, err
	}
	function, output, err := planner.ParseTarget(c.target, s)
	if err != nil {
		return in, err
	}
	w, err := planner.NewWorkspace(path.Dir(c.file), maps.Clone(set), nil)
	if err != nil {
		return in, err
	}
	if err := w.AddMembers(nil); err != nil {
		return in, err
	}
	platform, err := platforms.Parse(c.platform)
	if err != nil {
		return in, err
	}
	runnable, err := platforms.ParseAll(c.runnable)
	if err != nil {
		return in, err
	}
	return planner.Input{
		Spec: function, Output: output, Workspace: w, Platform: platform, Labels: c.labels, BuildCommand: "uvlambda build", BuildContext: ".",
		Runnable: runnable, Upgrade: c.upgrade, AssumePython: true,
	}, nil
}

// base is the project that tables of tests change: a function without
// dependencies. The table of its build file starts in line 7.
func base() map[string]string {
	return map[string]string{
		"pyproject.toml": baseProject + "[tool.uvlambda]\nhandler = \"app.handler\"\n",
		"uv.lock":        baseLock,
		"app.py":         "def handler(event, context): ...\n",
	}
}

const (
	baseProject = `[project]
name = "api"
version = "1.0.0"
requires-python = ">=3.12"
dependencies = []

`
	baseLock = `version = 1
revision = 3
requires-python = ">=3.12"

[[package]]
name = "api"
version = "1.0.0"
source = { virtual = "." }
`
)

// change puts files over the base; an empty text takes one away.
func change(over map[string]string) map[string]string {
	contents := base()
	maps.Copy(contents, over)
	maps.DeleteFunc(contents, func(_, text string) bool { return text == "" })
	return contents
}

// keys is a change of the base that sets the keys of its table.
func keys(text string) map[string]string {
	return map[string]string{"pyproject.toml": baseProject + "[tool.uvlambda]\n" + text + "\n"}
}

// fixture is a build context in testdata/NAME.txtar. The archive's comment
// holds a remark and, in lines KEY=VALUE, what the client says.
type fixture struct {
	name     string
	client   client
	contents map[string]string
}

func readFixture(t testing.TB, file string) fixture {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	f := fixture{
		name:     strings.TrimSuffix(path.Base(file), ".txtar"),
		client:   client{labels: map[string]string{}},
		contents: map[string]string{},
	}
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "file":
			f.client.file = value
		case "target":
			f.client.target = value
		case "platform":
			f.client.platform = value
		case "upgrade":
			f.client.upgrade = value
		case "label":
			name, text, _ := strings.Cut(value, "=")
			f.client.labels[name] = text
		}
	}
	for _, file := range archive.Files {
		f.contents[file.Name] = string(file.Data)
	}
	return f
}

// indented is a plan as a golden file holds it.
func indented(t *testing.T, p *plan.Plan) string {
	t.Helper()
	text, err := json.MarshalIndent(p, "", "  ")
	require.NoError(t, err)
	return string(text) + "\n"
}

// requireLocated fails unless every mistake of an error names a file.
func requireLocated(t testing.TB, err error) {
	t.Helper()
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			requireLocated(t, e)
		}
		return
	}
	var located *source.Error
	require.ErrorAs(t, err, &located)
	require.NotEmpty(t, located.Location.File, "%v", err)
}

// copied gives a plan's copies as "FROM -> TO", sorted.
func copied(p *plan.Plan) []string {
	if plan.First[plan.App](p) == nil {
		return nil
	}
	var copies []string
	for _, c := range plan.First[plan.App](p).Copies {
		copies = append(copies, c.From+" -> "+c.To)
	}
	slices.Sort(copies)
	return copies
}

// with is a change of the base with more files: their names and contents in
// turns.
func with(contents map[string]string, more ...string) map[string]string {
	for i := 0; i+1 < len(more); i += 2 {
		contents[more[i]] = more[i+1]
	}
	return contents
}
