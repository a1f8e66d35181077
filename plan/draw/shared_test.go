package draw

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/plan"
)

// complete is a plan with every kind of step, and with some changes.
func complete(output plan.Output, changes ...func(*plan.Plan, *parts)) *plan.Plan {
	p := &plan.Plan{
		Project:  "shop",
		Output:   output,
		Platform: "linux/amd64",
		Python:   plan.Python{Version: "3.13", Executable: "/python", WheelPlatform: "x86_64-manylinux_2_34"},
		Base:     plan.Image{Ref: "base"},
		UV:       plan.Image{Ref: "uv"},
	}
	work := &parts{
		check: plan.LockCheck{
			Root: ".", Files: []string{"pyproject.toml", "uv.lock"},
			LocalFiles: []string{"vendored-1.whl"}, Builds: []plan.Folder{{Path: "."}},
		},
		export: plan.Export{Root: ".", Files: []string{"pyproject.toml", "uv.lock"},
			Reduced: []plan.File{{Path: "pyproject.toml", Content: "[project]"}}, Args: []string{"--group", "prod"}},
		dependencies: plan.Dependencies{Packages: 1},
		member:       plan.Member{Name: "library", Path: "library"},
		app:          plan.App{Copies: []plan.Copy{{From: "app", To: "app"}, {From: ".", To: "all"}}},
	}
	for _, change := range changes {
		change(p, work)
	}
	p.AddExport(&work.export, work.at)
	p.AddDependencies(&work.dependencies, nil, work.at)
	p.AddMember(&work.member, nil, work.at)
	p.AddApp(&work.app, work.at)
	p.AddLockCheck(&work.check, nil, work.at)
	p.AddTest(&plan.Test{Events: []plan.Event{{Path: "event.json"}}}, work.at)
	switch output {
	case plan.OutputZip:
		p.AddCompress(&plan.Compress{}, work.at)
		p.AddArchive(&plan.Archive{Name: "shop", Facts: plan.Facts{Handler: "app.handler"}}, work.at)
	case plan.OutputDir:
		p.AddDir()
	case plan.OutputImage:
		p.AddImage()
	}
	return p
}

// parts are what the steps of a complete plan do.
type parts struct {
	check        plan.LockCheck
	export       plan.Export
	dependencies plan.Dependencies
	member       plan.Member
	app          plan.App
	at           plan.Location
}

// TestSteps holds the steps of each output, with what leads to them.
func TestSteps(t *testing.T) {
	t.Parallel()
	steps := []string{"export uv.lock", "install 1 package", "build and install library", "copy the application to /var/task", "check that uv.lock is up to date"}
	const packed = "compress the members"
	const test = "send the function 1 event"
	tests := map[plan.Output]struct {
		last          []string
		takes, guards []string
	}{
		plan.OutputImage: {[]string{test, "assemble the image"}, []string{"dependencies", "members/library", "app"}, []string{"lock-check", "test"}},
		plan.OutputDir:   {[]string{test, "gather the task root"}, []string{"dependencies", "members/library", "app"}, []string{"lock-check", "test"}},
		plan.OutputZip:   {[]string{test, packed, "write shop.zip"}, []string{"dependencies", "compress", "app"}, []string{"lock-check", "test"}},
		plan.OutputTest:  {[]string{test}, []string{"dependencies", "members/library", "app"}, []string{"lock-check"}},
	}
	for output, want := range tests {
		t.Run(string(output), func(t *testing.T) {
			t.Parallel()
			p := complete(output, func(_ *plan.Plan, work *parts) {
				if output == plan.OutputZip {
					work.dependencies.Pack = &plan.Pack{}
				}
			})
			steps := slices.Clone(steps)
			if output == plan.OutputZip {
				steps[1] = "install and compress 1 package"
			}
			assert.Equal(t, append(steps, want.last...), titles(p.Steps))
			last := p.Result()
			assert.Equal(t, kindResult, look(p, last))
			assert.Equal(t, want.takes, last.Takes)
			assert.Equal(t, want.guards, last.Guards)
			assert.Equal(t, []string{"pyproject.toml", "uv.lock", "vendored-1.whl", "the whole context"}, files(p.Steps[4]))
			assert.Equal(t, []string{"pyproject.toml (in part)", "uv.lock"}, files(p.Steps[0]))
			assert.Equal(t, []string{"app", "the whole context"}, files(p.Steps[3]))
			assert.Equal(t, kindCheck, look(p, &p.Steps[4]))
			assert.Equal(t, kindStep, look(p, &p.Steps[3]))
		})
	}
}

func titles(steps []plan.Step) []string {
	var titles []string
	for _, st := range steps {
		titles = append(titles, st.Title)
	}
	return titles
}

// TestSharedSteps changes one thing of a plan, and says which steps the two
// plans no longer share.
func TestSharedSteps(t *testing.T) {
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
		change func(*plan.Plan, *parts)
		own    []string
	}{
		"nothing":       {func(*plan.Plan, *parts) {}, nil},
		"other lines":   {func(_ *plan.Plan, work *parts) { work.at.Line = 7 }, nil},
		"other handler": {func(p *plan.Plan, _ *parts) { p.Function, p.Config = "orders", &plan.Config{Cmd: []string{"a.b"}} }, []string{test, result}},
		"platform": {func(p *plan.Plan, _ *parts) {
			p.Platform, p.Python.WheelPlatform = "linux/arm64", "aarch64-manylinux_2_34"
		}, []string{install, member, test, result}},
		"groups":      {func(_ *plan.Plan, work *parts) { work.export.Args = nil }, []string{export, install, test, result}},
		"uv":          {func(p *plan.Plan, _ *parts) { p.UV.Ref = "uv:2" }, []string{export, install, member, check, test, result}},
		"base":        {func(p *plan.Plan, _ *parts) { p.Base.Ref = "base:2" }, []string{install, member, check, test, result}},
		"glibc":       {func(_ *plan.Plan, work *parts) { work.dependencies.Glibc = 26 }, []string{install, test, result}},
		"slim":        {func(_ *plan.Plan, work *parts) { work.dependencies.Slim = []string{"tests"} }, []string{install, test, result}},
		"member":      {func(_ *plan.Plan, work *parts) { work.member.CompileBytecode = true }, []string{member, test, result}},
		"application": {func(_ *plan.Plan, work *parts) { work.app.Copies[0].Exclude = []string{"*.md"} }, []string{app, test, result}},
		"lock check":  {func(_ *plan.Plan, work *parts) { work.check.LocalFiles = nil }, []string{check}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shared := map[string]bool{}
			for _, same := range identities(complete(plan.OutputImage)) {
				shared[same] = true
			}
			other := complete(plan.OutputImage, tt.change)
			same := identities(other)
			var own []string
			for _, st := range other.Steps {
				if !shared[same[st.Name]] {
					own = append(own, st.Title)
				}
			}
			assert.Equal(t, tt.own, own)
		})
	}
}

// TestFilesBesideAMember names what a build reads out of a package's folder.
func TestFilesBesideAMember(t *testing.T) {
	t.Parallel()
	beside := func(_ *plan.Plan, work *parts) {
		work.check.Builds, work.check.Beside = []plan.Folder{{Path: "library"}}, []plan.Folder{{Path: "plugin"}}
		work.member.Beside = []plan.Folder{{Path: ".hgignore"}, {Path: "plugin"}}
		work.member.Written = []plan.File{{Path: ".gitignore"}, {Path: "pyproject.toml"}}
	}
	p := complete(plan.OutputImage, beside)
	assert.Equal(t, []string{"library", ".hgignore", "plugin", ".gitignore", "pyproject.toml (in part)"}, files(p.Steps[2]))
	assert.Equal(t, []string{"pyproject.toml", "uv.lock", "vendored-1.whl", "library", "plugin"}, files(p.Steps[4]))

	p = complete(plan.OutputImage, beside, func(_ *plan.Plan, work *parts) {
		work.member.Whole, work.check.Whole, work.check.Beside = true, true, []plan.Folder{{Path: "."}}
	})
	assert.Equal(t, []string{"the whole context"}, files(p.Steps[2]))
	assert.Equal(t, []string{"pyproject.toml", "uv.lock", "vendored-1.whl", "the whole context"}, files(p.Steps[4]))
}

// TestSharedPackage: functions with other packages beside a large one have its step
// in common, and draw it once.
func TestSharedPackage(t *testing.T) {
	t.Parallel()
	with := func(packages int) plan.Plan {
		return *complete(plan.OutputImage, func(p *plan.Plan, work *parts) {
			p.AddPackage(&plan.Package{Name: "numpy", Version: "2.3.1", Size: 17e6}, nil, work.at)
			work.dependencies.Packages, work.export.Args = packages, []string{"--extra", strconv.Itoa(packages)}
		})
	}
	one, other := with(1), with(2)
	assert.Equal(t, identities(&one)["package/numpy"], identities(&other)["package/numpy"])
	assert.NotEqual(t, identities(&one)["dependencies"], identities(&other)["dependencies"])
}
