package initproject

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/uvlambda/uvlambda/plan"
)

// markStages finds out which stages the function's image is made with.
func (r *reader) markStages() {
	last := len(r.stages) - 1
	for i, ok := last, true; ok; i, ok = r.stageNamed(r.stages[i].BaseName, i) {
		r.parts[i].final = true
	}
	for i := range r.closure(last) {
		r.parts[i].used = true
	}
}

// closure are stages with all the stages that they are made with.
func (r *reader) closure(stages ...int) map[int]bool {
	found := map[int]bool{}
	for len(stages) > 0 {
		i := stages[0]
		stages = stages[1:]
		if !found[i] {
			found[i] = true
			stages = append(stages, r.sourcesOf(i)...)
		}
	}
	return found
}

// sourcesOf are the stages that a stage starts from, copies from and mounts.
func (r *reader) sourcesOf(stage int) []int {
	names := []string{r.stages[stage].BaseName}
	for _, command := range r.stages[stage].Commands {
		switch c := command.(type) {
		case *instructions.CopyCommand:
			names = append(names, c.From)
		case *instructions.RunCommand:
			// Mounts are known once the instruction is expanded.
			_ = c.Expand(func(word string) (string, error) { return word, nil })
			for _, mount := range instructions.GetMounts(c) {
				names = append(names, mount.From)
			}
		}
	}
	var sources []int
	for _, name := range names {
		if i, ok := r.stageNamed(name, stage); ok {
			sources = append(sources, i)
		}
	}
	return sources
}

// stageNamed finds the stage before another one that a name or a number stands
// for.
func (r *reader) stageNamed(name string, before int) (int, bool) {
	for i := before - 1; i >= 0; i-- {
		if strings.EqualFold(r.stages[i].Name, name) && name != "" {
			return i, true
		}
	}
	number, err := strconv.Atoi(name)
	return number, err == nil && number >= 0 && number < before
}

// taskRoot is the folder of the function in the image: Lambda's own, or on a base
// that knows nothing of Lambda the last working folder.
func (r *reader) taskRoot() string {
	var root string
	var s scope
	for i, stage := range r.stages {
		if !r.parts[i].final {
			continue
		}
		if _, ok := r.stageNamed(stage.BaseName, i); !ok {
			image, err := r.imageOf(stage)
			if err != nil || isLambda(image) {
				return plan.TaskRoot
			}
			s = scope{workdir: "/"}
		}
		root = r.workdirOf(&s, stage)
	}
	if slices.Contains([]string{"/", "/opt", "/usr", "/tmp", "/root"}, root) {
		return plan.TaskRoot
	}
	return root
}

// workdirOf is the working folder at the end of a stage.
func (r *reader) workdirOf(s *scope, stage instructions.Stage) string {
	for _, command := range stage.Commands {
		switch c := command.(type) {
		case *instructions.ArgCommand:
			s.declare(r.lex, *c, r.global.variables)
		case *instructions.EnvCommand:
			for _, variable := range c.Env {
				s.assign(r.lex, variable)
			}
		case *instructions.WorkdirCommand:
			if dir, err := s.expand(r.lex, c.Path); err == nil {
				s.workdir = path.Join("/", s.resolve(dir))
			}
		}
	}
	return s.workdir
}
