package initproject

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// shellSeparator stands between the commands of a RUN.
var shellSeparator = regexp.MustCompile(`&&|\|\||[;\n]`)

// readRun reads the groups, extras and package that a RUN has uv install. It drops
// commands that uvlambda replaces, and lists all others as left.
func (r *reader) readRun(s *scope, c *instructions.RunCommand) {
	// Mounts are known once the instruction is expanded, which may fail for
	// words that only the shell knows.
	_ = c.Expand(func(word string) (string, error) { return s.expand(r.lex, word) })
	for _, mount := range instructions.GetMounts(c) {
		r.noteUV(mount.From, c.Location())
	}
	script := strings.Join(c.CmdLine, " ")
	for _, file := range c.Files {
		script += "\n" + file.Data
	}
	other := false
	for _, line := range shellSeparator.Split(script, -1) {
		words := strings.Fields(line)
		for len(words) > 0 && strings.Contains(words[0], "=") {
			words = words[1:]
		}
		switch {
		case len(words) == 0, slices.Contains([]string{"set", "cd", "EOF", "<<EOF"}, words[0]):
		case path.Base(words[0]) == "uv" && len(words) > 1:
			r.readUV(c, words[1], words[2:])
		case isPip(words):
			r.readPip(c, words)
		default:
			other = true
		}
	}
	if other {
		r.leaveCommand(c, "only what uv installs is carried over: do the rest in a base image, and name that with `base`")
	}
}

// isPip reports whether a command is pip's.
func isPip(words []string) bool {
	if strings.HasPrefix(path.Base(words[0]), "python") && len(words) > 2 && words[1] == "-m" {
		words = words[2:]
	}
	return strings.HasPrefix(path.Base(words[0]), "pip")
}

// readPip reads the packages that pip, or uv in its place, installs. uvlambda
// installs the packages that the project's own files list.
func (r *reader) readPip(c *instructions.RunCommand, words []string) {
	var lists []string
	for i, word := range words {
		value, attached := strings.CutPrefix(word, "--requirement=")
		switch {
		case attached:
		case (word == "-r" || word == "--requirement") && i+1 < len(words):
			value = words[i+1]
		default:
			continue
		}
		lists = append(lists, strings.Trim(value, `'"`))
	}
	switch {
	case len(lists) == 0:
		r.installs = append(r.installs, c)
	case slices.ContainsFunc(lists, func(list string) bool { return path.Base(list) == projectName }):
		r.exports = true
	default:
		r.lists = append(r.lists, requirementList{c, lists[0]})
	}
}

// readUV reads the selection of packages from the flags of uv export and of uv
// sync (https://docs.astral.sh/uv/reference/cli/#uv-export).
func (r *reader) readUV(c *instructions.RunCommand, command string, words []string) {
	switch command {
	case "export", "sync":
		r.exports = true
	case "pip":
		r.readPip(c, words)
		return
	default:
		return
	}
	for _, key := range []string{"groups", "extras", "package"} {
		r.origin[key] = c.Location()
	}
	production := false
	for i := 0; i < len(words); i++ {
		flag, value, attached := strings.Cut(words[i], "=")
		if !attached && i+1 < len(words) {
			value = words[i+1]
		}
		switch flag {
		case "--group":
			r.groups = append(r.groups, strings.Trim(value, `'"`))
		case "--extra":
			r.extras = append(r.extras, strings.Trim(value, `'"`))
		case "--package":
			r.pkg = strings.Trim(value, `'"`)
		case "--no-dev", "--no-default-groups":
			production = true
		case "--all-groups", "--only-group", "--all-extras", "--no-group", "--no-extra":
			r.leaveCommand(c, flag+" has no counterpart: name the groups and extras in `groups` and `extras`")
		}
	}
	if !production {
		r.leaveCommand(c, "uv "+command+" without --no-dev installs the default groups too: name them in `groups` if the function needs them")
	}
}
