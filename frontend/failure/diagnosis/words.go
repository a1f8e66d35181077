package diagnosis

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

var (
	// begun is how an error of uv begins; older versions draw a cross.
	begun = regexp.MustCompile(`^\s*(?:error:|×)\s*`)
	// further is how a cause of an error begins.
	further = regexp.MustCompile(`^\s*(?:cause:|Caused by:|├─▶|╰─▶)\s*`)
	// advice is how uv's hints begin, which know nothing of a build.
	advice = regexp.MustCompile(`^\s*(?:hint|help):`)
	// excerpt is a line of a file that uv shows.
	excerpt = regexp.MustCompile(`^\s*\d*\s*\|`)
	// place is where a file is malformed; its lines are shown without it.
	place = regexp.MustCompile(`TOML parse error at line (\d+), column \d+`)
	// parsed is the file that uv could not read.
	parsed = regexp.MustCompile("(?m)Failed to parse:? `?([^`\n]+?)`?$")
	// quotedName is a name in uv's words.
	quotedName = regexp.MustCompile("`([A-Za-z0-9][A-Za-z0-9._-]*)`")
)

// errorLines are the lines of uv's error, without hints and without what uv said
// before it. Messages that hold no error of uv are given whole.
func errorLines(messages string) []string {
	lines, first := toldLines(messages)
	return lines[first:]
}

// toldLines are the lines of uv's messages, without hints, and where uv's error
// begins. What a build backend says stands before the error.
func toldLines(messages string) (lines []string, first int) {
	for line := range strings.SplitSeq(messages, "\n") {
		if strings.Trim(line, " \r│") != "" {
			lines = append(lines, line)
		}
	}
	first = max(slices.IndexFunc(lines, begun.MatchString), 0)
	if last := slices.IndexFunc(lines[first:], advice.MatchString); last > 0 {
		lines = lines[:first+last]
	}
	return lines, first
}

// longest is the length of the longest sentence of uv's that an error repeats,
// in bytes.
const longest = 600

// sentence is uv's error in one line: what failed and each cause, with colons
// between them.
func sentence(messages string) string {
	var parts []string
	for _, line := range errorLines(messages) {
		line = strings.Replace(begun.ReplaceAllString(line, ""), "│", " ", 1)
		begins := len(parts) == 0 || further.MatchString(line)
		line = strings.TrimSpace(place.ReplaceAllString(further.ReplaceAllString(line, ""), ""))
		switch {
		case line == "" || excerpt.MatchString(line):
		case begins || parsed.MatchString(parts[len(parts)-1]):
			parts = append(parts, line)
		default:
			parts[len(parts)-1] += " " + line
		}
	}
	text := strings.TrimSuffix(strings.Join(parts, ": "), ".")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

// mounted is where steps have the files of the context, as uv names it from
// the root, in which it exports.
const mounted = "src/"

// fileOf is the file of the context that uv names. Where uv locks, and where it checks
// uv.lock, it runs in the project's folder and names what is below that by the rest of the
// path.
func (r *reading) fileOf(named string) string {
	if file, ok := strings.CutPrefix(strings.TrimPrefix(named, "/"), mounted); ok {
		return file
	}
	if strings.HasPrefix(named, "/") {
		return strings.TrimPrefix(named, "/")
	}
	switch work := r.Step.Work.(type) {
	case *plan.Lock:
		return path.Join(work.Root, named)
	case *plan.LockCheck:
		return path.Join(work.Root, named)
	}
	return named
}

// unreadable explains a file that uv cannot read, at the line that uv names or
// at the package that it names. It is nil when uv could read all files.
func (r *reading) unreadable() error {
	m := parsed.FindStringSubmatch(r.Report.Messages)
	if m == nil {
		return nil
	}
	file := r.fileOf(m[1])
	_, words, _ := strings.Cut(sentence(r.Report.Messages), m[0]+": ")
	at, remedy := plan.Location{File: file}, "correct it"
	if r.Origins != nil && path.Base(file) == "uv.lock" {
		at, remedy = lockedLines(r.Origins.Lock, words), "write it again with `uv lock`"
	}
	if line := place.FindStringSubmatch(r.Report.Messages); line != nil {
		at.Line, _ = strconv.Atoi(line[1])
		at.EndLine = at.Line
	}
	return source.Errorf(at, "uv cannot read %s: %s: %s", at.File, words, remedy)
}

// lockedLines are the lines of the last package that uv's words name: of packages
// that are there twice, the last is one too many.
func lockedLines(lock *project.Lock, words string) plan.Location {
	for _, m := range quotedName.FindAllStringSubmatch(words, -1) {
		for _, p := range slices.Backward(lock.Packages) {
			if p.Name == project.NormalizeName(m[1]) {
				return lock.Locate(&p)
			}
		}
	}
	return plan.Location{File: lock.Name, Line: 1, EndLine: 1}
}
