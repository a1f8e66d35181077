package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLogAxis(t *testing.T) {
	t.Parallel()
	axis := newLogAxis([]float64{0.02, 3}, 0, 300)
	require.Equal(t, logAxis{least: -2, most: 1, from: 0, to: 300}, axis)
	require.InDelta(t, 0, axis.at(0.01), 1e-9)
	require.InDelta(t, 200, axis.at(1), 1e-9)
	require.InDelta(t, 300, axis.at(500), 1e-9)
	require.InDelta(t, 0, axis.at(0), 1e-9)
	require.Len(t, axis.ticks(), 4)
	require.InDelta(t, 10, newLogAxis([]float64{1, 1}, 10, 20).at(1), 1e-9, "an axis has an extent")
}

// elements are the names and texts of an image's elements, which have to be
// well-formed.
func elements(t *testing.T, image string) (names map[string]int, texts []string) {
	t.Helper()
	names = map[string]int{}
	decoder := xml.NewDecoder(strings.NewReader(image))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return names, texts
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			names[token.Name.Local]++
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" {
				texts = append(texts, text)
			}
		}
	}
}

func TestRatioPlot(t *testing.T) {
	t.Parallel()
	results := append(exampleReport().page(performance),
		result{Row: "a < b", Goal: ratio(0.1), Baseline: sample{10, 10}, Ours: sample{0.5, 0.7}})
	image := ratioPlot(results)
	names, texts := elements(t, image)
	require.Equal(t, 2, names["circle"], "a row that was not measured, or counts nothing, has no dot")
	require.Contains(t, texts, "a < b")
	require.Contains(t, texts, "0.0600")
	require.Equal(t, 2, strings.Count(image, bad+`"`)-strings.Count(image, `stroke="`+bad), "the dot and the figure of what missed")
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	results := exampleReport().page(scale)
	curves := curvesOf(append(results, result{Row: "steps", Curve: "packages", Size: 100, Ours: sample{1}}))
	require.Equal(t, []curve{{name: "packages", unit: inMilliseconds, sizes: []float64{100, 1000}, figures: []float64{4, 40}}}, curves)
	require.InDelta(t, 1, curves[0].exponent(), 1e-9)
	require.Zero(t, curve{sizes: []float64{1}, figures: []float64{1}}.exponent())

	names, texts := elements(t, growthPlot(results))
	require.Equal(t, 2, names["circle"])
	require.Contains(t, texts, "time, by packages (exponent 1.00)")
	names, _ = elements(t, growthPlot(nil))
	require.Zero(t, names["circle"])
}
