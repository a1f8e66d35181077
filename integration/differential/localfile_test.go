package differential

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// ranks gives the place of each wheel's best tag among the tags of a Python with a
// C library. The first tag is the best; -1 means that the wheel does not install.
const ranks = `
import json, sys
from packaging import _manylinux, tags
from packaging.utils import parse_wheel_filename
asked = json.load(open(sys.argv[1]))
_manylinux._have_compatible_abi = lambda executable, archs: True
answers = []
for target in asked["targets"]:
    _manylinux._get_glibc_version = lambda: (2, target["glibc"])
    platforms = list(_manylinux.platform_tags([target["machine"]])) + ["linux_" + target["machine"]]
    version = tuple(target["python"])
    order = list(tags.cpython_tags(version, platforms=platforms)) + list(tags.compatible_tags(version, "cp%d%d" % version, platforms))
    place = {tag: i for i, tag in reversed(list(enumerate(order)))}
    answers.append([min((place[tag] for tag in parse_wheel_filename(name)[3] if tag in place), default=-1) for name in asked["wheels"]])
print(json.dumps(answers))
`

// Of several wheels in a folder, the one with the best tag is installed.
func TestLocalFilesOfPackaging(t *testing.T) {
	t.Parallel()
	targets := []tagTarget{{[2]int{3, 11}, "x86_64", 26}, {[2]int{3, 13}, "x86_64", 34}, {[2]int{3, 14}, "aarch64", 34}}
	names := wheels()
	asked, err := json.Marshal(map[string]any{"wheels": names, "targets": targets})
	require.NoError(t, err)
	dir := t.TempDir()
	writeFile(t, dir, "asked.json", string(asked))
	var places [][]int
	require.NoError(t, json.Unmarshal([]byte(run(t, dir, "python", "-I", "-c", ranks, "asked.json")), &places))

	random := rand.New(rand.NewPCG(7, 8))
	for i, to := range targets {
		rt, _ := project.LookupRuntime(project.Version{Major: to.Python[0], Minor: to.Python[1]})
		arch := map[string]string{"x86_64": "amd64", "aarch64": "arm64"}[to.Machine]
		place := map[string]int{}
		var fitting []string
		for n, name := range names {
			if place[name] = places[i][n]; places[i][n] >= 0 {
				fitting = append(fitting, name)
			}
		}
		for range 2000 {
			var wheels []string
			best := ""
			for range 4 {
				name := fitting[random.IntN(len(fitting))]
				wheels = append(wheels, fmt.Sprintf("{ path = %q }", name))
				if best == "" || place[name] < place[best] {
					best = name
				}
			}
			lock := parseLock(t, []byte("version = 1\n[[package]]\nname = \"p\"\nversion = \"1\"\nsource = { registry = \"house\" }\nwheels = ["+strings.Join(wheels, ", ")+"]\n"))
			got, ok := lock.Find("p").LocalFile(rt, arch, project.BuildSettings{})
			require.True(t, ok)
			assert.Equal(t, place[best], place[path.Base(got)], "%s of %s on %+v", got, wheels, to)
		}
	}
}
