package initproject

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// update rewrites the golden files: go test ./cmd/internal/initproject -update
var update = flag.Bool("update", false, "rewrite golden files")

// TestGolden takes over the Dockerfile of each testdata/*.txtar. The parts of an
// archive below want/ are what is proposed: lines of the table, new files, what is
// left, and what is said.
func TestGolden(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			given, want := map[string]string{}, map[string]string{}
			for _, f := range archive.Files {
				if name, ok := strings.CutPrefix(f.Name, "want/"); ok {
					want[name] = string(f.Data)
				} else {
					given[f.Name] = string(f.Data)
				}
			}
			got := takenOver(t, newProject(t, given))
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "want/") })
				for _, name := range slices.Sorted(maps.Keys(got)) {
					archive.Files = append(archive.Files, txtar.File{Name: "want/" + name, Data: []byte(got[name])})
				}
				require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
				return
			}
			assert.Equal(t, want, got, "rewrite it with: go test ./cmd/internal/initproject -update")
		})
	}
}

// takenOver is what is proposed of a Dockerfile, in parts.
func takenOver(t *testing.T, dir string) map[string]string {
	t.Helper()
	if member := filepath.Join(dir, "member"); isFolder(os.DirFS(dir), "member") {
		dir = member
	}
	p, err := Propose(Request{Dir: dir, Dockerfile: filepath.Join(dir, "Dockerfile")})
	require.NoError(t, err)
	got := map[string]string{"table": strings.Join(p.Settings, "\n") + "\n"}
	for name, text := range contents(t, p, dir) {
		if name != projectName && (name != ignoreName || text != ignored) {
			got[name] = text
		}
	}
	var left, remarks []string
	for _, remark := range p.Remarks {
		remarks = append(remarks, strings.ReplaceAll(remark, dir, "DIR"))
	}
	for _, l := range p.Left {
		left = append(left, l.Instruction+": "+l.Reason)
	}
	for name, lines := range map[string][]string{"left": left, "flags": p.Flags, "remarks": remarks, "requirements": p.Requirements} {
		if len(lines) > 0 {
			got[name] = strings.Join(lines, "\n") + "\n"
		}
	}
	return got
}
