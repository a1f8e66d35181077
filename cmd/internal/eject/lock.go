package eject

import (
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// Files of the stage that reads uv.lock.
const (
	lockPath   = "/lock"
	pylockPath = lockPath + "/pylock.toml"
)

// lock is the stage that checks uv.lock, and that exports it when there is
// something to install.
func (r *renderer) lock() string {
	export, read := r.export(), plan.First[plan.LockCheck](r.plan)
	var b strings.Builder
	switch {
	case export == nil:
		b.WriteString("# lock checks that uv.lock is up to date.\n")
	case read == nil:
		b.WriteString("# lock lists what to install; the next stages depend on the list only.\n")
	default:
		b.WriteString("# lock checks uv.lock, and lists what to install; the next stages depend on the list only.\n")
	}
	if read == nil {
		read = &plan.LockCheck{Root: export.Root, Files: export.Files}
	}
	b.WriteString("FROM builder AS lock\nWORKDIR " + lockPath + "\n")
	b.WriteString(copyPaths(slices.Concat(read.Files, read.LocalFiles), "./", "--parents"))
	var mounts, commands []string
	for _, folder := range slices.Concat(read.Builds, read.Beside) {
		// Only the package's build backend knows its dependencies.
		b.WriteString(copyPaths([]string{folder.Path}, path.Join(lockPath, folder.Path), excludes(folder.Exclude)...))
		mounts, commands = network(r.plan.Step(plan.KindLockCheck).Secrets)
	}
	script, fit := glibc(r.plan)
	b.WriteString(script)
	commands = slices.Concat(commands, r.lockCommands(read.Root), fit)
	b.WriteString(run(mounts, commands...))
	return b.String()
}

// export is how uv lists the packages, nil when there are none.
func (r *renderer) export() *plan.Export {
	if export := plan.First[plan.Export](r.plan); export != nil {
		return export
	}
	return r.plan.Export
}

// lockCommands are the commands of uv that check and export. The first of them
// checks. Each package that is installed by itself has a list of its own.
func (r *renderer) lockCommands(root string) []string {
	export, frozen := r.export(), !r.has(plan.KindLockCheck)
	if export == nil {
		return []string{lockCommand(root, "uv lock --check")}
	}
	var commands []string
	list := func(to string, args []string) {
		command := "uv export --locked"
		if frozen {
			command = "uv export --frozen"
		}
		frozen = true
		commands = append(commands, lockCommand(root, command, append([]string{
			"--quiet", "--no-emit-local", "--no-default-groups", "--no-header",
			"--format pylock.toml", "--output-file " + to,
		}, arguments(args)...)...))
	}
	if r.has(plan.KindDependencies) {
		list(pylockPath, export.Args)
	}
	for _, work := range plan.All[plan.Package](r.plan) {
		list(listOf(work), onlyPackage(export.Args, work.Name))
	}
	return commands
}

// lockCommand is a command of uv in a project's folder.
func lockCommand(root, command string, flags ...string) string {
	words := []string{command}
	if root != "." {
		words = append(words, "--project "+quoteShell(root))
	}
	return wrap(append(words, flags...)...)
}
