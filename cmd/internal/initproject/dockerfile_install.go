package initproject

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// runtimeClient is the package that starts functions on bases that are not AWS's.
const runtimeClient = "awslambdaric"

// readInstallation reads a command that installs packages.
func (r *reader) readInstallation(c *instructions.RunCommand, words []string) {
	if len(words) == 0 {
		return
	}
	isUV := path.Base(words[0]) == "uv" && len(words) > 1
	if !isUV && !isPip(words) {
		return
	}
	r.noteTargets(words)
	if isUV {
		r.readUV(c, words[1], words[2:])
	} else {
		r.readPip(c, words)
	}
}

// noteTargets notes that packages are installed in the stage, and in which folders.
func (r *reader) noteTargets(words []string) {
	r.parts[r.at].installs = true
	for i, word := range words {
		flag, value, attached := strings.Cut(word, "=")
		if !slices.Contains([]string{"-t", "--target", "--prefix"}, flag) {
			continue
		}
		if !attached && i+1 < len(words) {
			value = words[i+1]
		}
		if value = strings.Trim(value, `'"`); path.IsAbs(value) {
			r.parts[r.at].targets = append(r.parts[r.at].targets, path.Clean(value))
		}
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
		r.readPackages(c, words)
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

// requirementName is the name that a requirement begins with (PEP 508).
var requirementName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*`)

// readPackages reads the packages that pip installs by name. What the project names
// itself, and what only installs, is in place; the runtime client is a package that
// the project has to name.
func (r *reader) readPackages(c *instructions.RunCommand, words []string) {
	at := slices.Index(words, "install")
	if at < 0 {
		return
	}
	unknown := false
	words = words[at+1:]
	for i := 0; i < len(words); i++ {
		word := strings.Trim(words[i], `'"`)
		if takesValue(word) {
			i++
			continue
		}
		name := project.NormalizeName(requirementName.FindString(word))
		switch {
		case strings.HasPrefix(word, "-"), slices.Contains([]string{"uv", "pip", "setuptools", "wheel"}, name), name != "" && r.declares(name):
		case name == runtimeClient:
			if !slices.Contains(r.requirements, name) {
				r.requirements = append(r.requirements, name)
			}
		case word == ".":
			r.exports = true
		default:
			unknown = true
		}
	}
	if unknown {
		r.installs = append(r.installs, c)
	}
}

// takesValue reports whether a flag of pip's is followed by its value.
func takesValue(flag string) bool {
	return slices.Contains([]string{"-t", "--target", "--prefix", "-i", "--index-url", "--extra-index-url", "--default-index", "--index", "-f", "--find-links", "--python", "-c", "--constraint", "--platform", "--python-platform", "--python-version", "--cache-dir"}, flag)
}
