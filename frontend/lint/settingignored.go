package lint

import (
	"fmt"
	"path"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// settingIgnored finds entries of [tool.uv] that the build's uv does not know, and a file
// in which a build does not read them.
func settingIgnored() Rule {
	return Rule{
		Name:        "SettingIgnored",
		Description: "the settings of uv should be in [tool.uv], and uv should know each of them",
		Why: "Where `[tool.uv]` has an entry that uv does not know, uv warns once and ignores the whole table: indexes, `no-build` and all else. So it is with a mistyped entry, and with an entry that a newer uv brought than the uv of the build. " +
			"The steps of a build that install pass uv only what it knows; the check of uv.lock goes by the table as uv does, and so may refuse a lock for what it ignores.\n\n" +
			"[uv-settings.md](../uv-settings.md) lists the entries, and since when uv knows them. This looks at the project that uv takes its settings from, the root of the workspace, and tells nothing of a uv that is newer than the list, or whose version the tag of its image does not say.\n\n" +
			"A file `uv.toml` beside that `pyproject.toml` has uv ignore `[tool.uv]` too. A build reads `[tool.uv]` and no `uv.toml`, so that a lock which was made with the file may be refused, and packages may be looked for elsewhere.",
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
	var all []finding
	if file := path.Join(in.Workspace.Root, planner.UVConfig); in.Workspace.Files.Exists(file) {
		all = append(all, finding{
			fmt.Sprintf("uv reads %s in place of [tool.uv] of %s, and a build does not: move its entries there", file, in.Workspace.Top.Doc.Name),
			plan.Location{File: file, Line: 1, EndLine: 1},
		})
	}
	version := planner.UVVersion(in.Plan.UV.Ref)
	if version == "" {
		return all
	}
	var names []string
	for _, key := range project.UVKeys() {
		names = append(names, key.Name)
	}
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
