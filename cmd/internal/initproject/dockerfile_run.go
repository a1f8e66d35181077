package initproject

import (
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// otherWork is what is said of a RUN that nothing can be made of.
const otherWork = "only what uv installs, and what changes the system, is carried over: do the rest in a base image, and name that with `base`"

// readRun reads the groups, extras and package that a RUN has uv install. It drops
// commands that uvlambda replaces. What changes the system of the image goes to
// the Dockerfile of the base, and what prepares the system of a stage may need a
// builder. All others are left.
func (r *reader) readRun(s *scope, c *instructions.RunCommand, final bool) {
	// Mounts are known once the instruction is expanded, which may fail for
	// words that only the shell knows.
	_ = c.Expand(func(word string) (string, error) { return s.expand(r.lex, word) })
	commands, chained := splitShell(scriptOf(c))
	seen := map[work]bool{}
	var kept []string
	for _, command := range commands {
		words := commandWords(command)
		kind := r.workOf(s, words, command)
		seen[kind] = true
		if kind == installation {
			r.readInstallation(c, words)
		} else {
			kept = append(kept, strings.TrimSpace(command))
		}
	}
	r.readMounts(c, seen[installation])
	switch {
	case seen[other], seen[system] && seen[installation] && !chained && final:
		r.leaveCommand(c, otherWork)
	case !seen[system]:
	case !final:
		r.add(baseLine{text: r.runText(c, kept), needed: true, from: r.mounted(c)})
		r.readPreparation(c, commands)
	case seen[installation]:
		r.add(baseLine{text: r.runText(c, kept), needed: true})
	default:
		r.add(baseLine{text: r.text(c), needed: true, from: r.mounted(c)})
	}
}

// scriptOf is what a RUN has a shell do.
func scriptOf(c *instructions.RunCommand) string {
	script := strings.Join(c.CmdLine, " ")
	for _, file := range c.Files {
		script += "\n" + strings.ReplaceAll(file.Data, "\\\n", " ")
	}
	return script
}

// runText is a RUN with some of its commands.
func (r *reader) runText(c *instructions.RunCommand, commands []string) string {
	var flags string
	for _, mount := range instructions.GetMounts(c) {
		if mount.Type == instructions.MountTypeCache && !strings.Contains(mount.Target, "/uv") && !strings.Contains(mount.Target, "/pip") {
			flags += "--mount=type=cache,target=" + mount.Target + " "
		}
	}
	commands = slices.DeleteFunc(slices.Clone(commands), func(command string) bool { return command == "" || strings.HasPrefix(command, "<<") })
	return "RUN " + flags + strings.Join(commands, " && "+string(r.escape)+"\n    ")
}

// mounted are the stages whose files a RUN mounts.
func (r *reader) mounted(c *instructions.RunCommand) []int {
	var stages []int
	for _, mount := range instructions.GetMounts(c) {
		if i, ok := r.stageNamed(mount.From, r.at); ok {
			stages = append(stages, i)
		}
	}
	return stages
}
