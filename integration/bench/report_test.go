package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// exampleReport is a report of both pages.
func exampleReport() *report {
	return &report{
		Date:    time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Machine: machine{CPU: "CPU", Cores: 2, Memory: 8 << 30, Kernel: "Linux 6.1", Versions: []string{"BuildKit v1"}},
		Results: []result{
			{Row: "nothing changed", Page: performance, Unit: inSeconds, Goal: ratio(1), Against: theGuide, Baseline: sample{0.2, 0.1, 0.3}, Ours: sample{0.3, 0.3, 0.3}},
			{Row: "files", Page: performance, Goal: figure(0), Against: theGuide, Baseline: sample{4}, Ours: sample{0}},
			{Row: "arm64", Page: performance, Unit: inSeconds, Goal: ratio(0.05), Against: theGuide, Problem: "no root"},
			{Row: "plan of 100", Page: scale, Unit: inMilliseconds, Ours: sample{4}, Curve: "packages", Size: 100},
			{Row: "plan of 1,000", Page: scale, Unit: inMilliseconds, Ours: sample{40}, Curve: "packages", Size: 1000},
		},
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bench")
	file, err := exampleReport().save(dir)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "2026-03-04T05-06-07.000Z.json"), file)
	read, err := load(file)
	require.NoError(t, err)
	require.Equal(t, exampleReport(), read)

	_, err = load(filepath.Join(dir, "none.json"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o644))
	_, err = load(file)
	require.ErrorContains(t, err, "reading the figures of "+file)
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	require.NoError(t, writeText(&b, exampleReport().page(performance)))
	require.Equal(t, `what             compared with           there                  uvlambda  ratio  goal      runs  verdict
nothing changed  the guide's Dockerfile  0.200 s (0.100–0.300)  0.300 s   1.50   ≤ 1 ×     3     missed
files            the guide's Dockerfile  4                      0         0      ≤ 0       1     met
arm64            the guide's Dockerfile                                          ≤ 0.05 ×        not measured: no root
`, b.String())
}

func TestWriteDocs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, p := range []page{performance, scale} {
		text := "# " + string(p) + "\n\n<!-- figures -->\nold\n<!-- /figures -->\n\nmore\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, string(p)+".md"), []byte(text), 0o644))
	}
	require.NoError(t, writeDocs(dir, exampleReport()))
	text, err := os.ReadFile(filepath.Join(dir, "scale.md"))
	require.NoError(t, err)
	require.Equal(t, `# scale

<!-- figures -->
| what | compared with | there | uvlambda | ratio | goal | runs | verdict |
| --- | --- | --- | --- | --- | --- | --- | --- |
| plan of 100 |  |  | 4 ms |  |  | 1 |  |
| plan of 1,000 |  |  | 40 ms |  |  | 1 |  |

Medians (least–most), 2026-03-04: 2 × CPU, 8 GiB, Linux 6.1; BuildKit v1.
<!-- /figures -->

more
`, string(text))
	text, err = os.ReadFile(filepath.Join(dir, "performance.md"))
	require.NoError(t, err)
	require.Contains(t, string(text), "| nothing changed | the guide's Dockerfile | 0.200 s (0.100–0.300) | 0.300 s | 1.50 | ≤ 1 × | 3 | missed |\n")
	require.FileExists(t, filepath.Join(dir, "performance.svg"))
	require.FileExists(t, filepath.Join(dir, "scale.svg"))
}

func TestWriteDocsOfOnePage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := exampleReport()
	r.Results = r.page(scale)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scale.md"), []byte("no place\n"), 0o644))
	require.EqualError(t, writeDocs(dir, r), filepath.Join(dir, "scale.md")+": there is no place for the figures: add the lines <!-- figures --> and <!-- /figures -->")
	r.Results = nil
	require.NoError(t, writeDocs(dir, r), "nothing was measured, so nothing is written")
}
