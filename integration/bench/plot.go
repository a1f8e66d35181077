package main

import (
	"fmt"
	"slices"
	"strconv"
)

// ratioPlot draws a dot for each row's ratio, with a line from its least to its
// most, on a logarithmic scale. The baseline is the line at 1, and a tick is the
// goal.
func ratioPlot(results []result) string {
	const left, right, top, step = 380.0, 60.0, 50.0, 24.0
	rows := slices.DeleteFunc(slices.Clone(results), func(r result) bool { return !r.compared() || r.Ours.median() == 0 })
	d := &drawing{width: 960, height: top + step*float64(len(rows)) + 30}
	values := []float64{0.1, 1}
	for _, r := range rows {
		values = append(values, r.ratio())
		if r.Goal.Bound == boundRatio {
			values = append(values, r.Goal.Most)
		}
	}
	axis := newLogAxis(values, left, d.width-right)
	for _, tick := range axis.ticks() {
		d.line(axis.at(tick), top-14, axis.at(tick), d.height-24, faint, 0.5)
		d.text(axis.at(tick), top-20, "middle", ink, strconv.FormatFloat(tick, 'f', -1, 64))
	}
	d.line(axis.at(1), top-14, axis.at(1), d.height-24, ink, 1)
	for i, r := range rows {
		y := top + step*float64(i) + step/2
		colour := map[verdict]string{met: good, missed: bad, noGoal: ink}[r.verdict()]
		d.text(left-12, y+4, "end", ink, r.Row)
		base := r.Baseline.median()
		d.line(axis.at(slices.Min(r.Ours)/base), y, axis.at(slices.Max(r.Ours)/base), y, colour, 2)
		if r.Goal.Bound == boundRatio {
			d.line(axis.at(r.Goal.Most), y-8, axis.at(r.Goal.Most), y+8, ink, 2)
		}
		d.dot(axis.at(r.ratio()), y, colour, fmt.Sprintf("%s: %s", r.Row, number(r.ratio())))
		d.text(d.width-6, y+4, "end", colour, number(r.ratio()))
	}
	d.text(left, d.height-8, "start", ink, "uvlambda divided by what it is compared with, which is the line at 1; ticks are goals")
	return d.svg("Ratio of uvlambda to what it is compared with, row by row")
}
