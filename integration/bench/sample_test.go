package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 2, sample{3, 1, 2}.median(), 0)
	require.InDelta(t, 2.5, sample{4, 1, 3, 2}.median(), 0)
	require.InDelta(t, 7, sample{7}.median(), 0)
	unsorted := sample{3, 1, 2}
	unsorted.median()
	require.Equal(t, sample{3, 1, 2}, unsorted, "the order of the measurement is kept")
}

func TestSampleText(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]sample{
		"":                            nil,
		"0.110 s (0.0900–0.123)":      {0.11, 0.09, 0.1234},
		"5,031,658 s":                 {5031658, 5031658},
		"2.50 s (1–4)":                {1, 4, 2, 3},
		"12.3 s (1.23–123)":           {12.34, 1.234, 123.4},
		"0.000123 s (0.000001–0.500)": {0.000123, 0.000001, 0.5},
	} {
		require.Equal(t, want, s.text(inSeconds))
	}
	require.Equal(t, "0", sample{0, 0}.text(counted))
}

func TestGrouped(t *testing.T) {
	t.Parallel()
	for want, digits := range map[string]string{"1": "1", "123": "123", "1,234": "1234", "123,456": "123456", "1,234,567": "1234567", "-123": "-123", "-1,234": "-1234"} {
		require.Equal(t, want, grouped(digits))
	}
}
