package differential

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// contain prints a JSON list with, for each version, whether each specifier
// contains its release. uv asks about the release of a pre-release too.
const contain = `
import json, sys
from packaging.specifiers import SpecifierSet
from packaging.version import Version
asked = json.load(open(sys.argv[1]))
sets = [SpecifierSet(text) for text in asked["specifiers"]]
print(json.dumps([[s.contains(Version(v).base_version, prereleases=True) for s in sets] for v in asked["versions"]]))
`

// specifiers are values of requires-python.
func specifiers(random *rand.Rand) []string {
	var all []string
	for _, version := range []string{"3", "3.13", "3.13.0", "3.13.1", "3.13.5", "3.13.13", "3.14", "3.14.0rc1", "3.15.0b2", "3.13.5rc1", "3.13.2.post1"} {
		for _, operator := range []string{"<", "<=", "==", "!=", ">=", ">", "~="} {
			if operator != "~=" || version != "3" {
				all = append(all, operator+version)
			}
		}
	}
	all = append(all, "==3.*", "==3.13.*", "!=3.13.*", "!=3.13.5.*", "==3.14.*", "===3.13.5")
	for range 300 {
		all = append(all, fmt.Sprintf("%s, %s", all[random.IntN(len(all))], all[random.IntN(len(all))]))
	}
	return append(all, "")
}

// requires-python means what it means to packaging, and depends on the patch
// release when that is so.
func TestRequiresPythonOfPackaging(t *testing.T) {
	t.Parallel()
	all := specifiers(rand.New(rand.NewPCG(7, 8)))
	var versions []string
	for patch := range 20 {
		versions = append(versions, fmt.Sprintf("3.13.%d", patch))
	}
	versions = append(versions, "3.12.4", "3.14.0", "3.14.0rc1", "3.15.0b2")
	asked, err := json.Marshal(map[string]any{"specifiers": all, "versions": versions})
	require.NoError(t, err)
	dir := t.TempDir()
	writeFile(t, dir, "asked.json", string(asked))
	var want [][]bool
	require.NoError(t, json.Unmarshal([]byte(run(t, dir, "python", "-I", "-c", contain, "asked.json")), &want))
	for i, text := range all {
		specifier, err := project.ParseSpecifier(text)
		require.NoError(t, err)
		for j, full := range versions {
			assert.Equal(t, want[j][i], target{full: full}.interpreter(t).Satisfies(specifier), "%q allows %s", specifier, full)
		}
		unknown := project.NewInterpreter(project.Version{Major: 3, Minor: 13}, "", nil)
		unknown.Satisfies(specifier)
		different, some := false, false
		for patch := range 20 {
			different = different || want[patch][i] != want[0][i]
			some = some || want[patch][i]
		}
		assert.Equal(t, different, unknown.DependsOnPatch() != "", specifier)
		assert.Equal(t, some, specifier.AllowsMinor(unknown.Version), specifier)
	}
}
