package integration

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// glibcProject is a function on Amazon Linux 2, whose glibc is 2.26.
func glibcProject(dependencies string) map[string]string {
	project := fmt.Sprintf(strings.Replace(projectWith, ">=3.13,<3.14", "==3.11.*", 1), dependencies)
	return map[string]string{
		"pyproject.toml": project + handlerTable,
		"uv.lock":        strings.Replace(lockHeader, ">=3.13,<3.14", "==3.11.*", 1) + lockOwn,
		"app.py": "import cryptography.hazmat.bindings._rust\nimport greenlet\nimport zmq\n\n\n" +
			"def handler(event, context):\n    return [greenlet.getcurrent().dead, zmq.zmq_version_info()[0]]\n",
	}
}

// wheelTags are the tags of the wheels that a task root was installed from.
func wheelTags(tree map[string][]byte) map[string][]string {
	tags := map[string][]string{}
	for file, content := range tree {
		if dir, name := filepath.Split(file); name == "WHEEL" {
			for _, m := range regexp.MustCompile(`(?m)^Tag: (\S+)$`).FindAllSubmatch(content, -1) {
				project, _, _ := strings.Cut(dir, "-")
				tags[project] = append(tags[project], string(m[1]))
			}
		}
	}
	return tags
}

// Wheels for glibc 2.18 to 2.26 are installed on Amazon Linux 2, and of several
// wheels one that does not need a newer one, on both platforms.
func TestWheelsOfAmazonLinux2(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	dir := newFunction(t, glibcProject(`"greenlet==3.2.4", "pyzmq==27.1.0", "cryptography==45.0.7"`))
	lockShape(t, env.CLI(), dir)
	writeFile(t, filepath.Join(dir, "event.json"), "{}")
	for _, door := range env.Doors() {
		for arch, machine := range map[string]string{"amd64": "x86_64", "arm64": "aarch64"} {
			ref := newReference(t)
			door.MustBuild(t, dir, "--platform", "linux/"+arch, "-t", ref, "--push")
			tags := wheelTags(taskRoot(t, pull(t, ref)))
			require.Contains(t, tags["pyzmq"], "cp311-cp311-manylinux_2_26_"+machine)
			require.Contains(t, []string{"cp311-abi3-manylinux_2_17_" + machine, "cp311-abi3-manylinux2014_" + machine}, tags["cryptography"][0], tags["cryptography"])
			if arch == "amd64" {
				require.Contains(t, tags["greenlet"], "cp311-cp311-manylinux_2_24_x86_64")
				require.JSONEq(t, "[false, 4]", invoke(t, ref, filepath.Join(dir, "event.json")))
			}
		}
	}
	requireSameByDockerfile(t, dir, nil)
}

// A wheel that needs more than the function has is refused.
func TestWheelsThatAreTooNewForAmazonLinux2(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	dir := newFunction(t, glibcProject(`"numpy==2.3.5"`))
	lockShape(t, env.CLI(), dir)
	for _, door := range env.Doors() {
		result := door.Build(t, dir, "--platform", "linux/amd64")
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "1 of the locked packages cannot be installed on linux/amd64 with Python 3.11 (glibc 2.26):\n"+
			"  numpy 2.3.5 <- your dependencies, line 5 of pyproject.toml: it has wheels for macosx_10_15_x86_64, ")
	}
}
