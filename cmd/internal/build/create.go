package build

import (
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/client"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/frontend"
)

// createIn returns the function that a frontend in this process writes the files
// of a result with. It is nil when BuildKit has to make the result: when the result
// also goes to a cache, say, or comes with attestations.
func (d *delivery) createIn(r *buildflags.Request, report func(*client.SolveStatus)) frontend.CreateFile {
	if len(r.Outputs) != 1 || len(r.CacheExports) > 0 {
		return nil
	}
	for key := range r.Attrs {
		if strings.HasPrefix(key, "attest:") {
			return nil
		}
	}
	out := r.Outputs[0]
	if out.Type != client.ExporterLocal || len(out.Attrs) > 0 {
		return nil
	}
	names := &naming{archive: out.Dest}
	return func(name string) (io.WriteCloser, error) {
		f := &file{path: filepath.Join(out.Dest, filepath.FromSlash(name))}
		if !out.Folder {
			if f.path = names.place(name); f.path == "" {
				return nil, severalFiles(out.Dest)
			}
		}
		if path.Ext(name) == ".json" {
			if err := buildflags.CheckFacts(f.path); err != nil {
				return nil, err
			}
		}
		d.mu.Lock()
		d.files = append(d.files, f)
		d.mu.Unlock()
		w, err := f.open(nil)
		if err != nil {
			return nil, err
		}
		return newProgressWriter(w, "writing "+f.path, report), nil
	}
}
