package main

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMeasureTakesTurns(t *testing.T) {
	t.Parallel()
	var order []string
	run := func(name string) side {
		return func(i int) []float64 {
			order = append(order, fmt.Sprint(name, i))
			return []float64{float64(i), 10 * float64(i)}
		}
	}
	baseline, ours := pair{run("guide"), run("ours")}.measure(2, true)
	require.Equal(t, []string{"guide0", "ours0", "ours1", "guide1", "guide2", "ours2"}, order)
	require.Equal(t, [][]float64{{1, 10}, {2, 20}}, baseline)
	require.Equal(t, baseline, ours)

	order = nil
	baseline, ours = pair{ours: run("ours")}.measure(2, false)
	require.Equal(t, []string{"ours0", "ours1"}, order)
	require.Nil(t, baseline)
	require.Len(t, ours, 2)
}

func TestResults(t *testing.T) {
	t.Parallel()
	s := scenario{page: scale, against: "the guide", rows: []row{{"time", inSeconds, ratio(1)}, {"bytes", inBytes, goal{}}}, curve: "c", size: 3}
	require.Equal(t, []result{
		{Row: "time", Page: scale, Unit: inSeconds, Goal: ratio(1), Against: "the guide", Baseline: sample{2, 4}, Ours: sample{1, 1}, Curve: "c", Size: 3},
		{Row: "bytes", Page: scale, Unit: inBytes, Against: "the guide", Baseline: sample{20, 40}, Ours: sample{10, 10}, Curve: "c", Size: 3},
	}, s.results([][]float64{{2, 20}, {4, 40}}, [][]float64{{1, 10}, {1, 10}}, ""))
	for _, r := range s.results([][]float64{{2, 20}}, nil, "no root") {
		require.Equal(t, "not measured: no root", r.remark())
		require.Empty(t, r.Baseline)
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	s := scenario{rows: []row{{name: "zip, cold"}, {name: "bytes"}}, runs: 3}
	require.True(t, choice{rows: regexp.MustCompile("^bytes")}.picks(s))
	require.False(t, choice{rows: regexp.MustCompile("image")}.picks(s))
	require.False(t, choice{rows: regexp.MustCompile(""), daily: true}.picks(s))
	require.Equal(t, 3, choice{runs: 7}.runsOf(s))
	require.Equal(t, 1, choice{runs: 1}.runsOf(s))
	require.Equal(t, 7, choice{runs: 7}.runsOf(scenario{}))
}

// TestScenarios looks for names that are used twice, and for goals of a ratio
// with nothing to compare with.
func TestScenarios(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	daily := 0
	for _, s := range scenarios() {
		for _, row := range s.rows {
			require.False(t, names[row.name], row.name)
			names[row.name] = true
			require.False(t, s.against == "" && row.goal.Bound == boundRatio, row.name)
		}
		if s.daily {
			daily++
		}
	}
	require.Equal(t, 6, daily, "make bench-quick is for six situations")
}
