package main

import (
	"runtime"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend"
)

// lockScenarios plan builds of projects with ever larger locks, all of whose
// packages are installed.
func lockScenarios() []scenario {
	var scenarios []scenario
	for _, size := range []int{100, 300, 1000, 3000, 10_000} {
		s := scenario{
			page: scale, curve: "packages in uv.lock", size: float64(size),
			rows: []row{
				{"plan of " + number(float64(size)) + " packages", inMilliseconds, goal{}},
				{"peak memory of the plan of " + number(float64(size)) + " packages", inMebibytes, goal{}},
			},
			prepare: func(l *lab) pair { return l.planOf(size) },
		}
		if size == 3000 {
			s.rows[0].goal, s.rows[1].goal = figure(50), figure(64)
		}
		scenarios = append(scenarios, s)
	}
	return scenarios
}

// planOf times the pure core, from the files to the plan, in this process, and
// has the command do the same for the memory of a process that does nothing
// else.
func (l *lab) planOf(size int) pair {
	dir := l.lockOf(size, installed)
	return pair{ours: func(int) []float64 {
		runtime.GC()
		start := time.Now()
		plans, err := frontend.Plan(l.Context(), dir, frontend.PlanOptions{})
		spent := time.Since(start)
		require.NoError(l, err)
		require.Greater(l, plans[0].Packages(), size, "the project does not install all of its lock")
		peak := l.peakOf(l.env.Command(l.Context(), l.env.Binary("uvlambda"), "plan", "--json", dir))
		return []float64{spent.Seconds() * 1e3, float64(peak) / (1 << 20)}
	}}
}
