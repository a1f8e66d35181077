package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// What ours is compared with.
const (
	theGuide     = "the guide's Dockerfile"
	guideSyntax  = "the same, `# syntax=` of both"
	guideCommand = "the guide's commands"
)

// dailyScenarios are the situations that developers feel most.
func dailyScenarios() []scenario {
	return []scenario{
		{
			page: performance, against: guideSyntax, daily: true, prepare: nothingChangedSyntax,
			rows: []row{{"nothing changed, frontend image", inSeconds, ratio(0.9)}},
		},
		{
			page: performance, against: theGuide, daily: true, prepare: func(l *lab) pair { return l.afterEdit(nothing) },
			rows: []row{{"nothing changed", inSeconds, ratio(1)}},
		},
		{
			page: performance, against: theGuide, daily: true, prepare: func(l *lab) pair { return l.afterEdit(l.appCode) },
			rows: []row{{"app code changed", inSeconds, ratio(1)}, {"bytes pushed for changed app code", inBytes, ratio(1)}},
		},
		{
			page: performance, against: theGuide, daily: true, prepare: func(l *lab) pair { return l.afterEdit(l.comment) },
			rows: []row{{"comment and another tool's table edited in pyproject.toml", inSeconds, ratio(0.1)}},
		},
		{
			page: performance, against: theGuide, daily: true,
			prepare: func(l *lab) pair { return l.afterEdit(l.locked(l.devGroup)) },
			rows:    []row{{"dev group edited and locked again", inSeconds, ratio(0.1)}},
		},
		{
			page: performance, against: theGuide, daily: true, prepare: libraryChanged,
			rows: []row{
				{"workspace library changed", inSeconds, ratio(0.3)},
				{"bytes pushed for a changed library", inBytes, ratio(0.001)},
				{"images without the changed library's new code", counted, figure(0)},
			},
		},
	}
}

// nothing changes nothing.
func nothing(string, int) {}

// appCode changes a line of the application to what no other build has had:
// BuildKit would take the result of that.
func (l *lab) appCode(dir string, i int) {
	l.append(filepath.Join(dir, "app", "main.py"), fmt.Sprintf("\n# edit %d of %s\n", i, dir))
}

// comment changes what has no part in the image.
func (l *lab) comment(dir string, i int) {
	file := filepath.Join(dir, projectFile)
	if i == 0 {
		l.append(file, "\n[tool.ruff]\n")
	}
	l.append(file, fmt.Sprintf("# edit %d\noption-%[1]d = true\n", i))
}

// afterEdit builds a copy of examples/fastapi on each side, after an edit.
func (l *lab) afterEdit(change edit) pair {
	return l.pair(l.project("fastapi", "Dockerfile"), l.project("fastapi", "Dockerfile"), change, l.guideImage, l.ourImage)
}

// pair builds a folder on each side, after an edit.
func (l *lab) pair(guideDir, ourDir string, change edit, guide, ours func(dir string) []float64) pair {
	of := func(dir string, build func(dir string) []float64) side {
		return func(i int) []float64 {
			change(dir, i)
			return build(dir)
		}
	}
	return pair{of(guideDir, guide), of(ourDir, ours)}
}

func (l *lab) guideImage(dir string) []float64 { return l.timeAndBytes(l.guide(dir)) }

func (l *lab) ourImage(dir string) []float64 { return l.timeAndBytes(l.ours(dir)) }

// nothingChangedSyntax builds with docker buildx, and frontend images that the
// first line of the build file names.
func nothingChangedSyntax(l *lab) pair {
	guideDir, ourDir := l.project("fastapi", "Dockerfile"), l.project("fastapi", "Dockerfile")
	dockerfile := filepath.Join(guideDir, "Dockerfile")
	l.write(dockerfile, "# syntax="+l.env.DockerfileFrontend(l)+"\n"+l.read(dockerfile))
	l.env.SetSyntaxLine(l, filepath.Join(ourDir, projectFile))
	return l.pair(guideDir, ourDir, nothing,
		func(dir string) []float64 { return l.timeAndBytes(l.buildx(dir, "Dockerfile")) },
		func(dir string) []float64 { return l.timeAndBytes(l.buildx(dir, projectFile)) })
}

// libraryChanged changes a member of the workspace, and looks for the new code
// in the image.
func libraryChanged(l *lab) pair {
	const recipe = "workspace.Dockerfile"
	of := func(dir string, build func(dir string, flags ...string) built) side {
		return func(i int) []float64 {
			line := fmt.Sprintf("# edit %d of %s\n", i, dir)
			l.append(filepath.Join(dir, "library", "src", "library", "__init__.py"), line)
			b := build(dir)
			return append(l.timeAndBytes(b), l.stale(b.ref, line))
		}
	}
	return pair{of(l.project("workspace", recipe), l.guide), of(l.project("workspace", recipe), l.ours)}
}

// stale is 1 when the library in an image does not hold a line, and 0 when it
// does.
func (l *lab) stale(ref, line string) float64 {
	tree, err := testenv.TaskRoot(l.image(ref))
	require.NoError(l, err)
	module, ok := tree["library/__init__.py"]
	require.True(l, ok, "the image has no library")
	if strings.Contains(string(module), line) {
		return 0
	}
	return 1
}
