package plan

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// complete is a plan with every kind of step.
func complete(output Output) Plan {
	p := Plan{
		Project:  "shop",
		Output:   output,
		Platform: "linux/amd64",
		Python:   Python{Version: "3.13", Executable: "/python", WheelPlatform: "x86_64-manylinux_2_34"},
		Base:     Image{Ref: "base"},
		UV:       Image{Ref: "uv"},
		LockCheck: &LockCheck{
			Root: ".", Files: []string{"pyproject.toml", "uv.lock"},
			Archives: []string{"vendored-1.whl"}, Builds: []Folder{{Path: "."}},
		},
		Export: &Export{Root: ".", Files: []string{"pyproject.toml", "uv.lock"},
			Reduced: []File{{Path: "pyproject.toml", Content: "[project]"}}, Args: []string{"--group", "prod"}},
		Dependencies: &Dependencies{Packages: 1},
		Members:      []Member{{Name: "library", Path: "library"}},
		App:          &App{Copies: []Copy{{From: "app", To: "app"}, {From: ".", To: "all"}}},
		Test:         &Test{Events: []Event{{Path: "event.json"}}},
	}
	if output == OutputZip {
		p.Archive = &Archive{Name: "shop", Facts: Facts{Handler: "app.handler"}}
	}
	return p
}

// TestStages holds the stages of each output, with what leads to them.
func TestStages(t *testing.T) {
	t.Parallel()
	steps := []string{"export uv.lock", "install 1 package", "build and install library", "copy the application to /var/task", "check that uv.lock is up to date"}
	trees := []string{"install 1 package", "build and install library", "copy the application to /var/task"}
	const packed = "compress the members"
	const check, test = "check that uv.lock is up to date", "send the function 1 event"
	tests := map[Output]struct {
		last          []string
		after, guards []string
	}{
		OutputImage: {[]string{test, "assemble the image"}, trees, []string{check, test}},
		OutputDir:   {[]string{test, "gather the task root"}, trees, []string{check, test}},
		OutputZip:   {[]string{test, packed, "write shop.zip"}, []string{"install and compress 1 package", packed, trees[2]}, []string{check, test}},
		OutputTest:  {[]string{test}, trees, []string{check}},
	}
	for output, want := range tests {
		t.Run(string(output), func(t *testing.T) {
			t.Parallel()
			all := complete(output).stages()
			steps := slices.Clone(steps)
			if output == OutputZip {
				steps[1] = "install and compress 1 package"
			}
			assert.Equal(t, append(steps, want.last...), names(all))
			last := all[len(all)-1]
			assert.Equal(t, kindResult, last.kind)
			assert.Equal(t, want.after, names(last.after))
			assert.Equal(t, want.guards, names(last.guards))
			assert.Equal(t, []string{"pyproject.toml", "uv.lock", "vendored-1.whl", "the whole context"}, all[4].files)
			assert.Equal(t, []string{"pyproject.toml (in part)", "uv.lock"}, all[0].files)
			assert.Equal(t, []string{"app", "the whole context"}, all[3].files)
		})
	}
}

func names(stages []*stage) []string {
	var does []string
	for _, st := range stages {
		does = append(does, st.does)
	}
	return does
}

// TestSharedStages changes one thing of a plan, and says which steps the two
// plans no longer share.
func TestSharedStages(t *testing.T) {
	t.Parallel()
	const (
		export  = "export uv.lock"
		install = "install 1 package"
		member  = "build and install library"
		app     = "copy the application to /var/task"
		check   = "check that uv.lock is up to date"
		test    = "send the function 1 event"
		result  = "assemble the image"
	)
	tests := map[string]struct {
		change func(*Plan)
		own    []string
	}{
		"nothing":       {func(*Plan) {}, nil},
		"other lines":   {func(p *Plan) { p.Export.Source.Line, p.Members[0].Source.Line = 7, 7 }, nil},
		"other handler": {func(p *Plan) { p.Function, p.Config = "orders", &Config{Cmd: []string{"a.b"}} }, []string{test, result}},
		"platform": {func(p *Plan) { p.Platform, p.Python.WheelPlatform = "linux/arm64", "aarch64-manylinux_2_34" },
			[]string{install, member, test, result}},
		"groups":      {func(p *Plan) { p.Export.Args = nil }, []string{export, install}},
		"uv":          {func(p *Plan) { p.UV.Ref = "uv:2" }, []string{export, install, member, check}},
		"base":        {func(p *Plan) { p.Base.Ref = "base:2" }, []string{install, member, check}},
		"glibc":       {func(p *Plan) { p.Dependencies.Glibc = 26 }, []string{install}},
		"slim":        {func(p *Plan) { p.Dependencies.Slim = []string{"tests"} }, []string{install}},
		"member":      {func(p *Plan) { p.Members[0].CompileBytecode = true }, []string{member}},
		"application": {func(p *Plan) { p.App.Copies[0].Exclude = []string{"*.md"} }, []string{app}},
		"lock check":  {func(p *Plan) { p.LockCheck.Archives = nil }, []string{check}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := complete(OutputImage)
			tt.change(&other)
			shared := map[string]bool{}
			for _, st := range complete(OutputImage).stages() {
				shared[st.same] = true
			}
			var own []string
			for _, st := range other.stages() {
				if !shared[st.same] {
					own = append(own, st.does)
				}
			}
			assert.Equal(t, tt.own, own)
		})
	}
}

// TestFilesBesideAMember names what a build reads out of a package's folder.
func TestFilesBesideAMember(t *testing.T) {
	t.Parallel()
	p := complete(OutputImage)
	p.LockCheck.Builds, p.LockCheck.Beside = []Folder{{Path: "library"}}, []Folder{{Path: "plugin"}}
	m := &p.Members[0]
	m.Beside = []Folder{{Path: ".hgignore"}, {Path: "plugin"}}
	m.Written = []File{{Path: ".gitignore"}, {Path: "pyproject.toml"}}
	all := p.stages()
	assert.Equal(t, []string{"library", ".hgignore", "plugin", ".gitignore", "pyproject.toml (in part)"}, all[2].files)
	assert.Equal(t, []string{"pyproject.toml", "uv.lock", "vendored-1.whl", "library", "plugin"}, all[4].files)

	m.Whole, p.LockCheck.Whole, p.LockCheck.Beside = true, true, []Folder{{Path: "."}}
	all = p.stages()
	assert.Equal(t, []string{"the whole context"}, all[2].files)
	assert.Equal(t, []string{"pyproject.toml", "uv.lock", "vendored-1.whl", "the whole context"}, all[4].files)
}
