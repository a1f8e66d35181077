package frontend_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend"
)

func TestReadFunctions(t *testing.T) {
	t.Parallel()
	const project = "[project]\nname = \"Note.Book\"\n"
	tests := []struct {
		name, text string
		want       frontend.Functions
	}{
		{"none", project, frontend.Functions{Project: "note-book", Names: []string{}}},
		{"first line", "# syntax=registry.example.com/uvlambda:1\n" + project, frontend.Functions{Project: "note-book", Names: []string{}, HasSyntax: true}},
		{"another package", project + "[tool.uvlambda]\npackage = 'jobs'\n", frontend.Functions{Project: "jobs", Names: []string{}}},
		{"several", project + "[tool.uvlambda.functions]\npage = {}\ninvite = {}\n", frontend.Functions{Project: "note-book", Names: []string{"page", "invite"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "pyproject.toml"), []byte(test.text), 0o644))
			read, err := frontend.ReadFunctions(t.Context(), dir, "pyproject.toml")
			require.NoError(t, err)
			require.Equal(t, &test.want, read)
		})
	}
	_, err := frontend.ReadFunctions(t.Context(), t.TempDir(), "pyproject.toml")
	require.ErrorIs(t, err, os.ErrNotExist)
}
