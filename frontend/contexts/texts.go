package contexts

import (
	"cmp"
	"context"
	"path"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Texts are the files of a build whose lines can be shown: the build file, and
// what was read of the context, without passwords in URLs. They may be filled and
// asked side by side.
type Texts struct {
	buildFile *BuildFile

	mu sync.Mutex
	// name is the build file's, see Place.
	name string
	read map[string][]byte
}

// NewTexts has the build file, by the name that the client gave it.
func NewTexts(buildFile *BuildFile) *Texts {
	return &Texts{buildFile: buildFile, name: buildFile.Name, read: map[string][]byte{}}
}

// Place gives the build file the name that it has in the context.
func (t *Texts) Place(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.name = name
}

// placed is the name that the build file has in the context, empty while its place
// is not known.
func (t *Texts) placed() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.name == t.buildFile.Name {
		return ""
	}
	return t.name
}

// Add adds a file that was read, by its path in the context.
func (t *Texts) Add(name string, data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read[name] = data
}

// AddAll adds the files of a set.
func (t *Texts) AddAll(set files.Set) {
	for p := range set {
		if data, ok := set.Content(p); ok {
			t.Add(p, data)
		}
	}
}

// text is a file's text, and tells the build file from others; it is nil for a
// file that was not read.
func (t *Texts) text(name string) (data []byte, isBuildFile bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if name == t.name {
		return t.buildFile.Text, true
	}
	return t.read[name], false
}

// Info gives a file's text for the display of its lines; nil when the file was
// not read.
func (t *Texts) Info(name string) *pb.SourceInfo {
	data, isBuildFile := t.text(name)
	switch {
	case isBuildFile:
		m := t.buildFile.SourceMap
		return &pb.SourceInfo{Data: m.Data, Filename: cmp.Or(t.placed(), m.Filename), Language: m.Language, Definition: m.Definition.ToPB()}
	case data == nil:
		return nil
	default:
		return &pb.SourceInfo{Data: source.Masked(data), Filename: name, Language: "TOML"}
	}
}

// maxMapped is the largest file, in bytes, that travels with a graph.
const maxMapped = 64 << 10

// sourceMap is the map of a file that may travel with a graph; nil for others.
func (t *Texts) sourceMap(name string) *bkllb.SourceMap {
	data, isBuildFile := t.text(name)
	switch {
	case isBuildFile:
		return t.buildFile.SourceMap
	case data == nil || len(data) > maxMapped || path.Base(name) == "uv.lock":
		return nil
	default:
		return bkllb.NewSourceMap(nil, name, "TOML", source.Masked(data))
	}
}

// Lines gives the vertices of one graph their lines. A location that cannot be
// shown is replaced by a fallback, lines of the build file. Only files as small
// as a pyproject.toml travel with a graph: a whole uv.lock would cost more than
// it tells.
func (t *Texts) Lines(fallback plan.Location) func(plan.Location) bkllb.ConstraintsOpt {
	// Images are resolved, and platforms planned, side by side.
	var mu sync.Mutex
	maps := map[string]*bkllb.SourceMap{}
	mapped := func(name string) *bkllb.SourceMap {
		mu.Lock()
		defer mu.Unlock()
		if _, known := maps[name]; !known {
			maps[name] = t.sourceMap(name)
		}
		return maps[name]
	}
	return func(loc plan.Location) bkllb.ConstraintsOpt {
		if loc.Line == 0 && fallback.Line == 0 {
			return bkllb.WithDescription(nil)
		}
		if m := mapped(loc.File); m != nil && loc.Line > 0 {
			return m.Location([]*pb.Range{Range(loc)})
		}
		return t.buildFile.SourceMap.Location([]*pb.Range{Range(fallback)})
	}
}

// Warn tells the client of a warning, with the lines that it is about.
func (t *Texts) Warn(ctx context.Context, at plan.Location, text string, opts gwclient.WarnOpts) {
	if info := t.Info(at.File); info != nil && at.Line > 0 {
		opts.SourceInfo = info
		opts.Range = []*pb.Range{Range(at)}
	}
	t.buildFile.warn(ctx, text, opts)
}

// Range is a location as BuildKit has it.
func Range(loc plan.Location) *pb.Range {
	return &pb.Range{
		Start: &pb.Position{Line: int32(loc.Line)},
		End:   &pb.Position{Line: int32(loc.EndLine)},
	}
}
