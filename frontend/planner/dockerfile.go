package planner

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// DockerfileOf is the path of the Dockerfile that an input's base is built from,
// empty for a base that is an image.
func DockerfileOf(in Input) string {
	if in.Spec.BaseFrom.Path == "" {
		return ""
	}
	return path.Join(in.Workspace.Dir, in.Spec.BaseFrom.Path)
}

// stage is a stage of a Dockerfile, as far as that can be told without its build.
type stage struct {
	name, from string
	// entrypoint is set when it sets one.
	entrypoint bool
	// copied are the sources that it copies of the context.
	copied []string
}

// Lines of a Dockerfile that say what its stages are
// (https://docs.docker.com/reference/dockerfile/).
var (
	fromLine       = regexp.MustCompile(`(?i)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$`)
	entrypointLine = regexp.MustCompile(`(?i)^\s*ENTRYPOINT\s`)
	copyLine       = regexp.MustCompile(`(?i)^\s*(?:COPY|ADD)\s+(.*)$`)
)

// stagesOf reads the stages of a Dockerfile. What it does not understand is left to
// the build.
func stagesOf(text string) []stage {
	var stages []stage
	text = regexp.MustCompile(`\\[ \t]*\r?\n`).ReplaceAllString(text, " ")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := fromLine.FindStringSubmatch(line); m != nil {
			stages = append(stages, stage{name: strings.ToLower(m[2]), from: m[1]})
			continue
		}
		if len(stages) == 0 {
			continue
		}
		last := &stages[len(stages)-1]
		last.entrypoint = last.entrypoint || entrypointLine.MatchString(line)
		if m := copyLine.FindStringSubmatch(line); m != nil {
			last.copied = append(last.copied, copySources(m[1])...)
		}
	}
	return stages
}

// copySources are the sources of a COPY or ADD that are in the context.
func copySources(arguments string) []string {
	words := strings.Fields(arguments)
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		if strings.HasPrefix(words[0], "--from=") {
			return nil
		}
		words = words[1:]
	}
	if len(words) < 2 || strings.ContainsAny(arguments, "[<$*?") {
		return nil
	}
	var sources []string
	for _, word := range words[:len(words)-1] {
		if name := strings.TrimPrefix(path.Clean("/"+word), "/"); !strings.Contains(word, "://") {
			sources = append(sources, path.Clean("./"+name))
		}
	}
	return sources
}

// planBase plans the build of a base from a Dockerfile, and refuses one that is not
// there.
func (p *planning) planBase() error {
	name := DockerfileOf(p.Input)
	if name == "" {
		return nil
	}
	at := p.Spec.Locate("base", "dockerfile")
	if Outside(name) {
		return source.Errorf(at, "base: %s leads out of the build context: build with a context that holds it, or move it into the context", p.Spec.BaseFrom.Path)
	}
	data, ok := p.Workspace.Files.Data(name)
	if !ok {
		return source.Errorf(at, "base: there is no %s in the build context: create it, or correct the path (it is relative to %s)", name, folderName(p.Workspace.Dir))
	}
	stages := stagesOf(string(data))
	if len(stages) == 0 {
		return source.Errorf(plan.Location{File: name}, "the Dockerfile has no FROM: write the image that it starts from, as in FROM %s:3.13", BaseRepository)
	}
	last, err := p.targetOf(stages)
	if err != nil {
		return err
	}
	chain := chainOf(stages, last)
	var copied []string
	for _, s := range chain {
		copied = append(copied, s.copied...)
	}
	slices.Sort(copied)
	p.work.base = &plan.Base{Path: name, Target: p.Spec.BaseFrom.Target}
	p.baseCopies, p.baseChain = slices.Compact(copied), chain
	return nil
}

// targetOf finds the stage that is the base.
func (p *planning) targetOf(stages []stage) (int, error) {
	target := p.Spec.BaseFrom.Target
	if target == "" {
		return len(stages) - 1, nil
	}
	if number, err := strconv.Atoi(target); err == nil && number < len(stages) {
		return number, nil
	}
	var names []string
	for i, s := range stages {
		if s.name == strings.ToLower(target) {
			return i, nil
		}
		if s.name != "" {
			names = append(names, s.name)
		}
	}
	otherwise := "no FROM has a name; write FROM … AS " + target
	if len(names) > 0 {
		otherwise = "its stages are " + suggest.List(names)
	}
	return 0, source.Errorf(p.Spec.Locate("base", "target"), "base: %s has no stage %q: %s", DockerfileOf(p.Input), target, suggest.OneOf(target, names, otherwise))
}

// chainOf are a stage and the stages that it goes on from, which have their numbers.
func chainOf(stages []stage, last int) []stage {
	var chain []stage
	for i := last; i >= 0; {
		chain = append(chain, stages[i])
		from := strings.ToLower(stages[i].from)
		i = slices.IndexFunc(stages[:i], func(s stage) bool { return s.name != "" && s.name == from })
	}
	return chain
}

// assumedDockerfile is what the base of a Dockerfile is taken to have where nobody
// can build it: what the image has that it starts from.
func assumedDockerfile(chain []stage) *Base {
	assumed := assumedBase(chain[len(chain)-1].from)
	if slices.ContainsFunc(chain, func(s stage) bool { return s.entrypoint }) {
		assumed.Entrypoint = []string{"/lambda-entrypoint.sh"}
	}
	return assumed
}
