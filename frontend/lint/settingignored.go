package lint

import (
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// settingIgnored finds entries of [tool.uv] that the build's uv does not know.
func settingIgnored() Rule {
	return Rule{
		Name:        "SettingIgnored",
		Description: "uv should know each entry of [tool.uv]",
		Why: "Where `[tool.uv]` has an entry that uv does not know, uv warns once and ignores the whole table: indexes, `no-build` and all else. So it is with a mistyped entry, and with an entry that a newer uv brought than the uv of the build. " +
			"The steps of a build that install pass uv only what it knows; the check of uv.lock goes by the table as uv does, and so may refuse a lock for what it ignores.\n\n" +
			"[uv-settings.md](../uv-settings.md) lists the entries, and since when uv knows them. This looks at the project that uv takes its settings from, the root of the workspace, and tells nothing of a uv that is newer than the list, or whose version the tag of its image does not say.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uv]
no-buld = true

[tool.uvlambda]
handler = "app.handler"
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uv]
no-build = true

[tool.uvlambda]
handler = "app.handler"
`},
		find: findIgnoredSettings,
	}
}

func findIgnoredSettings(in *Input) []finding {
	version := planner.UVVersion(in.Plan.UV.Ref)
	if version == "" {
		return nil
	}
	var names []string
	for _, key := range project.UVKeys() {
		names = append(names, key.Name)
	}
	var all []finding
	doc := in.Workspace.Top.Doc
	for _, name := range doc.Keys("tool", "uv") {
		at := doc.Locate("tool", "uv", name)
		switch key, known := project.FindUVKey(name); {
		case known && !key.KnownTo(version):
			all = append(all, finding{fmt.Sprintf("uv %s does not know %s of [tool.uv], and ignores the whole table: set `uv` in [tool.uvlambda] to %s or newer, or remove the entry", version, name, key.Since), at})
		case !known && project.CompareVersions(version, project.KnownUV) <= 0:
			all = append(all, finding{fmt.Sprintf("uv %s does not know %s of [tool.uv], and ignores the whole table: %s", version, name, suggest.OneOf(name, names, "remove the entry")), at})
		}
	}
	return all
}
