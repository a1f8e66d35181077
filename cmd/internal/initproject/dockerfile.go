package initproject

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
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
	// baseFile is the text of the Dockerfile that has what changes the system, empty
	// when nothing does. The setting of base names it baseFileName.
	baseFile string
	// flags are what builds take for the Dockerfile's secrets and SSH agents.
	flags, remarks []string
	// requirements are packages that the Dockerfile installs, and the project does not
	// name.
	requirements []string
	// readsGit is set when the Dockerfile has the history of the clone.
	readsGit bool
}

// surroundings are what is beside a Dockerfile.
type surroundings struct {
	// kind tells what stands at a path of the Dockerfile's folder.
	kind func(name string) files.Kind
	// executable tells whether a file there may be executed.
	executable func(name string) bool
	// declares tells whether the project names a package.
	declares func(name string) bool
	// isContext is set when the folder is the build context of uvlambda's builds.
	isContext bool
}

// readDockerfile reads what the table can say from a Dockerfile that builds a
// Lambda function, such as the one of uv's guide
// (https://docs.astral.sh/uv/guides/integration/aws-lambda/). What changes the
// system goes to a Dockerfile of the base. All else is left, and said to be.
func readDockerfile(name string, data []byte, beside surroundings) (*recipe, error) {
	data = bytes.ReplaceAll(data, []byte("\r"), nil)
	stages, global, escape, err := parseDockerfile(data)
	if err != nil {
		return nil, dockerfileError(name, err)
	}
	if len(stages) == 0 {
		return nil, source.Errorf(plan.Location{File: name}, "there is no FROM, so it builds nothing: name another file with --from-dockerfile")
	}
	r := &reader{
		name: name, lines: strings.Split(string(data), "\n"), surroundings: beside,
		lex: shell.NewLex(escape), escape: escape, stages: stages, globals: global, parts: make([]part, len(stages)),
		env: map[string]string{}, labels: map[string]string{}, origin: map[string][]parser.Range{},
	}
	for _, arg := range global {
		r.global.declare(r.lex, arg, nil)
	}
	r.read()
	return r.recipe(), nil
}

// parseDockerfile gives the stages of a Dockerfile, the arguments before them, and
// the character that escapes.
func parseDockerfile(data []byte) ([]instructions.Stage, []instructions.ArgCommand, rune, error) {
	parsed, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, nil, 0, err
	}
	stages, global, err := instructions.Parse(parsed.AST, nil)
	return stages, global, parsed.EscapeToken, err
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
	name string
	// lines are the lines of the Dockerfile.
	lines []string
	surroundings
	lex    *shell.Lex
	escape rune
	stages []instructions.Stage
	// parts are what was read of each stage, and at is the stage that is read.
	parts []part
	at    int
	// globals are the arguments that FROM may use, and global has their values.
	globals []instructions.ArgCommand
	global  scope
	// root is the folder of the function in the image.
	root string

	image, platform, uv, pkg string
	// unknownImage is set when only the builder knows the image.
	unknownImage   bool
	start          start
	groups, extras []string
	env, labels    map[string]string
	copies         []copied
	left           []Left
	secrets        []secret
	ssh, readsGit  bool
	requirements   []string
	// givesVersion is set when a variable tells build backends a version.
	givesVersion bool
	// builtIn is the image in which packages are built, if it is another than the base.
	builtIn string
	// arguments are those that the base's stages take, and that have no default.
	arguments []string
	// origin is where the value of a key was read.
	origin map[string][]parser.Range
	// exports is set when uv installs what uv.lock has; installs are the commands
	// that install a list of packages.
	exports  bool
	installs []*instructions.RunCommand
	// lists are the commands that install what a file lists.
	lists []requirementList
}

// part is what was read of a stage.
type part struct {
	// final is set for the last stage and those that it starts from, used for all
	// that the last stage is made with.
	final, used bool
	// installs is set when packages of the function are installed here, in the folders
	// targets.
	installs bool
	targets  []string
	// lines are what a Dockerfile of the base would have of the stage.
	lines []baseLine
	// copies are the files of the context that are in the stage, at absolute places.
	copies []copied
	// left is what is not carried over unless the whole stage is one of the base's,
	// and preparations are the installations of packages of the distribution, which
	// may need a builder.
	left         []Left
	preparations []preparation
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
	r.markStages()
	r.root = r.taskRoot()
	for i, stage := range r.stages {
		r.at = i
		image, err := r.imageOf(stage)
		if err == nil {
			r.noteUV(image, stage.Location)
		}
		if base, ok := r.stageNamed(stage.BaseName, i); ok {
			scopes[i] = scope{slices.Clone(scopes[base].variables), scopes[base].workdir}
			r.parts[i].targets, r.parts[i].copies = slices.Clone(r.parts[base].targets), slices.Clone(r.parts[base].copies)
		} else {
			scopes[i] = newScope(image)
			if r.parts[i].final {
				r.image, r.platform, r.unknownImage = image, stage.Platform, err != nil
				r.origin["python"], r.origin["base"] = stage.Location, stage.Location
			}
		}
		for _, command := range stage.Commands {
			r.command(&scopes[i], command, r.parts[i].final)
		}
	}
}

// newScope is what the image of a stage sets: what the Lambda base images say of
// themselves, and those that are made of them.
func newScope(image string) scope {
	s := scope{[]string{"LAMBDA_TASK_ROOT=" + plan.TaskRoot, "LAMBDA_RUNTIME_DIR=/var/runtime"}, plan.TaskRoot}
	if isOfficial(image) {
		s = scope{workdir: "/"}
	}
	return s
}

// imageOf is the image that a stage starts from. Of a Lambda base image whose tag
// only the builder knows it is the repository: the project also says which Python
// it needs.
func (r *reader) imageOf(stage instructions.Stage) (string, error) {
	image, err := r.global.expand(r.lex, stage.BaseName)
	if repository, _, _ := strings.Cut(stage.BaseName, ":"); err != nil && isLambda(repository) {
		return repository, nil
	}
	return image, err
}

// command reads one instruction.
func (r *reader) command(s *scope, command instructions.Command, final bool) {
	switch c := command.(type) {
	case *instructions.ArgCommand:
		r.readArg(s, c)
	case *instructions.EnvCommand:
		r.readEnv(s, c, final)
	case *instructions.WorkdirCommand:
		r.readWorkdir(s, c, final)
	case *instructions.CopyCommand:
		r.readCopy(s, c, final)
	case *instructions.RunCommand:
		r.readRun(s, c, final)
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
		r.start.cmd = c
	case *instructions.EntrypointCommand:
		r.readEntrypoint(c)
	case *instructions.UserCommand:
		r.readUser(s, c)
	case *instructions.ShellCommand:
		r.add(baseLine{text: r.text(c), follows: true})
	case *instructions.LabelCommand:
		for _, label := range c.Labels {
			r.carry(s, c, r.labels, "labels", label)
		}
	case *instructions.AddCommand:
		r.readAdd(s, c)
	default:
		r.leaveCommand(c, "Lambda pays no heed to it")
	}
}

// readArg declares the arguments of a stage. Arguments that tell a version from git
// are not needed.
func (r *reader) readArg(s *scope, c *instructions.ArgCommand) {
	s.declare(r.lex, *c, r.global.variables)
	for _, arg := range c.Args {
		r.givesVersion = r.givesVersion || isVersionVariable(arg.Key)
		r.add(baseLine{text: "ARG " + argument(arg), name: arg.Key})
	}
}

// argument is an argument as ARG declares it.
func argument(arg instructions.KeyValuePairOptional) string {
	if arg.Value == nil {
		return arg.Key
	}
	return arg.Key + "=" + *arg.Value
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
	if key == "env" {
		into[name] = strings.Join(r.inTaskRoot(strings.Split(value, ":")), ":")
	}
}

// readWorkdir follows the working folder, which is the task root at first.
func (r *reader) readWorkdir(s *scope, c *instructions.WorkdirCommand, final bool) {
	dir, err := s.expand(r.lex, c.Path)
	if err != nil {
		r.leaveCommand(c, err.Error())
		return
	}
	s.workdir = s.resolve(dir)
	r.add(baseLine{text: r.text(c), follows: true})
	if final && s.workdir != r.root {
		r.leaveCommand(c, "a function starts in "+plan.TaskRoot)
	}
}

// leaveCommand notes an instruction that is not carried over. Of a stage that the
// last one does not use, nothing is missed, and of another stage before the last
// one what the Dockerfile of the base does not have.
func (r *reader) leaveCommand(c instructions.Command, reason string) {
	if !r.parts[r.at].used {
		return
	}
	text := c.Name()
	if written, ok := c.(fmt.Stringer); ok {
		text = written.String()
	}
	if left := r.leftAt(c.Location(), text, reason); r.parts[r.at].final {
		r.left = append(r.left, left)
	} else {
		r.parts[r.at].left = append(r.parts[r.at].left, left)
	}
}

// shownLength is how many characters of an instruction are enough to know it
// by.
const shownLength = 60

// leave notes what stands at a place and is not carried over.
func (r *reader) leave(at []parser.Range, text, reason string) {
	r.left = append(r.left, r.leftAt(at, text, reason))
}

// leftAt is what stands at a place and is not carried over.
func (r *reader) leftAt(at []parser.Range, text, reason string) Left {
	loc := plan.Location{File: r.name}
	if len(at) > 0 {
		loc.Line, loc.EndLine = at[0].Start.Line, at[len(at)-1].End.Line
	}
	text = strings.Join(strings.Fields(text), " ")
	if shown := []rune(text); len(shown) > shownLength {
		text = string(shown[:shownLength]) + " ..."
	}
	return Left{loc, text, reason}
}
