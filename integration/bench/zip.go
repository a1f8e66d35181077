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
// all of them run each time. The frontend image takes the result through
// BuildKit's exporter, which the command does not need.
func zipScenarios() []scenario {
	zip := func(name string, g goal, prepare func(l *lab) pair) scenario {
		return scenario{page: performance, against: guideCommand, rows: []row{{name, inSeconds, g}}, prepare: prepare}
	}
	return []scenario{
		zip("zip, cold", ratio(1), func(l *lab) pair { return l.zips(false, l.ourZip, l.uncache) }),
		zip("zip, app code changed", ratio(0.2), func(l *lab) pair { return l.zips(false, l.ourZip) }),
		zip("zip, app code changed, frontend image", goal{}, func(l *lab) pair { return l.zips(false, l.ourZipSyntax) }),
		zip("zip with bytecode, cold", goal{}, func(l *lab) pair { return l.zips(true, l.ourZip, l.uncache) }),
		zip("zip with bytecode, app code changed", goal{}, func(l *lab) pair { return l.zips(true, l.ourZip) }),
	}
}

// zips makes an archive on each side after a change to the application, and
// after something was removed.
func (l *lab) zips(bytecode bool, ours func(dir string) float64, remove ...func()) pair {
	programs := l.zipProgram()
	ourDir := l.env.Example(l, "fastapi")
	l.setBytecode(ourDir, bytecode)
	l.env.SetSyntaxLine(l, filepath.Join(ourDir, projectFile))
	change := func(dir string, i int) {
		l.appCode(dir, i)
		for _, some := range remove {
			some()
		}
	}
	return l.pair(l.env.Example(l, "fastapi"), ourDir, change,
		func(dir string) []float64 { return []float64{l.guideZip(dir, programs)} },
		func(dir string) []float64 { return []float64{ours(dir)} })
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
	return l.time(l.env.Command(l.Context(), l.env.Binary("uvlambda"), append([]string{"build"}, zipFlags(dir)...)...))
}

// ourZipSyntax is ourZip by docker buildx and the frontend image that the first
// line of the build file names.
func (l *lab) ourZipSyntax(dir string) float64 {
	return l.time(l.env.Command(l.Context(), l.env.Binary("tools/buildx"), append([]string{"build"}, zipFlags(dir)...)...))
}

func zipFlags(dir string) []string {
	return []string{"-f", filepath.Join(dir, projectFile), "--target", "zip", "-o", filepath.Join(dir, "dist"), "--progress", "plain", dir}
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
