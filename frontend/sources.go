package frontend

import (
	"errors"
	"path"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// withSources adds the lines that an error is about, so that clients show them.
// Without any, BuildKit would point at the syntax line, which is never at
// fault.
func (b *build) withSources(err error) error {
	if len(errdefs.Sources(err)) > 0 {
		return err
	}
	for _, e := range sourceErrors(err) {
		if info := b.sourceInfo(e.Location.File); info != nil {
			err = errdefs.WithSource(err, &errdefs.Source{Info: info, Ranges: []*pb.Range{pbRange(e.Location)}})
		}
	}
	if len(errdefs.Sources(err)) == 0 && b.entry != nil {
		err = errdefs.WithSource(err, &errdefs.Source{Info: b.sourceInfo(b.filename)})
	}
	return err
}

// sourceErrors collects the errors with a location below joined errors.
func sourceErrors(err error) []*source.Error {
	if e, ok := err.(*source.Error); ok {
		return []*source.Error{e}
	}
	switch u := err.(type) {
	case interface{ Unwrap() []error }:
		var all []*source.Error
		for _, e := range u.Unwrap() {
			all = append(all, sourceErrors(e)...)
		}
		return all
	case interface{ Unwrap() error }:
		return sourceErrors(u.Unwrap())
	}
	return nil
}

// sourceInfo gives a file's text for the display of its lines; nil when the
// file was not read.
func (b *build) sourceInfo(name string) *pb.SourceInfo {
	if b.entry == nil {
		return nil
	}
	if m := b.sourceMap(name); m != nil {
		return &pb.SourceInfo{Data: m.Data, Filename: m.Filename, Language: m.Language, Definition: m.Definition.ToPB()}
	}
	if b.workspace == nil {
		return nil
	}
	data, ok := b.workspace.Files.Data(name)
	if !ok {
		return nil
	}
	return &pb.SourceInfo{Data: data, Filename: name, Language: "TOML"}
}

// sourceMap is the build file's; nil for any other.
func (b *build) sourceMap(name string) *bkllb.SourceMap {
	if path.Clean(name) == path.Clean(b.filename) || b.isBuildFile(name) {
		return b.entry.SourceMap
	}
	return nil
}

// isBuildFile tells whether a file of the context is the build file, which
// clients send by its base name.
func (b *build) isBuildFile(name string) bool {
	if b.workspace == nil || path.Base(name) != path.Base(b.filename) {
		return false
	}
	return path.Dir(name) == b.workspace.Dir
}

// constraint gives a vertex its lines. Only lines of the build file travel
// with the graph: carrying a whole uv.lock in it would cost more than it tells.
func (b *build) constraint(loc plan.Location) bkllb.ConstraintsOpt {
	if m := b.sourceMap(loc.File); m != nil && loc.Line > 0 {
		return m.Location([]*pb.Range{pbRange(loc)})
	}
	return b.entry.SourceMap.Location([]*pb.Range{pbRange(b.spec.Locate())})
}

// pbRange is a location as BuildKit has it.
func pbRange(loc plan.Location) *pb.Range {
	return &pb.Range{
		Start: &pb.Position{Line: int32(loc.Line)},
		End:   &pb.Position{Line: int32(loc.EndLine)},
	}
}

// sourceLocation is the first location that an error names.
func sourceLocation(err error) (plan.Location, bool) {
	var e *source.Error
	if errors.As(err, &e) {
		return e.Location, true
	}
	return plan.Location{}, false
}
