package project

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
)

// placesIn gives [tool.uv] with folders that are indexes as a step has them: in the
// build context, by a path that is relative to the project's folder. locked are the
// folders with files in the lock, relative to the project's folder.
//
// An absolute path, or a URL of a file, is a place of the machine that locked, and
// its end says which of these folders it is. A step does not have a folder without
// locked files. uv lists find-links and flat indexes at its start, so such a folder
// is left out of them. A folder that the project names elsewhere stays, and uv
// reports it.
func (p *Pyproject) placesIn(uv map[string]any, locked []string) (placed map[string]any, altered bool) {
	placed = maps.Clone(uv)
	if links, ok := uv["find-links"].([]any); ok {
		var kept []any
		for _, link := range links {
			text, _ := link.(string)
			place, used := placeIn(text, locked)
			if used {
				kept = append(kept, place)
			}
			altered = altered || !used || place != text
		}
		placed["find-links"] = kept
		if len(kept) == 0 {
			delete(placed, "find-links")
		}
	}
	var indexes []any
	for _, index := range p.indexes() {
		text, _ := index["url"].(string)
		place, used := placeIn(text, locked)
		isDefault, _ := index["default"].(bool)
		switch {
		case used && place != text:
			index, altered = maps.Clone(index), true
			index["url"] = place
		case !used && index["format"] == "flat" && !isDefault && !p.sourcedFrom(index["name"]):
			altered = true
			continue
		}
		indexes = append(indexes, index)
	}
	if !altered {
		return uv, false
	}
	placed["index"] = indexes
	if len(indexes) == 0 {
		delete(placed, "index")
	}
	return placed, true
}

// placeIn gives a place of packages as a step has it, and tells whether the lock may
// have something of it.
func placeIn(place string, locked []string) (as string, used bool) {
	name := place
	if parsed, err := url.Parse(place); err == nil && parsed.Scheme == "file" {
		name = parsed.Path
	} else if strings.Contains(place, "://") {
		return place, true
	}
	if name = path.Clean(name); !path.IsAbs(name) {
		return place, slices.Contains(locked, name)
	}
	for _, folder := range locked {
		if strings.HasSuffix(name, "/"+strings.TrimLeft(folder, "./")) && folder != "." {
			return "./" + folder, true
		}
	}
	return place, false
}

// FolderAt gives the folder among those that a place outside of the build stands for: see
// placesIn.
func FolderAt(place string, locked []string) (folder string, ok bool) {
	as, used := placeIn(place, locked)
	return as, used && as != place
}

// sourcedFrom tells whether a source of the project names an index.
func (p *Pyproject) sourcedFrom(index any) bool {
	named := func(entry map[string]any) bool { return entry["index"] != nil && entry["index"] == index }
	for _, key := range p.Doc.Keys("tool", "uv", "sources") {
		switch source := p.Doc.Value("tool", "uv", "sources", key).(type) {
		case map[string]any:
			if named(source) {
				return true
			}
		case []map[string]any:
			if slices.ContainsFunc(source, named) {
				return true
			}
		case []any:
			for _, entry := range source {
				if table, ok := entry.(map[string]any); ok && named(table) {
					return true
				}
			}
		}
	}
	return false
}
