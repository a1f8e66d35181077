package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// zipScenarios set --target zip beside the commands of the guide's section on
// archives. The guide's archive holds no bytecode; ours is measured with and
// without. The guide's commands have nothing that would know what changed, so
// all of them run each time.
func zipScenarios() []scenario {
	scenarios := []scenario{
		{rows: []row{{"zip, cold", inSeconds, ratio(1)}}, prepare: func(l *lab) pair { return l.zips(false, l.uncache) }},
		{rows: []row{{"zip, app code changed", inSeconds, ratio(0.2)}}, prepare: func(l *lab) pair { return l.zips(false) }},
		{rows: []row{{"zip with bytecode, cold", inSeconds, goal{}}}, prepare: func(l *lab) pair { return l.zips(true, l.uncache) }},
		{rows: []row{{"zip with bytecode, app code changed", inSeconds, goal{}}}, prepare: func(l *lab) pair { return l.zips(true) }},
	}
	for i := range scenarios {
		scenarios[i].page, scenarios[i].against = performance, guideCommand
	}
	return scenarios
}

// zips makes an archive on each side after a change to the application, and
// after something was removed.
func (l *lab) zips(bytecode bool, remove ...func()) pair {
	programs := l.zipProgram()
	ourDir := l.env.Example(l, "fastapi")
	l.setBytecode(ourDir, bytecode)
	change := func(dir string, i int) {
		l.appCode(dir, i)
		for _, some := range remove {
			some()
		}
	}
	return l.pair(l.env.Example(l, "fastapi"), ourDir, change,
		func(dir string) []float64 { return []float64{l.guideZip(dir, programs)} },
		func(dir string) []float64 { return []float64{l.ourZip(dir)} })
}

// zipProgram is a folder with Info-ZIP's zip, which the Lambda base lacks.
func (l *lab) zipProgram() string {
	require.NoError(l, apt.Ensure(l.Context(), os.Stderr, os.Geteuid() == 0, apt.Zip))
	path, err := exec.LookPath("zip")
	require.NoError(l, err)
	program, err := os.ReadFile(path)
	require.NoError(l, err)
	dir := l.TempDir()
	require.NoError(l, os.WriteFile(filepath.Join(dir, "zip"), program, 0o755))
	return dir
}

// guideZip runs the guide's commands and gives the seconds that they took by
// themselves, without starting their container.
func (l *lab) guideZip(dir, programs string) float64 {
	out := l.recipe("guide/zip.Dockerfile", dir, "--local", "programs="+programs, "--opt", "context:programs=local:programs")
	return l.nanoseconds(out, "nanoseconds")[0] / 1e9
}

// ourZip builds the archive and gives the seconds that the command took.
func (l *lab) ourZip(dir string) float64 {
	return l.time(l.env.Command(l.Context(), l.env.Binary("uvlambda"), "build",
		"--target", "zip", "-o", filepath.Join(dir, "dist"), "--progress", "plain", dir))
}

// setBytecode adds the key to examples/fastapi, whose file ends with our table.
func (l *lab) setBytecode(dir string, compile bool) {
	l.append(filepath.Join(dir, projectFile), fmt.Sprintf("compile-bytecode = %t\n", compile))
}

// recipe runs a Dockerfile of testdata on a context and gives what its steps
// print.
func (l *lab) recipe(file, dir string, flags ...string) string {
	path := filepath.Join(l.env.Root, "integration", "testdata", filepath.FromSlash(file))
	args := append([]string{"build", "--frontend", "dockerfile.v0", "--progress", "plain",
		"--opt", "filename=" + filepath.Base(path),
		"--local", "context=" + dir, "--local", "dockerfile=" + filepath.Dir(path)}, flags...)
	return l.output(l.env.Buildctl(l.Context(), args...))
}

// nanoseconds are the figures that steps printed on lines with a label.
func (l *lab) nanoseconds(out, label string) []float64 {
	var found []float64
	for _, line := range regexp.MustCompile(`(?m) `+label+`: (\d+)$`).FindAllStringSubmatch(out, -1) {
		n, err := strconv.ParseFloat(line[1], 64)
		require.NoError(l, err)
		found = append(found, n)
	}
	require.NotEmpty(l, found, out)
	return found
}
