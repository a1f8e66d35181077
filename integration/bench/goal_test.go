package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		result result
		want   string
	}{
		"ratio kept":      {result{Goal: ratio(0.5), Baseline: sample{2}, Ours: sample{1}}, "met"},
		"ratio missed":    {result{Goal: ratio(0.5), Baseline: sample{2}, Ours: sample{1.01}}, "missed"},
		"medians count":   {result{Goal: ratio(0.5), Baseline: sample{2, 2, 2}, Ours: sample{1, 9, 1}}, "met"},
		"figure kept":     {result{Goal: figure(0), Ours: sample{0}}, "met"},
		"figure missed":   {result{Goal: figure(0), Ours: sample{1}}, "missed"},
		"nothing to keep": {result{Ours: sample{1}}, ""},
		"no figures":      {result{Goal: figure(0), Problem: "no root"}, "not measured: no root"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.result.remark())
		})
	}
}

func TestGoalText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "≤ 0.85 ×", ratio(0.85).text(inSeconds))
	require.Equal(t, "≤ 64 MiB", figure(64).text(inMebibytes))
	require.Equal(t, "≤ 0", figure(0).text(counted))
	require.Empty(t, goal{}.text(inSeconds))
}
