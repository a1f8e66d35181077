package eject

import (
	"fmt"

	"github.com/uvlambda/uvlambda/plan"
)

// glibc writes the script that takes wheels for a newer C library than the
// function has out of the exported lists, and gives its command.
func glibc(p *plan.Plan) (file string, commands []string) {
	installs := p.Installs()
	if len(installs) == 0 || installs[0].Glibc == 0 {
		return "", nil
	}
	script := fmt.Sprintf(glibcScript, p.Python.Executable, installs[0].Glibc, lockPath)
	return "# glibc leaves out wheels that need a newer glibc, for which uv has no platform name.\n" +
		document("/bin/glibc", script, "--chmod=755"), []string{"glibc"}
}

// glibcScript reads the tags of the wheels, each of which has a line of its own.
const glibcScript = `#!%s -IS
from pathlib import Path

minor = %d


def is_too_new(line):
    before, dot, _ = line.rpartition(".whl")
    policies = [tag.split("_") for tag in before.rpartition("-")[2].split(".")]
    return bool(dot) and line.startswith("    {") and all(
        p[:2] == ["manylinux", "2"] and p[2].isdigit() and int(p[2]) > minor for p in policies
    )


for pylock in Path(%q).glob("pylock*.toml"):
    lines = pylock.read_text().splitlines(keepends=True)
    pylock.write_text("".join(line for line in lines if not is_too_new(line)))
`
