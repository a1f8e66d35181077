package frontend

import (
	"context"
	"errors"
	"path"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// maxShown is how much of files, in bytes, travels with an error for the
// display of their lines: errors are limited to 16 MiB, in an encoding that
// takes a third more.
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
	return b.withExcerpts(err, excerpts(located))
}

// withExcerpts adds what of the excerpts can be shown.
func (b *build) withExcerpts(err error, shown []excerpt) error {
	plain, size := err, 0
	for _, e := range shown {
		info := b.sourceInfo(e.file)
		if info == nil || size+len(info.Data) > maxShown {
			continue
		}
		size += len(info.Data)
		err = errdefs.WithSource(err, &errdefs.Source{Info: info, Ranges: e.ranges})
	}
	if size == 0 {
		return unlocated(plain)
	}
	return err
}

// unlocated marks an error that no line is at fault for.
func unlocated(err error) error { return errdefs.WithSource(err, &errdefs.Source{}) }

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
	if name == b.entryName() {
		m := b.entry.SourceMap
		return &pb.SourceInfo{Data: m.Data, Filename: m.Filename, Language: m.Language, Definition: m.Definition.ToPB()}
	}
	if b.context == nil {
		return nil
	}
	data, ok := b.context.known.Data(name)
	if !ok {
		return nil
	}
	return &pb.SourceInfo{Data: data, Filename: name, Language: "TOML"}
}

// entryName is the build file's place in the context, or the name that the
// client gave it while its place is not known.
func (b *build) entryName() string {
	if b.spec != nil {
		return b.spec.Doc.Name
	}
	return b.filename
}

// constraints gives the vertices of one graph their lines. Only files as small
// as a pyproject.toml travel with it: carrying a whole uv.lock would cost more
// than it tells.
func (b *build) constraints() func(plan.Location) bkllb.ConstraintsOpt {
	// Images are resolved, and platforms planned, side by side.
	var mu sync.Mutex
	maps := map[string]*bkllb.SourceMap{}
	mapped := func(name string) *bkllb.SourceMap {
		mu.Lock()
		defer mu.Unlock()
		if _, known := maps[name]; !known {
			maps[name] = b.sourceMap(name)
		}
		return maps[name]
	}
	return func(loc plan.Location) bkllb.ConstraintsOpt {
		if m := mapped(loc.File); m != nil && loc.Line > 0 {
			return m.Location([]*pb.Range{pbRange(loc)})
		}
		return b.entry.Location([]*pb.Range{pbRange(b.spec.Locate())})
	}
}

// maxMapped is the largest file, in bytes, that travels with a graph.
const maxMapped = 64 << 10

// sourceMap is that of a file that may travel with a graph; nil for others.
func (b *build) sourceMap(name string) *bkllb.SourceMap {
	if name == b.entryName() {
		return b.entry.SourceMap
	}
	data, ok := b.context.known.Data(name)
	if !ok || len(data) > maxMapped || path.Base(name) == "uv.lock" {
		return nil
	}
	return bkllb.NewSourceMap(nil, name, "TOML", data)
}

// pbRange is a location as BuildKit has it.
func pbRange(loc plan.Location) *pb.Range {
	return &pb.Range{
		Start: &pb.Position{Line: int32(loc.Line)},
		End:   &pb.Position{Line: int32(loc.EndLine)},
	}
}
