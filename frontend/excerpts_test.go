package frontend

import (
	"errors"
	"fmt"
	"testing"

	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
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
	b := &build{
		entry:    &dockerui.Source{},
		filename: "build.toml",
		context: &gatewayContext{known: files.Set{
			"uv.lock":        {Kind: files.Regular, Data: make([]byte, maxShown+1)},
			"pyproject.toml": {Kind: files.Regular, Data: []byte("[project]\n")},
		}},
	}
	err := b.withSources(source.ErrorAt([]plan.Location{at("uv.lock", 7, 7), at("pyproject.toml", 1, 1)}, "x"))
	assert.Equal(t, []string{"pyproject.toml:1-1"}, shown(err))

	err = b.withSources(errors.Join(source.Errorf(at("uv.lock", 7, 7), "x")))
	require.EqualError(t, err, "uv.lock:7: x")
	checkSource(t, err, "")
}

// A full disk is explained for steps that run nothing, too.
func TestFullDiskOfACopy(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), nil)
	s.fail = func(ops []*pb.Op) error {
		for _, op := range ops {
			if op.GetMerge() != nil {
				err := &errdefs.SolveError{Solve: &errdefs.Solve{Op: op}, Err: errors.New("write /x: no space left on device")}
				return errdefs.WithSource(err, &errdefs.Source{Info: &pb.SourceInfo{Filename: "pyproject.toml"}, Ranges: []*pb.Range{pbRange(at("", 7, 7))}})
			}
		}
		return nil
	}
	_, err := buildForTest(t.Context(), s)
	require.EqualError(t, err, "the builder's disk is full: free some with `docker buildx prune`, or give the builder more\n  | write /x: no space left on device")
	assert.Equal(t, []string{"pyproject.toml:7-7"}, shown(err))
}
