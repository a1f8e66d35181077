package spec

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// commandName is the key of a function without a handler.
const commandName = "command"

// startKeys say how the function's process is started.
func startKeys() []Key {
	return []Key{
		{
			Name: commandName, Type: Strings,
			Doc:     "The command that is run in the task root, in place of a handler: a web server behind the Lambda Web Adapter, or a runtime of its own. The scripts of packages that its words name are installed in bin, where they are found. A word that names a module or file of the project has it copied, as a handler has. For an archive it is one word, which Lambda takes for the handler.",
			Default: "none: the function has a handler",
			Example: `command = ["uvicorn", "app.main:app", "--port", "8080"]`,
			read:    func(t *source.Table, s *Spec) { readCommand(t, s) },
		},
		{
			Name: "entrypoint", Type: Strings,
			Doc:     "The program that starts the function, with its first arguments; the handler or the command follows them.",
			Default: "the base image's, `python -m awslambdaric` for a handler on a base that starts no functions, and none for a command",
			Example: `entrypoint = ["/usr/local/bin/python", "-m", "awslambdaric"]`,
			read:    func(t *source.Table, s *Spec) { s.Entrypoint = readWords(t, "entrypoint") },
		},
		{
			Name: "user", Type: String,
			Doc:     "The user of the image, as a name or number, with a group behind a colon. Lambda runs every function as a user of its own all the same; other places that run the image do not.",
			Default: "the base image's",
			Example: `user = "1000"`,
			read:    func(t *source.Table, s *Spec) { s.User = readString(t, "user", checkUser) },
		},
	}
}

// readCommand reads the command, which takes the place of an inherited handler.
func readCommand(t *source.Table, s *Spec) {
	s.Command = readWords(t, commandName)
	if t.Value("handler") != nil {
		t.Add([]string{commandName}, "command is what a function without a handler runs: remove it, or handler")
	}
	s.Handler = ""
}

// readHandler reads the handler, which takes the place of an inherited command.
func readHandler(t *source.Table, s *Spec) {
	s.Handler = readString(t, "handler", checkHandler)
	s.Command = nil
}

// readWords reads the words of a command.
func readWords(t *source.Table, name string) []string {
	if items, isArray := t.Value(name).([]any); isArray && len(items) == 0 {
		t.Add([]string{name}, "%s has no words: name a program, or remove it", name)
	}
	return readStrings(t, name, checkWord)
}

// checkWord is for a word of a command.
func checkWord(value string) error {
	if strings.ContainsRune(value, 0) {
		return fmt.Errorf("%q has a NUL character: remove it", value)
	}
	return nil
}

var userPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$`)

// checkUser is for a user of an image.
func checkUser(value string) error {
	if !userPattern.MatchString(value) {
		return fmt.Errorf("%q is not a user: write a name or a number, and a group behind a colon, as in \"1000:1000\"", value)
	}
	return nil
}

// scriptPattern is a name that a script of a package can have.
var scriptPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._-]*$`)

// Scripts are the sorted names of scripts that the command may run, those in a
// line for a shell included.
func (s *Spec) Scripts() []string {
	if len(s.Command) == 0 {
		return nil
	}
	var names []string
	for _, word := range s.commandWords() {
		if scriptPattern.MatchString(word) {
			names = append(names, word)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CommandFiles are the words of the command that may be files of the project, by
// their paths below the build file's folder.
func (s *Spec) CommandFiles() []string {
	var files []string
	for _, word := range s.commandWords() {
		name := path.Clean(strings.TrimPrefix(word, taskRootPrefix))
		if checkPath(name) == nil && !strings.HasPrefix(word, "-") && name != "." && !strings.ContainsAny(name, ":=") {
			files = append(files, name)
		}
	}
	return files
}

// taskRootPrefix begins the absolute path of a file of the function.
const taskRootPrefix = "/var/task/"

// commandModule is a module as a command names it: alone, or with an object
// behind a colon, as web servers take applications.
var commandModule = regexp.MustCompile(`^([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)(?::[\p{L}_][\p{L}\p{N}_.()]*)?$`)

// CommandModules are the modules that the words of the command may name, with
// dots.
func (s *Spec) CommandModules() []string {
	var modules []string
	for _, word := range s.commandWords() {
		if m := commandModule.FindStringSubmatch(word); m != nil {
			modules = append(modules, m[1])
		}
	}
	return modules
}

// commandWords are the words of entrypoint and command, and the words in them.
func (s *Spec) commandWords() []string {
	if len(s.Command) == 0 {
		return nil
	}
	var words []string
	for _, word := range slices.Concat(s.Entrypoint, s.Command) {
		words = append(words, strings.Fields(word)...)
	}
	return words
}
