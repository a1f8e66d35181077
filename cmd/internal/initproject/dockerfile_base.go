package initproject

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// baseFileName is the Dockerfile that has what changes the system.
const baseFileName = "base.Dockerfile"

// baseLine is an instruction that the Dockerfile of the base may have.
type baseLine struct {
	text string
	// needed is set for what changes the system. follows is set for what only counts
	// for the instructions behind it. Any other line counts when one behind it uses
	// the variable name, which ENV sets when isEnv is true.
	needed, follows, isEnv bool
	name                   string
	// from are the stages that it takes files of.
	from []int
}

// add notes an instruction of the stage that is read.
func (r *reader) add(line baseLine) {
	lines := &r.parts[r.at].lines
	*lines = append(*lines, line)
}

// text is an instruction as it is written.
func (r *reader) text(c instructions.Command) string {
	at := c.Location()
	if len(at) == 0 {
		return ""
	}
	lines := r.lines[at[0].Start.Line-1 : min(at[len(at)-1].End.Line, len(r.lines))]
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// baseFile is the Dockerfile of the base: the stages that the last one starts from
// and itself, with what changes the system, and the stages that they take files
// of. It is empty when nothing changes the system. What the file sets, the table
// need not say.
func (r *reader) baseFile() string {
	var chain []int
	needed := r.unknownImage
	for i, p := range r.parts {
		if p.final {
			chain = append(chain, i)
			needed = needed || slices.ContainsFunc(p.lines, func(l baseLine) bool { return l.needed })
		}
	}
	if !needed {
		return ""
	}
	kept := r.keptLines(chain)
	var sources []int
	for _, i := range chain {
		for _, line := range kept[i] {
			sources = append(sources, line.from...)
		}
	}
	r.takeVariables(chain, kept)
	others := r.closure(sources...)
	for _, i := range chain {
		delete(others, i)
	}
	var stages []string
	for i := range r.stages {
		switch {
		case r.parts[i].final:
			stages = append(stages, r.stageText(i, kept[i]))
		case others[i] && r.parts[i].installs:
			stages = append(stages, r.stageText(i, r.keptLines([]int{i})[i]))
			r.parts[i].preparations = nil
		case others[i]:
			stages = append(stages, r.wholeStage(i))
			r.parts[i].left, r.parts[i].preparations = nil, nil
		}
	}
	text := r.head(stages) + strings.Join(stages, "\n")
	if _, _, _, err := parseDockerfile([]byte(text)); err != nil {
		r.leave(r.origin["base"], r.stages[len(r.stages)-1].SourceCode, "no Dockerfile can be made of what changes the system: make a base image that has it, and name it with `base`")
		return ""
	}
	return text
}

// keptLines are the lines of stages, each going on from the one before, that
// change the system, with the lines that these need.
func (r *reader) keptLines(chain []int) map[int][]baseLine {
	kept := map[int][]baseLine{}
	var behind strings.Builder
	for _, i := range slices.Backward(chain) {
		for _, line := range slices.Backward(r.parts[i].lines) {
			switch {
			case line.needed, line.follows && behind.Len() > 0, line.name != "" && uses(behind.String(), line.name):
				kept[i] = append(kept[i], line)
				behind.WriteString(line.text + "\n")
			}
		}
		slices.Reverse(kept[i])
	}
	return kept
}

// uses reports whether a text uses a variable.
func uses(text, name string) bool {
	for _, use := range variableUsed.FindAllStringSubmatch(text, -1) {
		if use[1] == name {
			return true
		}
	}
	return false
}

// variableUsed is where a text uses a variable.
var variableUsed = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// takeVariables leaves out of the table what the base sets. The last value of a
// variable counts.
func (r *reader) takeVariables(chain []int, kept map[int][]baseLine) {
	inBase := map[string]bool{}
	for _, i := range chain {
		for _, line := range r.parts[i].lines {
			if line.isEnv {
				inBase[line.name] = slices.ContainsFunc(kept[i], func(l baseLine) bool { return l.text == line.text })
			}
		}
	}
	maps.DeleteFunc(r.env, func(name, _ string) bool { return inBase[name] })
}

// stageText is a stage with some of its lines. The image is for the platform of
// the build.
func (r *reader) stageText(stage int, lines []baseLine) string {
	text := "FROM " + r.stages[stage].BaseName
	if !r.parts[stage].final && r.stages[stage].Platform != "" {
		text = "FROM --platform=" + r.stages[stage].Platform + " " + r.stages[stage].BaseName
	}
	if name := r.stages[stage].Name; name != "" {
		text += " AS " + name
	}
	text += "\n"
	for _, line := range lines {
		text += line.text + "\n"
	}
	return text
}

// wholeStage is a stage as it is written.
func (r *reader) wholeStage(stage int) string {
	lines := make([]baseLine, 0, len(r.stages[stage].Commands))
	for _, command := range r.stages[stage].Commands {
		lines = append(lines, baseLine{text: r.text(command)})
	}
	return r.stageText(stage, lines)
}

// head is what stands before the first stage: the character that escapes, and the
// arguments that the stages use.
func (r *reader) head(stages []string) string {
	text := strings.Join(stages, "")
	var head strings.Builder
	if r.escape != '\\' {
		head.WriteString("# escape=" + string(r.escape) + "\n")
	}
	for _, c := range slices.Backward(r.globals) {
		for _, arg := range slices.Backward(c.Args) {
			if uses(text, arg.Key) || strings.Contains("\n"+text, "\nARG "+arg.Key+"\n") {
				if arg.Value == nil {
					r.arguments = append(r.arguments, arg.Key)
				}
				text = "ARG " + argument(arg) + "\n" + text
			}
		}
	}
	head.WriteString(text[:len(text)-len(strings.Join(stages, ""))])
	return head.String()
}

// baseSetting names the Dockerfile of the base.
func baseSetting(name string) setting {
	return setting{"base", "{ dockerfile = " + quoted(name) + " }"}
}

// canBeSource reports whether the Dockerfile of the base can name a stage: one that
// has only a number may have another there.
func (r *reader) canBeSource(from string) bool {
	_, err := strconv.Atoi(from)
	return err != nil
}
