package eject

import (
	"fmt"
	"path"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// settingsPath is the file with what [tool.uv] says of installations.
const settingsPath = "/etc/uv.toml"

// installers are the stages that stages with packages go on from: one with
// what all platforms have in common, then one for each architecture.
func (r *renderer) installers() []string {
	var b strings.Builder
	b.WriteString("# installer is where packages are built and installed, with what [tool.uv] says of that.\n")
	fmt.Fprintf(&b, "FROM %s AS installer\n", r.parent(!r.has(plan.KindApp) && !r.has(plan.KindFiles)))
	if text := r.settings(); text == "" {
		b.WriteString("ENV UV_NO_CONFIG=1\n")
	} else {
		b.WriteString(document(settingsPath, text))
		b.WriteString("ENV UV_CONFIG_FILE=" + settingsPath + "\n")
	}
	b.WriteString("# records takes files that were left out of packages from the lists of their files.\n")
	b.WriteString(document("/bin/records", fmt.Sprintf(records, r.plan.Python.Executable, layerPath+plan.TaskRoot), "--chmod=755"))
	stages := []string{b.String()}
	for _, arch := range architectures() {
		stages = append(stages, r.installerFor(arch))
	}
	return stages
}

// parent is the stage to go on from: the last stage before the final one goes
// on from the check of uv.lock, if no other has it as input.
func (r *renderer) parent(last bool) string {
	if last && r.export() == nil && r.has(plan.KindLockCheck) {
		return "lock"
	}
	return "builder"
}

// settings is the uv.toml of all stages that install.
func (r *renderer) settings() string {
	if d := plan.First[plan.Dependencies](r.plan); d != nil {
		return d.Settings
	}
	if m := plan.First[plan.Member](r.plan); m != nil {
		return m.Settings
	}
	if g := plan.First[plan.Git](r.plan); g != nil {
		return g.Settings
	}
	return r.packageSettings()
}

// installerFor names the platform to install for, or refuses it.
func (r *renderer) installerFor(arch string) string {
	from := fmt.Sprintf("FROM installer AS installer-%s\n", arch)
	if wheel, ok := r.wheels[arch]; ok {
		return from + "ENV PYTHON_PLATFORM=" + wheel + "\n"
	}
	return from + run(nil, fmt.Sprintf(`echo "this Dockerfile is for %s: build with --platform %s" >&2 && exit 1`,
		strings.Join(r.platforms(), " and "), strings.Join(r.platforms(), ",")))
}

// dependencies is the stage of the third-party packages.
func (r *renderer) dependencies() string {
	what := "the third-party packages"
	if r.has(plan.KindPackage) || r.has(plan.KindGit) {
		what = "the other third-party packages"
	}
	return "# dependencies are " + what + ".\nFROM installer-$TARGETARCH AS dependencies\n" +
		r.installFrom(pylockPath, r.plan.Step(plan.KindDependencies), &plan.First[plan.Dependencies](r.plan).Install)
}

// installFrom installs what a list has.
func (r *renderer) installFrom(list string, st *plan.Step, i *plan.Install) string {
	mounts, commands := network(st.Secrets)
	mounts = append(mounts, "from=lock,source="+list+",target="+list)
	commands = append(commands, install(i.CompileBytecode, i.Scripts, append(arguments(i.Args), "--requirements "+list)...)...)
	return r.finish(mounts, commands, i)
}

// finish runs commands that install, and then those that every installation ends
// with.
func (r *renderer) finish(mounts, commands []string, i *plan.Install) string {
	script := ""
	if len(i.Slim) > 0 {
		script = "# slim leaves out what nobody needs to run.\n" + document("/bin/slim", slim(r.plan.Python.Executable, i.Slim), "--chmod=755")
		commands = append(commands, "slim")
	}
	return script + run(mounts, append(commands, "records", "settle")...)
}

// records rewrites the RECORD of each package that lists a file which is not
// there, as driver.py does.
const records = `#!%s -IS
from pathlib import Path

for record in Path("%s").glob("*.dist-info/RECORD"):
    with record.open(encoding="utf-8", newline="") as file:
        rows = file.readlines()
    with record.open("w", encoding="utf-8", newline="") as file:
        file.writelines(row for row in rows if Path(record.parents[1], row.rsplit(",", 2)[0].strip('"')).exists())
`

// install are the commands that install into the task root, and drop what uv
// leaves there for itself.
func install(compile bool, scripts []string, args ...string) []string {
	command := []string{"uv pip install --target " + plan.TaskRoot, "--python-platform $PYTHON_PLATFORM", "--no-deps"}
	if compile {
		command = append(command, "--compile-bytecode")
	}
	bin := path.Join(plan.TaskRoot, "bin")
	return []string{
		wrap(append(command, args...)...),
		"rm -f " + path.Join(plan.TaskRoot, ".lock"),
		fmt.Sprintf("[ -e %s/__init__.py ] || %s", bin, removeScripts(bin, scripts)),
	}
}

// removeScripts removes the scripts of packages that no command names.
func removeScripts(bin string, kept []string) string {
	if len(kept) == 0 {
		return "rm -rf " + bin
	}
	return fmt.Sprintf(`for script in %s/*; do case "${script##*/}" in %s) ;; *) rm -rf "$script" ;; esac; done`, bin, strings.Join(kept, "|"))
}
