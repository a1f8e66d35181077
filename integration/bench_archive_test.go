package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// zipRuns is how often each side of BenchmarkZip runs, in turns.
const zipRuns = 9

// BenchmarkZip sets --target zip for examples/fastapi beside the commands of
// the guide's section on archives, from uv export to the last zip -r, in turns
// and both with a warm uv cache. The guide's commands have nothing that would
// know what changed, so all of them run each time; ours counts from the start
// of the command to the written archive. The guide's archive holds no bytecode;
// ours is measured with and without. It reports medians in seconds and the
// ratio ours/guide.
func BenchmarkZip(b *testing.B) {
	for _, row := range []struct {
		name     string
		bytecode bool
		flags    []string
	}{
		{"all steps run again without bytecode", false, []string{"--no-cache"}},
		{"all steps run again with bytecode", true, []string{"--no-cache"}},
		{"app code changed without bytecode", false, nil},
		{"app code changed with bytecode", true, nil},
	} {
		b.Run(row.name, func(b *testing.B) {
			guideDir, ourDir := env.Example(b, "fastapi"), env.Example(b, "fastapi")
			setBytecode(b, ourDir, row.bytecode)
			programs := zipProgram(b)
			var guide, ours []time.Duration
			for i := range zipRuns + 1 {
				for _, dir := range []string{guideDir, ourDir} {
					appendTo(b, filepath.Join(dir, "app", "main.py"), fmt.Sprintf("\n# edit %d\n", i))
				}
				guideTime, ourTime := guideZip(b, guideDir, programs), ourZip(b, ourDir, row.flags...)
				// The first run warms the caches.
				if i > 0 {
					guide, ours = append(guide, guideTime), append(ours, ourTime)
				}
			}
			g, o := median(guide), median(ours)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(g.Seconds(), "guide-s")
			b.ReportMetric(o.Seconds(), "ours-s")
			b.ReportMetric(o.Seconds()/g.Seconds(), "ratio")
			b.Logf("guide %s, ours %s", spread(guide), spread(ours))
		})
	}
}

// zipProgram is a folder with Info-ZIP's zip, which the Lambda base lacks.
func zipProgram(b *testing.B) string {
	require.NoError(b, apt.Ensure(b.Context(), os.Stderr, os.Geteuid() == 0, apt.Zip))
	path, err := exec.LookPath("zip")
	require.NoError(b, err)
	program, err := os.ReadFile(path)
	require.NoError(b, err)
	dir := b.TempDir()
	require.NoError(b, os.WriteFile(filepath.Join(dir, "zip"), program, 0o755))
	return dir
}

// guideZip runs the guide's commands and gives the time that they took.
func guideZip(b *testing.B, dir, programs string) time.Duration {
	out := runDockerfile(b, "guide/zip.Dockerfile", dir, "--local", "programs="+programs, "--opt", "context:programs=local:programs")
	return durations(b, out, "nanoseconds")[0]
}

// ourZip builds the archive and gives the time that the command took.
func ourZip(b *testing.B, dir string, flags ...string) time.Duration {
	args := append([]string{"build", "--platform", "linux/amd64", "--target", "zip", "-o", filepath.Join(dir, "dist"), "--progress", "plain"}, flags...)
	start := time.Now()
	succeed(b, env.Command(b.Context(), env.Binary("uvlambda"), append(args, dir)...))
	return time.Since(start)
}

// BenchmarkBytecode imports the handler of examples/fastapi from its archive,
// with and without compiled modules. It reports the medians in milliseconds
// and both sizes of the archives in bytes.
func BenchmarkBytecode(b *testing.B) {
	roots := b.TempDir()
	for root, compile := range map[string]bool{"with": true, "without": false} {
		dir := env.Example(b, "fastapi")
		setBytecode(b, dir, compile)
		ourZip(b, dir)
		archive := onlyArchive(b, filepath.Join(dir, "dist"))
		for name, content := range unzip(b, archive) {
			file := filepath.Join(roots, root, filepath.FromSlash(name))
			require.NoError(b, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(b, os.WriteFile(file, content, 0o644))
		}
		facts := readFacts(b, strings.TrimSuffix(archive, ".zip")+".json")
		b.ReportMetric(float64(facts.Zipped), root+"-zipped-B")
		b.ReportMetric(float64(facts.Unzipped), root+"-unzipped-B")
	}
	out := runDockerfile(b, "bytecode/Dockerfile", roots)
	b.ReportMetric(0, "ns/op")
	for _, root := range []string{"with", "without"} {
		times := durations(b, out, root)
		b.ReportMetric(float64(median(times).Microseconds())/1000, root+"-ms")
		b.Logf("%s: %s", root, spread(times))
	}
}

// setBytecode adds the key to examples/fastapi, whose file ends with our table.
func setBytecode(b *testing.B, dir string, compile bool) {
	b.Helper()
	appendTo(b, filepath.Join(dir, "pyproject.toml"), fmt.Sprintf("compile-bytecode = %t\n", compile))
}

// runDockerfile runs a Dockerfile of testdata on a context, without the cache,
// and gives what its steps print.
func runDockerfile(b *testing.B, file, dir string, flags ...string) string {
	b.Helper()
	path := filepath.Join(env.Root, "integration", "testdata", filepath.FromSlash(file))
	args := append([]string{"build", "--frontend", "dockerfile.v0", "--no-cache", "--progress", "plain",
		"--opt", "platform=linux/amd64", "--opt", "filename=" + filepath.Base(path),
		"--local", "context=" + dir, "--local", "dockerfile=" + filepath.Dir(path)}, flags...)
	out, err := env.Buildctl(b.Context(), args...).CombinedOutput()
	require.NoError(b, err, string(out))
	return string(out)
}

// durations are the nanoseconds that steps printed on lines with a label.
func durations(b *testing.B, out, label string) []time.Duration {
	b.Helper()
	var found []time.Duration
	for _, line := range regexp.MustCompile(`(?m) `+label+`: (\d+)$`).FindAllStringSubmatch(out, -1) {
		n, err := strconv.ParseInt(line[1], 10, 64)
		require.NoError(b, err)
		found = append(found, time.Duration(n))
	}
	require.NotEmpty(b, found, out)
	return found
}
