package build

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"

	"github.com/uvlambda/uvlambda/frontend"
)

// unzippedLimit is what Lambda takes of an archive, in bytes.
const unzippedLimit = 250 << 20

// summary says in a line each what a build has made, and where it is.
func (d *delivery) summary(response map[string]string) []string {
	lines := d.archiveLines(response)
	made := len(lines) > 0
	for _, out := range d.outputs {
		names := strings.Split(out.Attrs["name"], ",")
		switch {
		case out.Pushes() || slices.ContainsFunc(names, func(name string) bool { return slices.Contains(d.pushes, name) }):
			for _, name := range names {
				lines = append(lines, "pushed "+name+"@"+response[exptypes.ExporterImageDigestKey])
			}
		case out.Dest == "-" || out.Dest != "" && made && out.Type == client.ExporterLocal:
		case out.Dest != "":
			lines = append(lines, "wrote "+out.Dest)
		case out.Attrs["name"] != "":
			for _, name := range names {
				lines = append(lines, "loaded "+name)
			}
		}
	}
	return lines
}

// archiveLines describes the archives that a build has made.
func (d *delivery) archiveLines(response map[string]string) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(response)) {
		platform, isArchive := strings.CutPrefix(key, frontend.MetadataArchive)
		opt := false
		if !isArchive {
			if platform, opt = strings.CutPrefix(key, frontend.MetadataOpt); !opt {
				continue
			}
		}
		var facts struct {
			Runtime, Architecture string
			Zipped, Unzipped      int64
		}
		if json.Unmarshal([]byte(response[key]), &facts) != nil {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s  %s MB, %s of %d MB unzipped, %s %s", d.archivePath(path.Base("/"+platform), opt),
			megabytes(facts.Zipped), megabytes(facts.Unzipped), unzippedLimit>>20, facts.Runtime, facts.Architecture))
	}
	return lines
}

// archivePath is the file of the archive for a platform, "/" for the only one, or
// of the layer that is written after it. BuildKit's own exporters name no files, so
// it is then their folder.
func (d *delivery) archivePath(platform string, opt bool) string {
	archiveSeen := false
	for _, f := range d.files {
		if filepath.Ext(f.path) != ".zip" || platform != "/" && filepath.Base(filepath.Dir(f.path)) != platform {
			continue
		}
		if archiveSeen == opt {
			return f.path
		}
		archiveSeen = true
	}
	for _, out := range d.outputs {
		if out.Folder {
			return filepath.Join(out.Dest, strings.Trim(platform, "/"))
		}
	}
	return "the archive"
}

// megabytes writes bytes as Lambda counts them, in 2^20.
func megabytes(bytes int64) string {
	if mb := float64(bytes) / (1 << 20); mb >= 0.05 {
		return fmt.Sprintf("%.1f", mb)
	}
	return "under 0.1"
}
