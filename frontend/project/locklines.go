package project

import (
	"bytes"

	"github.com/uvlambda/uvlambda/plan"
)

// lockLines are where the parts of a lock stand. A lock may have a hundred
// thousand lines, so they are found by the form in which uv writes it, and not
// with a parser that knows the place of everything.
type lockLines struct {
	// keys are the lines of the keys above the first table.
	keys map[string]int
	// packages are, for each [[package]], the line of its header and the last
	// of those with its name, version and source.
	packages [][2]int
}

func readLockLines(data []byte) lockLines {
	lines := lockLines{keys: map[string]int{}}
	number, headers, names := 0, 0, false
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSpace(line)
		key, _, _ := bytes.Cut(line, []byte(" = "))
		switch {
		case string(line) == "[[package]]":
			lines.packages = append(lines.packages, [2]int{number, number})
			names = true
		case names && isPackageName(string(key)):
			lines.packages[len(lines.packages)-1][1] = number
		default:
			names = false
		}
		if bytes.HasPrefix(line, []byte("[")) {
			headers++
		}
		if headers == 0 && len(key) < len(line) {
			lines.keys[string(key)] = number
		}
	}
	return lines
}

// isPackageName tells the keys that say which package an entry is for.
func isPackageName(key string) bool { return key == "name" || key == "version" || key == "source" }

// Locate gives the lines that say which package an entry is for.
func (l *Lock) Locate(p *Package) plan.Location {
	return plan.Location{File: l.Name, Line: p.Line, EndLine: p.EndLine}
}

// LocateKey gives the line of a key above the first table, such as
// requires-python, and the first line when there is no such key.
func (l *Lock) LocateKey(key string) plan.Location {
	line := max(l.lines.keys[key], 1)
	return plan.Location{File: l.Name, Line: line, EndLine: line}
}
