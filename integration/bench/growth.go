package main

import (
	"fmt"
	"math"
	"slices"
)

// curve is how one figure grows with a size.
type curve struct {
	name string
	unit unit
	// sizes and figures belong together.
	sizes, figures []float64
}

// curvesOf gathers the points of the results, by curve and unit, in the order
// in which they come. Counts are not drawn.
func curvesOf(results []result) []curve {
	var curves []curve
	for _, r := range results {
		if r.Curve == "" || r.Unit == counted || len(r.Ours) == 0 {
			continue
		}
		i := slices.IndexFunc(curves, func(c curve) bool { return c.name == r.Curve && c.unit == r.Unit })
		if i < 0 {
			i = len(curves)
			curves = append(curves, curve{name: r.Curve, unit: r.Unit})
		}
		curves[i].sizes = append(curves[i].sizes, r.Size)
		curves[i].figures = append(curves[i].figures, r.Ours.median())
	}
	return curves
}

// exponent is the slope of the curve's ends on logarithmic scales: 1 is linear
// growth. It is 0 for a single point.
func (c curve) exponent() float64 {
	last := len(c.sizes) - 1
	if last == 0 {
		return 0
	}
	return math.Log(c.figures[last]/c.figures[0]) / math.Log(c.sizes[last]/c.sizes[0])
}

// growthPlot draws a panel for each curve, both scales logarithmic. A faint
// line from the last point down is linear growth.
func growthPlot(results []result) string {
	const width, height, columns = 420.0, 250.0, 2
	curves := curvesOf(results)
	rows := (len(curves) + columns - 1) / columns
	d := &drawing{width: width * columns, height: max(height*float64(rows), 40)}
	for i, c := range curves {
		c.draw(d, width*float64(i%columns), height*float64(i/columns), width, height)
	}
	return d.svg("How time, memory and bytes grow with the size of locks and monorepos")
}

// draw draws the curve's panel with its upper left corner at x, y.
func (c curve) draw(d *drawing, x, y, width, height float64) {
	const left, right, top, bottom = 90.0, 30.0, 40.0, 40.0
	across := newLogAxis(c.sizes, x+left, x+width-right)
	up := newLogAxis(c.figures, y+height-bottom, y+top)
	for _, tick := range across.ticks() {
		d.line(across.at(tick), up.from, across.at(tick), up.to, faint, 0.5)
		d.text(across.at(tick), up.from+16, "middle", ink, number(tick))
	}
	for _, tick := range up.ticks() {
		d.line(across.from, up.at(tick), across.to, up.at(tick), faint, 0.5)
		d.text(across.from-6, up.at(tick)+4, "end", ink, withUnit(number(tick), c.unit))
	}
	last := len(c.sizes) - 1
	linear := c.figures[last] * c.sizes[0] / c.sizes[last]
	d.line(across.at(c.sizes[0]), up.at(linear), across.at(c.sizes[last]), up.at(c.figures[last]), faint, 2)
	for i := range c.sizes {
		if i > 0 {
			d.line(across.at(c.sizes[i-1]), up.at(c.figures[i-1]), across.at(c.sizes[i]), up.at(c.figures[i]), good, 1.5)
		}
		d.dot(across.at(c.sizes[i]), up.at(c.figures[i]), good, fmt.Sprintf("%s: %s", number(c.sizes[i]), withUnit(number(c.figures[i]), c.unit)))
	}
	d.text(x+left, y+18, "start", ink, fmt.Sprintf("%s, by %s (exponent %.2f)", quantity(c.unit), c.name, c.exponent()))
}

// quantity is what a unit measures.
func quantity(u unit) string {
	switch u {
	case inSeconds, inMilliseconds:
		return "time"
	case inMebibytes:
		return "peak memory"
	case inBytes:
		return "bytes pushed"
	case counted:
	}
	return "count"
}
