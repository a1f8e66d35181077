package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// rect is a rectangle in percent of the width and height of its container.
type rect struct {
	X, Y, W, H float64
}

// aspect is the width of a treemap over its height.
const aspect = 2

// tilesOfGroup is how many parts of a group have tiles of their own. The rest,
// too small to see, is one tile.
const tilesOfGroup = 60

// treemap divides a rectangle among groups, and theirs among parts, by size.
type treemap struct {
	Title string
	Areas []area
}

// area is a group's rectangle.
type area struct {
	Group GroupUsage
	Rect  rect
	Tiles []tile
}

// tile is a part's rectangle in its area.
type tile struct {
	Title string
	Size  int64
	// Share is the tile's part of the treemap. Compiled is the part of the tile
	// that is bytecode.
	Share, Compiled float64
	Rect            rect
}

// newTreemap lays out parts, which are sorted by size.
func newTreemap(title string, groups []GroupUsage, parts []Part) treemap {
	m := treemap{Title: title}
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b GroupUsage) int { return cmp.Compare(b.Size, a.Size) })
	var sizes []int64
	for _, group := range groups {
		if group.Size > 0 {
			m.Areas = append(m.Areas, area{Group: group})
			sizes = append(sizes, group.Size)
		}
	}
	whole := sizeOf(parts)
	for i, r := range divide(sizes, aspect) {
		m.Areas[i].Rect = r
		m.Areas[i].Tiles = tiles(m.Areas[i].Group.Group, parts, whole, aspect*r.W/r.H)
	}
	return m
}

// tiles lays out the parts of a group in an area of a width over height.
func tiles(group Group, parts []Part, whole int64, aspect float64) []tile {
	var list []tile
	var sizes []int64
	rest, more := Part{}, 0
	add := func(part Part) {
		list = append(list, tile{
			Title: part.Title(), Size: part.Size, Share: share(part.Size, whole), Compiled: share(part.Bytecode, part.Size),
		})
		sizes = append(sizes, part.Size)
	}
	for _, part := range parts {
		switch {
		case part.Group != group || part.Size == 0:
		case len(list) < tilesOfGroup:
			add(part)
		default:
			more++
			rest.Size += part.Size
			rest.Bytecode += part.Bytecode
		}
	}
	if more > 0 {
		rest.Name = fmt.Sprintf("%d more", more)
		add(rest)
	}
	for i, r := range divide(sizes, aspect) {
		list[i].Rect = r
	}
	return list
}

// divide lays out sizes above zero in a rectangle of a width over height, as
// squares as far as they can be: Bruls, Huizing and van Wijk, "Squarified
// Treemaps" (2000).
func divide(sizes []int64, aspect float64) []rect {
	var whole float64
	for _, size := range sizes {
		whole += float64(size)
	}
	// The free rectangle, in units in which the whole rectangle has height 1.
	x, y, w, h := 0.0, 0.0, aspect, 1.0
	rects := make([]rect, 0, len(sizes))
	for len(rects) < len(sizes) {
		rest := sizes[len(rects):]
		side := min(w, h)
		count, sum := fitRow(rest, side, aspect/whole)
		// A row lies along the shorter side of the free rectangle.
		depth := sum / side
		at := 0.0
		for _, size := range rest[:count] {
			length := float64(size) * aspect / whole / depth
			if w >= h {
				rects = append(rects, percentages(x, y+at, depth, length, aspect))
			} else {
				rects = append(rects, percentages(x+at, y, length, depth, aspect))
			}
			at += length
		}
		if w >= h {
			x, w = x+depth, w-depth
		} else {
			y, h = y+depth, h-depth
		}
	}
	return rects
}

// fitRow takes sizes for a row along a side as long as the row's worst rectangle
// gets no longer. It returns their number and their area. The scale turns sizes
// into areas.
func fitRow(sizes []int64, side, scale float64) (count int, sum float64) {
	worst := math.Inf(1)
	smallest, largest := math.Inf(1), 0.0
	for _, size := range sizes {
		area := float64(size) * scale
		smallest, largest = min(smallest, area), max(largest, area)
		with := sum + area
		longest := max(side*side*largest/(with*with), with*with/(side*side*smallest))
		if longest > worst {
			break
		}
		worst, sum, count = longest, with, count+1
	}
	return count, sum
}

// percentages gives a rectangle as percentages of one with the height 1 and an
// aspect ratio.
func percentages(x, y, w, h, aspect float64) rect {
	return rect{100 * x / aspect, 100 * y, 100 * w / aspect, 100 * h}
}
