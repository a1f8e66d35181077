package draw

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks text at spaces into lines of a width, where it can.
func wrap(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || utf8.RuneCountInString(lines[last]+" "+word) > width {
			lines = append(lines, word)
			continue
		}
		lines[last] += " " + word
	}
	return lines
}

// narrowest is the least width of a column that is wrapped: with less, a line
// has a word or two, and is harder to read than what a terminal makes of it.
const narrowest = 20

// fit wraps a text to the width that a terminal has left for it.
func fit(text string, width int) []string {
	if width < narrowest || utf8.RuneCountInString(text) <= width {
		return []string{text}
	}
	return wrap(text, width)
}

// fitRows wraps the second column of a table to what a width leaves for it.
func fitRows(rows [][2]string, width int) [][2]string {
	first := 0
	for _, row := range rows {
		first = max(first, utf8.RuneCountInString(row[0]))
	}
	var fitted [][2]string
	for _, row := range rows {
		name := row[0]
		for _, line := range fit(row[1], width-first-gap) {
			fitted = append(fitted, [2]string{name, line})
			name = ""
		}
	}
	return fitted
}
