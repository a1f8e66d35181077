package initproject

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// Left is an instruction of a Dockerfile that no key of the table stands for.
type Left struct {
	Location    plan.Location
	Instruction string
	// Reason says why, and what to do.
	Reason string
}

// recipe is what a Dockerfile says of a function.
type recipe struct {
	// base is the image that the last stage starts from, as written.
	base     string
	settings []setting
	left     []Left
}

// kinds tells what stands at a path of the Dockerfile's folder.
type kinds func(name string) files.Kind

// readDockerfile reads what the table can say from a Dockerfile that builds a
// Lambda function, such as the one of uv's guide
// (https://docs.astral.sh/uv/guides/integration/aws-lambda/). All else is left,
// and said to be.
func readDockerfile(name string, data []byte, kind kinds) (*recipe, error) {
	parsed, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, dockerfileError(name, err)
	}
	stages, global, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return nil, dockerfileError(name, err)
	}
	if len(stages) == 0 {
		return nil, source.Errorf(plan.Location{File: name}, "there is no FROM, so it builds nothing: name another file with --from-dockerfile")
	}
	r := &reader{name: name, kind: kind, lex: shell.NewLex(parsed.EscapeToken), stages: stages, env: map[string]string{}, labels: map[string]string{}, origin: map[string][]parser.Range{}}
	for _, arg := range global {
		r.global.declare(r.lex, arg, nil)
	}
	r.read()
	return r.recipe(), nil
}

// dockerfileError names the line that could not be parsed.
func dockerfileError(name string, err error) error {
	loc := plan.Location{File: name}
	if located, ok := errors.AsType[*parser.LocationError](err); ok && len(located.Locations) > 0 && len(located.Locations[0]) > 0 {
		lines := located.Locations[0]
		loc.Line, loc.EndLine = lines[0].Start.Line, lines[len(lines)-1].End.Line
	}
	return source.Errorf(loc, "this is no Dockerfile: %w: correct it, or name another one with --from-dockerfile", err)
}

// reader goes through the stages of a Dockerfile and collects.
type reader struct {
	name   string
	kind   kinds
	lex    *shell.Lex
	stages []instructions.Stage
	// global are the arguments that FROM may use.
	global scope

	handler, image, platform, uv, pkg string
	groups, extras                    []string
	env, labels                       map[string]string
	copies                            []copied
	left                              []Left
	// origin is where the value of a key was read.
	origin map[string][]parser.Range
	// exports is set when uv installs what uv.lock has; installs are the commands
	// that install a list of packages.
	exports  bool
	installs []*instructions.RunCommand
	// lists are the commands that install what a file lists.
	lists []requirementList
}

// requirementList is a command that installs what a file lists.
type requirementList struct {
	command *instructions.RunCommand
	file    string
}

// scope is what the words of a stage are read with.
type scope struct {
	variables []string
	workdir   string
}

// declare adds an ARG with its default. An ARG without a default takes the default
// of the ARG of its name before the first FROM. Without that its value is unknown.
func (s *scope) declare(lex *shell.Lex, arg instructions.ArgCommand, global []string) {
	for _, a := range arg.Args {
		if a.Value == nil {
			for _, variable := range global {
				if strings.HasPrefix(variable, a.Key+"=") {
					s.variables = append(s.variables, variable)
				}
			}
			continue
		}
		if value, err := s.expand(lex, *a.Value); err == nil {
			s.variables = append(s.variables, a.Key+"="+value)
		}
	}
}

// expand replaces the variables of a word, which all have to be known.
func (s *scope) expand(lex *shell.Lex, word string) (string, error) {
	value, unknown, err := lex.ProcessWord(word, shell.EnvsFromSlice(s.variables))
	maps.DeleteFunc(unknown, func(name string, _ struct{}) bool { return hasDefault(word, name) })
	if err == nil && len(unknown) > 0 {
		err = fmt.Errorf("the value of %s is not known here", suggest.List(slices.Sorted(maps.Keys(unknown))))
	}
	return value, err
}

// hasDefault reports whether a word says, wherever it uses a variable, what
// stands for one that is not set.
func hasDefault(word, name string) bool {
	name = regexp.QuoteMeta(name)
	used := regexp.MustCompile(`\$(?:\{`+name+`\b|`+name+`\b)`).FindAllString(word, -1)
	defaults := regexp.MustCompile(`\$\{`+name+`:?-`).FindAllString(word, -1)
	return len(used) == len(defaults)
}

// read visits all stages. What only the image of a function has, such as its
// command, is read from the last stage and from those that it starts from.
func (r *reader) read() {
	scopes := make([]scope, len(r.stages))
	final := r.finalStages()
	for i, stage := range r.stages {
		image, err := r.global.expand(r.lex, stage.BaseName)
		if repository, _, _ := strings.Cut(stage.BaseName, ":"); err != nil && isLambda(repository) {
			// The project also says which Python it needs.
			image, err = repository, nil
		}
		if err != nil {
			r.leave(stage.Location, stage.SourceCode, err.Error()+": name the image with `base`")
		}
		r.noteUV(image, stage.Location)
		if base, ok := r.stageNamed(image, i); ok {
			scopes[i] = scope{slices.Clone(scopes[base].variables), scopes[base].workdir}
		} else {
			// What the Lambda base images say of themselves.
			scopes[i] = scope{[]string{"LAMBDA_TASK_ROOT=" + plan.TaskRoot, "LAMBDA_RUNTIME_DIR=/var/runtime"}, plan.TaskRoot}
			if final[i] && err == nil {
				r.image, r.platform = image, stage.Platform
				r.origin["python"], r.origin["base"] = stage.Location, stage.Location
			}
		}
		for _, command := range stage.Commands {
			r.command(&scopes[i], command, final[i])
		}
	}
}

// finalStages are the last stage and those that it starts from.
func (r *reader) finalStages() map[int]bool {
	final := map[int]bool{}
	for i, ok := len(r.stages)-1, true; ok; i, ok = r.stageNamed(r.stages[i].BaseName, i) {
		final[i] = true
	}
	return final
}

// stageNamed finds the stage before another one that a name stands for.
func (r *reader) stageNamed(name string, before int) (int, bool) {
	for i := before - 1; i >= 0; i-- {
		if strings.EqualFold(r.stages[i].Name, name) && name != "" {
			return i, true
		}
	}
	return 0, false
}

// command reads one instruction.
func (r *reader) command(s *scope, command instructions.Command, final bool) {
	switch c := command.(type) {
	case *instructions.ArgCommand:
		s.declare(r.lex, *c, r.global.variables)
	case *instructions.EnvCommand:
		r.readEnv(s, c, final)
	case *instructions.WorkdirCommand:
		r.readWorkdir(s, c, final)
	case *instructions.CopyCommand:
		r.readCopy(s, c, final)
	case *instructions.RunCommand:
		r.readRun(s, c)
	default:
		if final {
			r.readImage(s, command)
		}
	}
}

// readImage reads what only the image of the function has.
func (r *reader) readImage(s *scope, command instructions.Command) {
	switch c := command.(type) {
	case *instructions.CmdCommand:
		if len(c.CmdLine) != 1 || c.PrependShell {
			r.leaveCommand(c, "Lambda takes one handler, as CMD [\"app.main.handler\"]: name it with --handler")
			return
		}
		r.handler = c.CmdLine[0]
		r.origin["handler"] = c.Location()
	case *instructions.LabelCommand:
		for _, label := range c.Labels {
			r.carry(s, c, r.labels, "labels", label)
		}
	case *instructions.EntrypointCommand:
		if !slices.Equal(c.CmdLine, []string{"/lambda-entrypoint.sh"}) {
			r.leaveCommand(c, "an image has the entrypoint of its base: make a base image that has this one, and name it with `base`")
		}
	case *instructions.AddCommand:
		r.leaveCommand(c, "put the files into the project, and name them in `include`")
	default:
		r.leaveCommand(c, "Lambda pays no heed to it")
	}
}

// readEnv reads variables. Variables of uv are settings of the installation, and
// are left out.
func (r *reader) readEnv(s *scope, c *instructions.EnvCommand, final bool) {
	for _, variable := range c.Env {
		if final && !strings.HasPrefix(variable.Key, "UV_") {
			r.carry(s, c, r.env, "env", variable)
		}
		if value, err := s.expand(r.lex, variable.Value); err == nil {
			s.variables = append(s.variables, variable.Key+"="+value)
		}
	}
}

// carry takes an entry over into one of the tables env and labels, if it may
// be there.
func (r *reader) carry(s *scope, c instructions.Command, into map[string]string, key string, pair instructions.KeyValuePair) {
	name, err := s.expand(r.lex, pair.Key)
	value := ""
	if err == nil {
		value, err = s.expand(r.lex, pair.Value)
	}
	if err == nil {
		err = setting{key, inlineTable(map[string]string{name: value})}.check()
	}
	if err != nil {
		r.leaveCommand(c, err.Error())
		return
	}
	into[name] = value
}

// readWorkdir follows the working folder, which is the task root at first.
func (r *reader) readWorkdir(s *scope, c *instructions.WorkdirCommand, final bool) {
	dir, err := s.expand(r.lex, c.Path)
	if err != nil {
		r.leaveCommand(c, err.Error())
		return
	}
	if !path.IsAbs(dir) {
		dir = path.Join(s.workdir, dir)
	}
	s.workdir = path.Clean(dir)
	if final && s.workdir != plan.TaskRoot {
		r.leaveCommand(c, "a function starts in "+plan.TaskRoot)
	}
}

// leaveCommand notes an instruction that is not carried over.
func (r *reader) leaveCommand(c instructions.Command, reason string) {
	text := c.Name()
	if written, ok := c.(fmt.Stringer); ok {
		text = written.String()
	}
	r.leave(c.Location(), text, reason)
}

// shownLength is how many characters of an instruction are enough to know it
// by.
const shownLength = 60

// leave notes what stands at a place and is not carried over.
func (r *reader) leave(at []parser.Range, text, reason string) {
	loc := plan.Location{File: r.name}
	if len(at) > 0 {
		loc.Line, loc.EndLine = at[0].Start.Line, at[len(at)-1].End.Line
	}
	text = strings.Join(strings.Fields(text), " ")
	if shown := []rune(text); len(shown) > shownLength {
		text = string(shown[:shownLength]) + " ..."
	}
	r.left = append(r.left, Left{loc, text, reason})
}
