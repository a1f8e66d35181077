package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// page is the page of the documentation that shows a scenario's rows.
type page string

const (
	performance page = "performance"
	scale       page = "scale"
)

// row is one line of a page's table.
type row struct {
	name string
	unit unit
	goal goal
}

// scenario is a situation in which both sides build, and the rows that come of
// it.
type scenario struct {
	page page
	// against is what ours is compared with; nothing when it is held against a
	// figure only.
	against string
	rows    []row
	// daily scenarios are those that developers feel most.
	daily bool
	// runs is set for what takes too long, or is too exact, to be measured as
	// often as the others.
	runs int
	// fresh scenarios bring about the same state in every run, so that none is
	// needed to warm up.
	fresh bool
	// curve and size make the rows points of curves, named after their units.
	curve string
	size  float64
	// prepare makes the two sides.
	prepare func(*lab) pair
}

// side prepares run i, counted from 0, and then gives the figures, one for
// each of the scenario's rows; what the preparation takes is not in them.
type side func(i int) []float64

// pair are the sides of a scenario; there may be no baseline.
type pair struct{ baseline, ours side }

// choice says which scenarios are measured and how often.
type choice struct {
	rows  *regexp.Regexp
	daily bool
	runs  int
}

// picks says whether a scenario is measured.
func (c choice) picks(s scenario) bool {
	return (s.daily || !c.daily) && slices.ContainsFunc(s.rows, func(r row) bool { return c.rows.MatchString(r.name) })
}

// runsOf is how often each side of a scenario is measured.
func (c choice) runsOf(s scenario) int {
	if s.runs > 0 {
		return min(s.runs, c.runs)
	}
	return c.runs
}

// measure runs the chosen scenarios one after the other.
func measure(ctx context.Context, env *testenv.Env, c choice, log io.Writer) []result {
	var results []result
	for _, s := range scenarios() {
		if !c.picks(s) || ctx.Err() != nil {
			continue
		}
		fmt.Fprintf(log, "bench: %s\n", s.rows[0].name)
		var baseline, ours [][]float64
		problem := attempt(ctx, log, func(t *trial) {
			l := &lab{T: t, env: env, runs: c.runsOf(s)}
			baseline, ours = s.prepare(l).measure(l.runs, !s.fresh)
		})
		results = append(results, s.results(baseline, ours, problem)...)
	}
	return results
}

// measure has the sides take turns, each the first every other time. A run
// that warms up is not kept.
func (p pair) measure(runs int, warmUp bool) (baseline, ours [][]float64) {
	sides := []struct {
		run  side
		kept *[][]float64
	}{{p.baseline, &baseline}, {p.ours, &ours}}
	skipped := 0
	if warmUp {
		skipped = 1
	}
	for i := range runs + skipped {
		for _, s := range sides {
			if s.run == nil {
				continue
			}
			if figures := s.run(i); i >= skipped {
				*s.kept = append(*s.kept, figures)
			}
		}
		slices.Reverse(sides)
	}
	return baseline, ours
}

// results are the scenario's rows with their figures, or with the problem.
func (s scenario) results(baseline, ours [][]float64, problem string) []result {
	results := make([]result, len(s.rows))
	for i, row := range s.rows {
		r := result{Row: row.name, Page: s.page, Unit: row.unit, Goal: row.goal, Against: s.against, Curve: s.curve, Size: s.size, Problem: problem}
		if problem == "" {
			r.Baseline, r.Ours = column(baseline, i), column(ours, i)
		}
		results[i] = r
	}
	return results
}

// column are the figures of one row.
func column(figures [][]float64, i int) sample {
	var s sample
	for _, run := range figures {
		s = append(s, run[i])
	}
	return s
}
