package initproject

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/uvlambda/uvlambda/plan"
)

// start says how the process of a function is started.
type start struct {
	entrypoint []string
	cmd        *instructions.CmdCommand
	user       string
	// handler is empty when a command is run in its place.
	handler string
	command []string
}

// lambdaEntrypoint is the entrypoint of Lambda's base images.
const lambdaEntrypoint = "/lambda-entrypoint.sh"

// cmdWords are the words of the last CMD. Lambda's own entrypoint takes one handler.
func (r *reader) cmdWords() []string {
	c := r.start.cmd
	if c == nil {
		return nil
	}
	words, ok := execWords(c.ShellDependantCmdLine)
	ofLambda := isLambda(r.image) && (len(r.start.entrypoint) == 0 || startsFunctions(r.start.entrypoint))
	if !ok || ofLambda && (len(words) != 1 || c.PrependShell) {
		r.leaveCommand(c, "Lambda takes one handler, as CMD [\"app.main.handler\"]: name it with --handler")
		return nil
	}
	r.origin["handler"], r.origin["command"] = c.Location(), c.Location()
	return words
}

// readEntrypoint reads the program that starts the function.
func (r *reader) readEntrypoint(c *instructions.EntrypointCommand) {
	words, ok := execWords(c.ShellDependantCmdLine)
	if !ok {
		r.leaveCommand(c, "name a program: write ENTRYPOINT [\"PROGRAM\"]")
		return
	}
	// A new entrypoint takes nothing of the command before.
	r.start.entrypoint = words
	r.origin["entrypoint"] = c.Location()
}

// readUser reads the user of the image.
func (r *reader) readUser(s *scope, c *instructions.UserCommand) {
	r.add(baseLine{text: r.text(c), follows: true})
	user, err := s.expand(r.lex, c.User)
	if err == nil {
		err = setting{"user", quoted(user)}.check()
	}
	if err != nil {
		r.leaveCommand(c, err.Error())
		return
	}
	r.start.user = user
	r.origin["user"] = c.Location()
}

// execWords are the words of a command. A line for a shell that has nothing but
// words needs none.
func execWords(line instructions.ShellDependantCmdLine) ([]string, bool) {
	if !line.PrependShell {
		return line.CmdLine, len(line.CmdLine) > 0
	}
	text := strings.Join(line.CmdLine, " ")
	if strings.ContainsAny(text, "$&|;<>()`\"'*?[\\~#") {
		return []string{"/bin/sh", "-c", text}, true
	}
	words := strings.Fields(text)
	return words, len(words) > 0
}

// startSettings say how the function is started, as far as the base does not say
// it already.
func (r *reader) startSettings() []setting {
	entrypoint, cmd := withoutUV(r.start.entrypoint), r.cmdWords()
	if len(entrypoint) == 0 {
		cmd = withoutUV(cmd)
	}
	client := startsFunctions(entrypoint)
	if n := len(cmd) - 1; n > 0 && len(entrypoint) == 0 && startsFunctions(cmd[:n]) {
		cmd, client = cmd[n:], true
	}
	isHandler := len(cmd) == 1 && !strings.HasPrefix(cmd[0], ".") && !strings.HasPrefix(cmd[0], "/") && setting{"handler", quoted(cmd[0])}.check() == nil
	switch {
	case client && len(cmd) > 0, isHandler:
		r.start.handler = cmd[0]
		if client {
			entrypoint = nil
		}
	case client:
		entrypoint = nil
	case len(cmd) == 0:
		r.start.command, entrypoint = entrypoint, nil
		r.origin["command"] = r.origin["entrypoint"]
	default:
		r.start.command = cmd
	}
	r.start.command, entrypoint = r.inTaskRoot(r.start.command), r.inTaskRoot(entrypoint)
	var settings []setting
	if len(r.start.command) > 0 {
		settings = append(settings, setting{"command", array(quotedAll(r.start.command))})
	}
	if len(entrypoint) > 0 {
		settings = append(settings, setting{"entrypoint", array(quotedAll(entrypoint))})
	}
	if r.start.user != "" {
		settings = append(settings, setting{"user", quoted(r.start.user)})
	}
	return settings
}

// inTaskRoot gives words in which a folder of the function is Lambda's task root.
func (r *reader) inTaskRoot(words []string) []string {
	moved := slices.Clone(words)
	for i, word := range moved {
		if isBelow(r.root, word) {
			moved[i] = plan.TaskRoot + strings.TrimPrefix(word, r.root)
		}
	}
	return moved
}

// startsFunctions reports whether a program is the one that starts functions where
// nothing else is named: Lambda's entrypoint, or its runtime client.
func startsFunctions(words []string) bool {
	switch {
	case len(words) == 1:
		return words[0] == lambdaEntrypoint || path.Base(words[0]) == runtimeClient
	case len(words) == 3:
		return strings.HasPrefix(path.Base(words[0]), "python") && words[1] == "-m" && words[2] == runtimeClient
	default:
		return false
	}
}

// withoutUV leaves out a `uv run`: the image has the packages where Python finds
// them, and no uv.
func withoutUV(words []string) []string {
	if len(words) < 3 || path.Base(words[0]) != "uv" || words[1] != "run" {
		return words
	}
	rest := words[2:]
	for len(rest) > 0 && slices.Contains([]string{"--no-dev", "--frozen", "--locked", "--no-sync", "--offline", "--"}, rest[0]) {
		rest = rest[1:]
	}
	if len(rest) == 0 || strings.HasPrefix(rest[0], "-") {
		return words
	}
	return rest
}
