package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// columns are the heads of both tables.
var columns = []string{"what", "compared with", "there", "uvlambda", "ratio", "goal", "runs", "verdict"}

// cells are the columns of a result.
func (r result) cells() []string {
	quotient, runs := "", ""
	if r.compared() {
		quotient = number(r.ratio())
	}
	if len(r.Ours) > 0 {
		runs = strconv.Itoa(len(r.Ours))
	}
	return []string{r.Row, r.Against, r.Baseline.text(r.Unit), r.Ours.text(r.Unit), quotient, r.Goal.text(r.Unit), runs, r.remark()}
}

// writeText writes the results for a terminal.
func writeText(w io.Writer, results []result) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(columns, "\t"))
	for _, r := range results {
		fmt.Fprintln(table, strings.Join(r.cells(), "\t"))
	}
	return table.Flush()
}

// markdown is the table of results for the documentation, with a line that
// says what they were measured on.
func markdown(r *report, results []result) string {
	var b strings.Builder
	row := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row(columns)
	row(slices.Repeat([]string{"---"}, len(columns)))
	for _, result := range results {
		row(result.cells())
	}
	fmt.Fprintf(&b, "\nMedians (least–most), %s: %s.\n", r.Date.UTC().Format("2006-01-02"), r.Machine.text())
	return b.String()
}
