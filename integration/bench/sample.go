package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// sample are the figures of one side, in the order in which they were measured.
type sample []float64

// median is the figure in the middle, or halfway between the two there.
func (s sample) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// text is the median with the smallest and the largest figure, unless they are
// all the same.
func (s sample) text(u unit) string {
	if len(s) == 0 {
		return ""
	}
	least, most := slices.Min(s), slices.Max(s)
	if least == most {
		return withUnit(number(least), u)
	}
	return fmt.Sprintf("%s (%s–%s)", withUnit(number(s.median()), u), number(least), number(most))
}

// unit is the unit of figures. It is empty for a number of things.
type unit string

const (
	inSeconds      unit = "s"
	inMilliseconds unit = "ms"
	inBytes        unit = "B"
	inMebibytes    unit = "MiB"
	counted        unit = ""
)

func withUnit(text string, u unit) string {
	if u == counted {
		return text
	}
	return text + " " + string(u)
}

// number writes a figure with three digits that count, and large ones whole,
// their thousands apart.
func number(f float64) string {
	if f == math.Trunc(f) || math.Abs(f) >= 100 {
		return grouped(strconv.FormatInt(int64(math.Round(f)), 10))
	}
	decimals := max(0, 2-int(math.Floor(math.Log10(math.Abs(f)))))
	return strconv.FormatFloat(f, 'f', min(decimals, 6), 64)
}

// grouped puts commas between the thousands of a whole number.
func grouped(digits string) string {
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
