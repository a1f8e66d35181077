package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// scaleRuns is how often each side of what starts builders of its own, or
// builds many images, is measured.
const scaleRuns = 3

// bakeScenarios build monorepos of more and more functions by bake.
func bakeScenarios() []scenario {
	var scenarios []scenario
	for _, n := range []int{1, 10, 50, 200} {
		s := scenario{
			page: scale, runs: scaleRuns, fresh: true, curve: "functions in one bake", size: float64(n),
			rows: []row{
				{"bake of " + functions(n) + ", nothing cached", inSeconds, goal{}},
				{"bytes pushed for " + functions(n), inBytes, goal{}},
				{"shared steps run for " + functions(n), counted, goal{}},
			},
		}
		s.prepare = func(l *lab) pair { return pair{ours: l.coldBake(n)} }
		if n > 1 {
			s.against = "1 function"
			s.prepare = func(l *lab) pair { return pair{l.coldBake(1), l.coldBake(n)} }
			s.rows[2].goal = ratio(1)
		}
		if n == 50 {
			s.rows[0].goal = ratio(3)
		}
		scenarios = append(scenarios, s)
	}
	return append(scenarios, scenario{
		page: scale, against: "nothing changed", prepare: oneOfFifty,
		rows: []row{{"bake of 50 functions, one of them edited", inSeconds, ratio(2)}},
	})
}

func functions(n int) string {
	if n == 1 {
		return "1 function"
	}
	return fmt.Sprintf("%d functions", n)
}

// coldBake bakes functions on a builder of each run's own.
func (l *lab) coldBake(n int) side {
	return func(int) []float64 { return l.newMonorepo(n).cold() }
}

// monorepo is a project of many functions that install the same, and a builder.
type monorepo struct {
	lab       *lab
	dir       string
	functions int
	builder   string
}

// newMonorepo gives examples/workspace many functions, and one more dependency
// so that no other row's layers are in the registry. It starts a builder that
// has nothing but the images that builds start from and uv's cache.
func (l *lab) newMonorepo(functions int) monorepo {
	dir := l.env.Example(l, "workspace")
	l.add(dir, "six")
	l.lock(dir)
	module := l.read(filepath.Join(dir, "app", "main.py"))
	var tables strings.Builder
	for i := range functions {
		fmt.Fprintf(&tables, "[tool.uvlambda.functions.f%03d]\nhandler = \"f%03[1]d.handler\"\n", i)
		l.write(filepath.Join(dir, fmt.Sprintf("f%03d.py", i)), fmt.Sprintf("%s\n# function %d\n", module, i))
	}
	l.replace(filepath.Join(dir, projectFile), "[tool.uvlambda]\nhandler = \"app.main.handler\"\n", tables.String())
	l.env.SetSyntaxLine(l, filepath.Join(dir, projectFile))
	return monorepo{l, dir, functions, l.warmBuilder()}
}

// warmBuilder starts a builder and has it build examples/fastapi, which has the
// packages of examples/workspace. The build leaves uv's cache and the images, and
// no installation with bytecode.
func (l *lab) warmBuilder() string {
	builder := l.env.NewBuilder(l)
	dir := l.env.Example(l, "fastapi")
	l.setBytecode(dir, false)
	l.env.Syntax().MustBuild(l, dir, "--builder", builder)
	return builder
}

// cold bakes all functions for the first time. The figures are the seconds, the
// bytes pushed, and the steps that ran, without the steps that copy and assemble
// each function's files. The registry then forgets the images.
func (m monorepo) cold() []float64 {
	spent, trace, repository := m.bake()
	var pushed int64
	var images []string
	for i := range m.functions {
		image := fmt.Sprintf("%s/f%03d:latest", repository, i)
		images = append(images, image)
		pushed += m.lab.env.Traffic(image).Pushed
	}
	m.lab.forget(images...)
	own := len(trace.Named("copy the application")) + len(trace.Named("assemble the image"))
	return []float64{spent, float64(pushed), float64(len(trace) - own)}
}

// bake builds and pushes all functions, and gives the seconds, the steps that
// ran to their end, and where the images are.
func (m monorepo) bake() (spent float64, ran testenv.Trace, repository string) {
	repository = strings.TrimSuffix(m.lab.reference(), ":1")
	file := m.lab.env.BakeFile(m.lab, m.dir)
	start := time.Now()
	trace := m.lab.env.MustBake(m.lab, m.dir, file, []string{"REGISTRY=" + repository}, "--push", "--builder", m.builder).Trace
	return time.Since(start).Seconds(), trace.Stages().Finished(), repository
}

// oneOfFifty bakes fifty functions again: with none changed, and with one.
func oneOfFifty(l *lab) pair {
	m := l.newMonorepo(50)
	m.bake()
	edited := filepath.Join(m.dir, "f024.py")
	bake := func(change edit) side {
		return func(i int) []float64 {
			change(m.dir, i)
			spent, _, _ := m.bake()
			return []float64{spent}
		}
	}
	return pair{bake(nothing), bake(func(_ string, i int) { l.append(edited, fmt.Sprintf("# edit %d\n", i)) })}
}
