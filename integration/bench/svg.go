package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// drawing collects the elements of an SVG image; lengths are in pixels.
type drawing struct {
	width, height float64
	body          strings.Builder
}

// Colours that can be told apart on a light background, by most eyes.
const (
	ink   = "#1f2933"
	faint = "#b8c1cc"
	good  = "#0b7a75"
	bad   = "#c8452d"
)

// line draws a straight line.
func (d *drawing) line(x1, y1, x2, y2 float64, colour string, width float64) {
	fmt.Fprintf(&d.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>\n", x1, y1, x2, y2, colour, width)
}

// dot draws a filled circle with a title, which is shown under the pointer.
func (d *drawing) dot(x, y float64, colour, title string) {
	fmt.Fprintf(&d.body, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\"><title>%s</title></circle>\n", x, y, colour, html.EscapeString(title))
}

// text writes a line of text, anchored at its "start", "middle" or "end".
func (d *drawing) text(x, y float64, anchor, colour, text string) {
	fmt.Fprintf(&d.body, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n", x, y, anchor, colour, html.EscapeString(text))
}

// svg is the finished image; its title is for those who can't see it.
func (d *drawing) svg(title string) string {
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n%s</svg>\n",
		d.width, d.height, html.EscapeString(title), d.body.String())
}

// logAxis places positive values on a logarithmic scale that ends at powers of
// ten.
type logAxis struct {
	least, most float64 // exponents of ten
	from, to    float64 // pixels
}

// newLogAxis makes an axis between two pixels that has place for all values.
func newLogAxis(values []float64, from, to float64) logAxis {
	axis := logAxis{math.Inf(1), math.Inf(-1), from, to}
	for _, v := range values {
		axis.least = min(axis.least, math.Floor(math.Log10(v)))
		axis.most = max(axis.most, math.Ceil(math.Log10(v)))
	}
	if axis.least == axis.most {
		axis.most++
	}
	return axis
}

// at is the pixel of a value. Values beyond the axis are put at its ends.
func (a logAxis) at(v float64) float64 {
	exponent := a.least
	if v > 0 {
		exponent = min(max(math.Log10(v), a.least), a.most)
	}
	return a.from + (exponent-a.least)/(a.most-a.least)*(a.to-a.from)
}

// ticks are the powers of ten on the axis.
func (a logAxis) ticks() []float64 {
	var ticks []float64
	for e := a.least; e <= a.most; e++ {
		ticks = append(ticks, math.Pow(10, e))
	}
	return ticks
}
