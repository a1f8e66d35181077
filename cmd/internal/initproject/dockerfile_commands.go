package initproject

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// work is what a command of a RUN does.
type work int

const (
	// neutral commands matter for others only, such as `set -e`.
	neutral work = iota
	// installation is what uvlambda does by itself, or what it takes away.
	installation
	// system changes the system, and not the function.
	system
	// other is all else.
	other
)

// splitShell splits a script into its commands, with quotes and substitutions in
// one piece. chained is set when each of them runs when the one before has not
// failed, or that can be said of them.
func splitShell(script string) (commands []string, chained bool) {
	var quote rune
	depth, start, chained := 0, 0, true
	letters := []rune(script)
	for i := 0; i < len(letters); i++ {
		c := letters[i]
		switch {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth > 0:
		case c == '&' || c == '|':
			if i+1 == len(letters) || letters[i+1] != c {
				// As in 2>&1, and what another command reads.
				continue
			}
			commands = append(commands, string(letters[start:i]))
			i++
			start = i + 1
			chained = chained && c == '&'
		case c == ';' || c == '\n':
			commands = append(commands, string(letters[start:i]))
			start = i + 1
		}
	}
	return append(commands, string(letters[min(start, len(letters)):])), chained
}

// commandWords are the words of a command, without the variables that it is given.
func commandWords(command string) []string {
	words := strings.Fields(command)
	for len(words) > 0 && (assignment.MatchString(words[0]) || words[0] == "sudo" || words[0] == "exec") {
		words = words[1:]
	}
	return words
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

var (
	// gitSetup are commands that let git, or ssh for it, into private repositories.
	// BuildKit fetches repositories itself.
	gitSetup = regexp.MustCompile(`\.ssh\b|\.netrc\b|\.gitconfig\b|\.git-credentials\b|\bknown_hosts\b`)
	// uvInstaller is where the script that installs uv is fetched from.
	uvInstaller = regexp.MustCompile(`astral\.sh/uv`)
)

// workOf tells what a command does.
func (r *reader) workOf(s *scope, words []string, command string) work {
	if len(words) == 0 || strings.HasPrefix(words[0], "<<") || strings.HasPrefix(words[0], "#") {
		return neutral
	}
	program := path.Base(words[0])
	switch {
	case slices.Contains([]string{"set", "cd", "export", "true", ":", "[", "echo"}, program) && !strings.ContainsAny(command, ">|"):
		return neutral
	case program == "uv", isPip(words), program == "ssh-keyscan", gitSetup.MatchString(command), uvInstaller.MatchString(command),
		program == "git" && len(words) > 1 && words[1] == "config",
		strings.HasPrefix(program, "python") && len(words) > 2 && words[1] == "-m" && slices.Contains([]string{"compileall", "venv"}, words[2]):
		return installation
	case isPackageManager(program), slices.Contains(systemPrograms(), program):
		return system
	case slices.Contains([]string{"mkdir", "chown"}, program) && r.touchesFunction(s, words[1:]),
		program == "chmod" && r.touchesFunction(s, words[1:]) && r.keepsModes(s, words[1:]):
		// Folders are made, and owners and modes are fixed.
		return neutral
	case slices.Contains(filePrograms(), program) && !r.touchesFunction(s, words[1:]):
		return system
	default:
		return other
	}
}

// plainMode is a mode of files by which nobody may execute them who may not already.
var plainMode = regexp.MustCompile(`^0?[0246]{3}$|^[augo]*[+=][rwX]+$|^[augo]*-[rwx]+$`)

// keepsModes reports whether a chmod lets nobody execute a file of the project who
// may not execute it there.
func (r *reader) keepsModes(s *scope, words []string) bool {
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return strings.HasPrefix(word, "-") })
	return len(words) > 0 && (plainMode.MatchString(words[0]) || !slices.ContainsFunc(words[1:], func(word string) bool {
		if value, err := s.expand(r.lex, strings.Trim(word, `'"`)); err == nil {
			word = s.resolve(value)
		}
		return !slices.ContainsFunc(r.parts[r.at].copies, func(c copied) bool { return c.to == word && r.executable(c.from) })
	}))
}

// isPackageManager reports whether a program installs packages of a distribution.
func isPackageManager(program string) bool {
	return slices.Contains([]string{"dnf", "microdnf", "yum", "apt-get", "apt", "apk", "zypper", "rpm", "dpkg", "amazon-linux-extras"}, program)
}

// systemPrograms change the system and nothing else.
func systemPrograms() []string {
	return []string{
		"update-ca-trust", "update-ca-certificates", "ldconfig", "useradd", "groupadd", "adduser", "addgroup", "usermod",
		"localedef", "locale-gen", "update-alternatives", "alternatives", "fc-cache", "debconf-set-selections", "add-apt-repository",
	}
}

// filePrograms fetch, write and move files, of the system or of the function.
func filePrograms() []string {
	return []string{
		"mkdir", "ln", "chmod", "chown", "cp", "mv", "rm", "install", "touch", "echo", "printf", "sed", "tee", "cat", "find",
		"curl", "wget", "tar", "unzip", "gzip", "gunzip", "xz", "gpg", "sha256sum", "test", "grep", "awk", "cut", "head", "tail",
	}
}

// touchesFunction reports whether words name files of the function, which no base
// has.
func (r *reader) touchesFunction(s *scope, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		word = strings.Trim(word, `'"`)
		if value, err := s.expand(r.lex, word); err == nil {
			word = value
		}
		if strings.Contains(word, "LAMBDA_TASK_ROOT") || word == "." || word == "*" || strings.HasPrefix(word, "./") {
			return true
		}
		if strings.HasPrefix(word, "-") || word == "" {
			return false
		}
		at := path.Clean(word)
		if !path.IsAbs(at) {
			at = path.Join(s.workdir, at)
		}
		return slices.ContainsFunc(r.parts[r.at].copies, func(c copied) bool { return isBelow(c.to, at) }) || path.IsAbs(word) && isBelow(r.root, at)
	})
}

// isBelow reports whether a path is a folder or below it.
func isBelow(dir, name string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}
