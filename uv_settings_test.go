package uvlambda

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
)

const uvSettingsHead = `# The table [tool.uv]

What a build makes of each entry of ` + "`[tool.uv]`" + ` that uv ` + project.KnownUV + ` knows. This page is generated from the table by which the entries are read. They count in the project that uv takes its settings from: the root of the workspace.

- **Plan**: the plan is made by it.
- **Lock**: uv reads it where it locks, checks uv.lock and exports it. An entry without this mark is not part of these steps, so an edit of it runs nothing.
- **Install**: the steps that install and build packages pass it to uv.

An entry of the wrong type is an error, since uv would ignore the whole table. An entry that uv does not know has the same effect, and is found by the rule [SettingIgnored](rules/SettingIgnored.md).

| entry | plan | lock | install | what a build makes of it |
|---|---|---|---|---|
`

const uvSettingsTail = `
## uv.lock

A lock has a version and a revision, and revisions add fields. Version 1 is read, with revisions from none to 5 and later ones: of an early revision, what it does not record is not compared; of a lock without the metadata of its packages (` + "`lock-without-metadata`" + `) too. A lock of another version is an error.

`

// TestUVSettings holds docs/uv-settings.md against the entries that are read.
func TestUVSettings(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(uvSettingsHead)
	for _, key := range project.UVKeys() {
		doc := key.Doc
		if key.Since != "" {
			doc += " Known to uv from " + key.Since + " on."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", key.Name, mark(key, project.UVPlans), mark(key, project.UVLocks), mark(key, project.UVInstalls), doc)
	}
	b.WriteString(uvSettingsTail)
	fmt.Fprintf(&b, "The oldest uv that a build may use is %s.\n", spec.MinimumUV)
	requireGenerated(t, "docs/uv-settings.md", b.String())
}

// mark is set where an entry has a use.
func mark(key project.UVKey, use project.UVUse) string {
	if key.Use&use == 0 {
		return ""
	}
	return "yes"
}

// TestUVSettingsExamples reads each example of an entry.
func TestUVSettingsExamples(t *testing.T) {
	t.Parallel()
	for _, key := range project.UVKeys() {
		doc, err := source.Parse("pyproject.toml", []byte("[dependency-groups]\ndev = []\n"+key.Table()))
		require.NoError(t, err, key.Name)
		p, err := project.ParsePyproject(doc)
		require.NoError(t, err, key.Name)
		require.Contains(t, p.UV, key.Name)
		require.NoError(t, p.CheckUV(), key.Name)
		assert.NotContains(t, key.Doc, "|", "the page is a table")
		assert.True(t, strings.HasSuffix(key.Doc, "."), key.Name)
	}
}
