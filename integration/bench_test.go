package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/emulation"
)

// side is one of the two builds that a row compares, in a folder of its own.
type side struct {
	dir   string
	build func(b *testing.B, dir string)
}

// row is a situation in which both sides build.
type row struct {
	name string
	// runs is how often each side builds, in turns.
	runs int
	// change prepares run i in a side's folder; it is not timed.
	change func(b *testing.B, dir string, i int)
	// platform and cold are the build's.
	platform string
	cold     bool
}

// BenchmarkGuide sets the build of examples/fastapi beside that of the guide's
// Dockerfile, on one BuildKit, in turns, both pushed to a local registry. It
// reports medians in seconds and the ratio ours/guide.
func BenchmarkGuide(b *testing.B) {
	locks := devGroups(b, 8)
	rows := []row{
		{name: "nothing changed", runs: 9, change: func(*testing.B, string, int) {}},
		{name: "app code changed", runs: 9, change: func(b *testing.B, dir string, i int) {
			appendTo(b, filepath.Join(dir, "app", "main.py"), fmt.Sprintf("\n# edit %d\n", i))
		}},
		{name: "dev group changed and locked again", runs: 7, change: func(b *testing.B, dir string, i int) {
			require.NoError(b, os.CopyFS(filepath.Join(dir, "new"), os.DirFS(locks[i+1])))
			for _, name := range []string{"pyproject.toml", "uv.lock"} {
				require.NoError(b, os.Rename(filepath.Join(dir, "new", name), filepath.Join(dir, name)))
			}
			require.NoError(b, os.RemoveAll(filepath.Join(dir, "new")))
		}},
		{name: "dev group line changed with an unchecked lock", runs: 9, change: editDevGroup},
		{name: "all steps run again", runs: 7, cold: true, change: func(*testing.B, string, int) {}},
		{name: "arm64 on amd64, all steps run again", runs: 3, cold: true, platform: "linux/arm64", change: func(*testing.B, string, int) {}},
	}
	for _, r := range rows {
		b.Run(r.name, func(b *testing.B) { r.run(b) })
	}
}

// run builds both sides once to warm what they share, and then in turns.
func (r row) run(b *testing.B) {
	if r.platform == "" {
		r.platform = "linux/amd64"
	} else {
		emulation.Register(b)
	}
	guide := side{env.Example(b, "fastapi"), r.guide()}
	ours := side{env.Example(b, "fastapi"), r.ours()}
	times := map[*side][]time.Duration{}
	for i := range r.runs + 1 {
		order := []*side{&guide, &ours}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, s := range order {
			r.change(b, s.dir, i-1)
			start := time.Now()
			s.build(b, s.dir)
			if i > 0 {
				times[s] = append(times[s], time.Since(start))
			}
		}
	}
	g, o := median(times[&guide]), median(times[&ours])
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(g.Seconds(), "guide-s")
	b.ReportMetric(o.Seconds(), "ours-s")
	b.ReportMetric(o.Seconds()/g.Seconds(), "ratio")
	b.Logf("guide %s, ours %s", spread(times[&guide]), spread(times[&ours]))
}

// guide builds with BuildKit's own Dockerfile frontend, in the daemon.
func (r row) guide() func(*testing.B, string) {
	var flags []string
	if r.cold {
		flags = []string{"--no-cache"}
	}
	return func(b *testing.B, dir string) { buildGuide(b, dir, r.platform, flags...) }
}

// ours builds with the command, which runs the frontend in its own process.
func (r row) ours() func(*testing.B, string) {
	return func(b *testing.B, dir string) {
		args := []string{"build", "--platform", r.platform, "-t", newReference(b), "--push", "--progress", "plain", dir}
		if r.cold {
			args = append(args, "--no-cache")
		}
		succeed(b, env.Command(b.Context(), env.Binary("uvlambda"), args...))
	}
}

// devGroups gives folders with a pyproject.toml and its uv.lock that differ in
// a development dependency only.
func devGroups(b *testing.B, n int) []string {
	var dirs []string
	for i := range n {
		dir := env.Example(b, "fastapi")
		file := filepath.Join(dir, "pyproject.toml")
		text, err := os.ReadFile(file)
		require.NoError(b, err)
		edited := strings.Replace(string(text), "dev = [", fmt.Sprintf("dev = [\n    \"iniconfig>=1.%d\",", i), 1)
		require.NotEqual(b, string(text), edited)
		require.NoError(b, os.WriteFile(file, []byte(edited), 0o644))
		env.CLI().MustBuild(b, dir, "--target", "lock", "-o", dir)
		dirs = append(dirs, dir)
	}
	return dirs
}

// editDevGroup changes a line of the dev group and nothing else: the guide's
// build does not look whether uv.lock still matches, and ours is told not to.
func editDevGroup(b *testing.B, dir string, i int) {
	file := filepath.Join(dir, "pyproject.toml")
	text, err := os.ReadFile(file)
	require.NoError(b, err)
	edited := strings.Replace(string(text), "dev = [", fmt.Sprintf("dev = [\n    \"iniconfig>=1.%d\",", i+1), 1)
	if !strings.Contains(edited, "unchecked") {
		edited = strings.Replace(edited, "[tool.uvlambda]\n", "[tool.uvlambda]\nlock = \"unchecked\"\n", 1)
	}
	require.NoError(b, os.WriteFile(file, []byte(edited), 0o644))
}

// appendTo adds text to a file.
func appendTo(t testing.TB, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString(text)
	require.NoError(t, err)
}

// succeed runs a command that must not fail.
func succeed(t testing.TB, command *exec.Cmd) {
	t.Helper()
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
}

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

// spread is the median with the fastest and the slowest.
func spread(times []time.Duration) string {
	return fmt.Sprintf("%.2f s (%.2f-%.2f)", median(times).Seconds(), slices.Min(times).Seconds(), slices.Max(times).Seconds())
}
