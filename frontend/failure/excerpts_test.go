package failure

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/buildkit/solver/errdefs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

func at(file string, line, end int) plan.Location {
	return plan.Location{File: file, Line: line, EndLine: end}
}

func TestExcerpts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		located []*source.Error
		want    []string
	}{
		{"nothing", nil, nil},
		{"one", []*source.Error{source.Errorf(at("a", 3, 4), "x")}, []string{"a 3-4"}},
		{"several and one of another file", []*source.Error{
			source.Errorf(at("a", 9, 9), "x"), source.Errorf(at("b", 1, 1), "x"), source.Errorf(at("a", 3, 3), "x"), source.Errorf(at("a", 9, 9), "x"),
		}, []string{"a 3-3 9-9"}},
		{"what explains them", []*source.Error{
			source.ErrorAt([]plan.Location{at("a", 9, 9), at("b", 1, 2)}, "x"), source.ErrorAt([]plan.Location{at("a", 7, 8), at("a", 1, 1), at("c", 5, 5)}, "x"),
		}, []string{"a 1-1 7-8 9-9", "b 1-2", "c 5-5"}},
		{"far apart", []*source.Error{
			source.ErrorAt([]plan.Location{at("a", 10, 20), at("a", 33, 33), at("a", 32, 32)}, "x"),
		}, []string{"a 10-20 32-32 33-33"}},
		{"too far apart", []*source.Error{
			source.ErrorAt([]plan.Location{at("a", 10, 20), at("a", 33, 33), at("a", 12, 12)}, "x"),
		}, []string{"a 10-20 12-12", "a 33-33"}},
	}
	for _, tt := range tests {
		var got []string
		for _, e := range excerpts(tt.located) {
			text := e.file
			for _, r := range e.ranges {
				text += fmt.Sprintf(" %d-%d", r.Start.Line, r.End.Line)
			}
			got = append(got, text)
		}
		assert.Equal(t, tt.want, got, tt.name)
	}
}

// Files that are too large to travel with an error leave room for the others.
func TestExcerptsOfLargeFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "build.toml"), nil, 0o600))
	folder, err := contexts.OpenFolder(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	buildFile, err := contexts.LocalBuildFile(folder, "build.toml")
	require.NoError(t, err)
	texts := contexts.NewTexts(buildFile)
	texts.Add("uv.lock", make([]byte, maxShown+1))
	texts.Add("pyproject.toml", []byte("[project]\n"))
	err = WithSources(source.ErrorAt([]plan.Location{at("uv.lock", 7, 7), at("pyproject.toml", 1, 1)}, "x"), texts)
	sources := errdefs.Sources(err)
	require.Len(t, sources, 1)
	assert.Equal(t, "pyproject.toml", sources[0].GetInfo().GetFilename())

	err = WithSources(errors.Join(source.Errorf(at("uv.lock", 7, 7), "x")), texts)
	require.EqualError(t, err, "uv.lock:7: x")
	sources = errdefs.Sources(err)
	require.Len(t, sources, 1)
	assert.Nil(t, sources[0].GetInfo(), "no line is at fault")
}
