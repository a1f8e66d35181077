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
	export, read := plan.First[plan.Export](r.plan), plan.First[plan.LockCheck](r.plan)
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
	b.WriteString(copyPaths(slices.Concat(read.Files, read.Archives), "./", "--parents"))
	var mounts, commands []string
	for _, folder := range slices.Concat(read.Builds, read.Beside) {
		// What this package depends on is known to its build backend only.
		b.WriteString(copyPaths([]string{folder.Path}, path.Join(lockPath, folder.Path), excludes(folder.Exclude)...))
		mounts, commands = network(r.plan.Step(plan.KindLockCheck).Secrets)
	}
	script, fit := glibc(r.plan)
	b.WriteString(script)
	commands = append(append(commands, r.lockCommand(read.Root)), fit...)
	b.WriteString(run(mounts, commands...))
	return b.String()
}

// lockCommand is the command of uv that checks and exports.
func (r *renderer) lockCommand(root string) string {
	export := plan.First[plan.Export](r.plan)
	var command []string
	switch {
	case export == nil:
		command = []string{"uv lock --check"}
	case !r.has(plan.KindLockCheck):
		command = []string{"uv export --frozen"}
	default:
		command = []string{"uv export --locked"}
	}
	if root != "." {
		command = append(command, "--project "+quoteShell(root))
	}
	if export != nil {
		command = append(command,
			"--quiet", "--no-emit-local", "--no-default-groups", "--no-header",
			"--format pylock.toml", "--output-file "+pylockPath)
		command = append(command, arguments(export.Args)...)
	}
	return wrap(command...)
}
