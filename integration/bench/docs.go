package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The block of a page that this program writes.
const (
	blockBegin = "<!-- figures -->\n"
	blockEnd   = "<!-- /figures -->"
)

// writeDocs puts a report's tables and plots into a folder of documentation.
// Pages of which nothing was measured are left as they are.
func writeDocs(dir string, r *report) error {
	for p, plot := range map[page]func([]result) string{performance: ratioPlot, scale: growthPlot} {
		results := r.page(p)
		if len(results) == 0 {
			continue
		}
		file := filepath.Join(dir, string(p)+".md")
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("reading a page to write the figures to: %w", err)
		}
		changed, err := replaceBlock(string(text), markdown(r, results))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			return fmt.Errorf("writing the figures: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, string(p)+".svg"), []byte(plot(results)), 0o644); err != nil {
			return fmt.Errorf("writing a plot: %w", err)
		}
	}
	return nil
}

// replaceBlock puts text between the markers of a page.
func replaceBlock(page, text string) (string, error) {
	before, rest, begins := strings.Cut(page, blockBegin)
	_, after, ends := strings.Cut(rest, blockEnd)
	if !begins || !ends {
		return "", fmt.Errorf("there is no place for the figures: add the lines %s and %s", strings.TrimSpace(blockBegin), blockEnd)
	}
	return before + blockBegin + text + blockEnd + after, nil
}
