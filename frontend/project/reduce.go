package project

import (
	"maps"
	"reflect"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// projectKeys are the entries of [project] that uv reads to lock and to export
// (https://docs.astral.sh/uv/concepts/projects/dependencies/).
func projectKeys() []string {
	return []string{"dependencies", "dynamic", "name", "optional-dependencies", "requires-python", "version"}
}

// groupKeys are the entries of [tool.uv] that name dependency groups.
func groupKeys() []string { return []string{"default-groups", "dependency-groups", "dev-dependencies"} }

// Reduced gives the file with only what uv reads to lock and to export, keys
// sorted and without comments, so that a step that mounts it stays cached
// through all other edits. Without groups it has no dependency groups either.
// A version that is given stands in the place of the project's own; an empty one
// makes the version dynamic. Folders that are indexes are named as a build has
// them: see placesIn, which locked is for. It is altered when one of them had to be
// named in another way.
// It is not ok when a reduced file would say something else, or when the text
// holds a password, which would be kept in the build's records.
func (p *Pyproject) Reduced(groups bool, version *string, locked []string) (text string, altered, ok bool) {
	if _, err := p.InstallSettings(Installation{}); err != nil {
		return "", false, false
	}
	// The document is decoded already, and the decoder of the library that writes
	// takes a time that grows with the square of a table's entries.
	kept := map[string]any{}
	if system := p.Doc.Value("build-system"); system != nil {
		kept["build-system"] = system
	}
	if project, ok := p.Doc.Value("project").(map[string]any); ok {
		own := pick(project, projectKeys()...)
		if version != nil {
			setVersion(own, *version)
		}
		kept["project"] = own
	}
	if own := p.Doc.Value("dependency-groups"); groups && own != nil {
		kept["dependency-groups"] = own
	}
	if uv, ok := p.Doc.Value("tool", "uv").(map[string]any); ok {
		uv = withoutIdle(uv)
		if !groups {
			maps.DeleteFunc(uv, func(key string, _ any) bool { return slices.Contains(groupKeys(), key) })
		}
		uv, altered = p.placesIn(uv, locked)
		if len(uv) > 0 {
			kept["tool"] = map[string]any{"uv": uv}
		}
	}
	data, err := toml.Marshal(kept)
	if err != nil {
		return "", false, false
	}
	var read map[string]any
	if err := toml.Unmarshal(data, &read); err != nil {
		return "", false, false
	}
	return string(data), altered, len(kept) == 0 || reflect.DeepEqual(read, kept)
}

// setVersion gives a [project] table another version.
func setVersion(project map[string]any, version string) {
	dynamic, _ := project["dynamic"].([]any)
	dynamic = slices.DeleteFunc(slices.Clone(dynamic), func(field any) bool { return field == "version" })
	if version == "" {
		delete(project, "version")
		dynamic = append(dynamic, "version")
	} else {
		project["version"] = version
	}
	delete(project, "dynamic")
	if len(dynamic) > 0 {
		project["dynamic"] = dynamic
	}
}

// pick gives the entries of a table that have one of the keys.
func pick(table map[string]any, keys ...string) map[string]any {
	kept := map[string]any{}
	for _, key := range keys {
		if value, ok := table[key]; ok {
			kept[key] = value
		}
	}
	return kept
}
