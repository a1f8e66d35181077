package frontend

import (
	"context"
	"errors"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// maxShown is the largest file, in bytes, that travels with an error for the
// display of its lines: errors are limited to 16 MiB, in an encoding that takes
// a third more.
const maxShown = 4 << 20

// withSources adds the lines that an error is about, so that clients show them
// once. Without any, BuildKit would point at the syntax line, which is never
// at fault.
func (b *build) withSources(err error) error {
	if len(errdefs.Sources(err)) > 0 {
		return err
	}
	located := sourceErrors(err)
	if !errors.Is(err, context.Canceled) {
		// An error of the gateway below would cross it again in the place of
		// all that is said around it: keep the words.
		err = errors.New(err.Error())
	}
	if len(located) > 0 {
		file := located[0].Location.File
		if info := b.sourceInfo(file); info != nil {
			return errdefs.WithSource(err, &errdefs.Source{Info: info, Ranges: rangesIn(file, located)})
		}
	}
	return unlocated(err)
}

// unlocated marks an error that no line is at fault for.
func unlocated(err error) error { return errdefs.WithSource(err, &errdefs.Source{}) }

// rangesIn are the lines of one file that errors are about. Only the first
// error's file is shown, since clients show each source by itself.
func rangesIn(file string, located []*source.Error) []*pb.Range {
	var ranges []*pb.Range
	for _, e := range located {
		if e.Location.File == file {
			ranges = append(ranges, pbRange(e.Location))
		}
	}
	return ranges
}

// sourceErrors collects the errors with a location below joined errors.
func sourceErrors(err error) []*source.Error {
	switch e := err.(type) { //nolint:errorlint // this walks the tree of wrapped errors itself
	case *source.Error:
		return []*source.Error{e}
	case interface{ Unwrap() []error }:
		var all []*source.Error
		for _, joined := range e.Unwrap() {
			all = append(all, sourceErrors(joined)...)
		}
		return all
	case interface{ Unwrap() error }:
		return sourceErrors(e.Unwrap())
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
	if b.context == nil {
		return nil
	}
	data, ok := b.context.known.Data(name)
	if !ok || len(data) > maxShown {
		return nil
	}
	return &pb.SourceInfo{Data: data, Filename: name, Language: "TOML"}
}

// sourceMap is the build file's; nil for any other.
func (b *build) sourceMap(name string) *bkllb.SourceMap {
	if name == b.entryName() {
		return b.entry.SourceMap
	}
	return nil
}

// entryName is the build file's place in the context, or the name that the
// client gave it while its place is not known.
func (b *build) entryName() string {
	if b.spec != nil {
		return b.spec.Doc.Name
	}
	return b.filename
}

// constraint gives a vertex its lines. Only lines of the build file travel
// with the graph: carrying a whole uv.lock in it would cost more than it tells.
func (b *build) constraint(loc plan.Location) bkllb.ConstraintsOpt {
	if m := b.sourceMap(loc.File); m != nil && loc.Line > 0 {
		return m.Location([]*pb.Range{pbRange(loc)})
	}
	return b.entry.Location([]*pb.Range{pbRange(b.spec.Locate())})
}

// pbRange is a location as BuildKit has it.
func pbRange(loc plan.Location) *pb.Range {
	return &pb.Range{
		Start: &pb.Position{Line: int32(loc.Line)},
		End:   &pb.Position{Line: int32(loc.EndLine)},
	}
}
