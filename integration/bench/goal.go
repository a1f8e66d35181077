package main

import (
	"fmt"
	"strconv"
)

// bound says what a goal bounds.
type bound string

const (
	// unbounded rows are only shown.
	unbounded bound = ""
	// boundRatio bounds ours divided by what it is compared with.
	boundRatio bound = "ratio"
	// boundFigure bounds our own figure, in the row's unit.
	boundFigure bound = "figure"
)

// goal is the most that a row may show. Medians count.
type goal struct {
	Bound bound   `json:"bound,omitempty"`
	Most  float64 `json:"most"`
}

// ratio is a goal for ours divided by what it is compared with.
func ratio(most float64) goal { return goal{boundRatio, most} }

// figure is a goal for our own figure, in the row's unit.
func figure(most float64) goal { return goal{boundFigure, most} }

// text is the goal as tables show it.
func (g goal) text(u unit) string {
	switch g.Bound {
	case boundRatio:
		return "≤ " + strconv.FormatFloat(g.Most, 'f', -1, 64) + " ×"
	case boundFigure:
		return "≤ " + withUnit(strconv.FormatFloat(g.Most, 'f', -1, 64), u)
	case unbounded:
	}
	return ""
}

// verdict says whether a result keeps to its goal.
type verdict string

const (
	met         verdict = "met"
	missed      verdict = "missed"
	notMeasured verdict = "not measured"
	noGoal      verdict = ""
)

// verdict compares the medians with the goal.
func (r result) verdict() verdict {
	if r.Problem != "" {
		return notMeasured
	}
	var got float64
	switch r.Goal.Bound {
	case boundRatio:
		got = r.ratio()
	case boundFigure:
		got = r.Ours.median()
	case unbounded:
		return noGoal
	}
	if got <= r.Goal.Most {
		return met
	}
	return missed
}

// remark is the verdict with the reason of what was not measured.
func (r result) remark() string {
	if r.Problem != "" {
		return fmt.Sprintf("%s: %s", r.verdict(), r.Problem)
	}
	return string(r.verdict())
}
