package eject

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// members are the stages of the repository's packages: one for each, so that
// a change of one leaves the others as they are, and one that gathers them.
func (r *renderer) members() []string {
	var stages []string
	gather := []string{"# members are these packages in one layer.\nFROM builder AS members\n"}
	for st, m := range plan.Each[plan.Member](r.plan) {
		stages = append(stages, r.member(st, m))
		gather = append(gather, copyPaths([]string{layerPath}, layerPath, "--from="+memberStage(m)))
	}
	if len(stages) < 2 {
		return stages
	}
	return append(stages, strings.Join(append(gather, run(nil, "settle")), ""))
}

// memberStage is the name of a member's stage.
func memberStage(m *plan.Member) string { return "member-" + m.Name }

// member is the stage of one package of the repository.
func (r *renderer) member(st *plan.Step, m *plan.Member) string {
	sources, place := path.Join("/src", m.Path), m.Path
	if place == "." {
		place = "the root of the context"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %[1]s is the package in %[2]s.\nFROM installer-$TARGETARCH AS %[1]s\n", memberStage(m), place)
	b.WriteString(copyPaths([]string{m.Path}, sources, excludes(m.Exclude)...))
	for _, f := range m.Beside {
		b.WriteString(copyPaths([]string{f.Path}, path.Join("/src", f.Path), excludes(f.Exclude)...))
	}
	for _, f := range m.Written {
		b.WriteString(document(escapeWord(path.Join("/src", f.Path)), f.Content))
	}
	if m.LegacySetuptools {
		b.WriteString(legacy(path.Join(sources, "pyproject.toml")))
	}
	mounts, commands := wheel(st, m, sources)
	b.WriteString(run(mounts, append(commands, "records", "settle")...))
	return b.String()
}

// wheel installs a member's wheel, which is built unless the member is one. It
// is installed by its path: by name, or through uv's cache, the code of an
// earlier build could come back.
func wheel(st *plan.Step, m *plan.Member, sources string) (mounts, commands []string) {
	flags := []string{"--no-cache", "--no-index"}
	if strings.HasSuffix(sources, ".whl") {
		return nil, install(m.CompileBytecode, m.Scripts, append(flags, quoteShell(sources))...)
	}
	mounts, commands = network(st.Secrets)
	commands = append(commands, build(m.PackageBuild)+" --wheel --out-dir /tmp/wheel "+quoteShell(sources))
	return mounts, append(commands, install(m.CompileBytecode, m.Scripts, append(flags, "/tmp/wheel/*.whl")...)...)
}

// build is the beginning of the command that builds a package, with what is for it alone.
func build(m plan.PackageBuild) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(m.BuildVariables)) {
		words = append(words, "env", name+"="+quoteShell(m.BuildVariables[name]))
	}
	words = append(words, "uv build")
	for _, setting := range m.ConfigSettings {
		words = append(words, "--config-setting", quoteShell(setting))
	}
	return strings.Join(words, " ")
}

// legacy names the backend of a package that names none: PEP 517 says that it
// is setuptools' legacy one.
func legacy(file string) string {
	return "# Without a [build-system], this is the one: https://peps.python.org/pep-0517/#source-trees\n" +
		"RUN cat >>" + quoteShell(file) + ` <<EOF

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta:__legacy__"
EOF
`
}
