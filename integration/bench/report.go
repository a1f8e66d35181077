package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// result is what was measured for a row.
type result struct {
	Row  string `json:"row"`
	Page page   `json:"page"`
	Unit unit   `json:"unit"`
	Goal goal   `json:"goal"`
	// Against is what ours is compared with.
	Against  string `json:"against,omitempty"`
	Baseline sample `json:"baseline,omitempty"`
	Ours     sample `json:"ours,omitempty"`
	// Curve is set for a point of a curve, at Size.
	Curve string  `json:"curve,omitempty"`
	Size  float64 `json:"size,omitempty"`
	// Problem says why there are no figures.
	Problem string `json:"problem,omitempty"`
}

// compared says whether there are figures of both sides to divide.
func (r result) compared() bool {
	return len(r.Ours) > 0 && len(r.Baseline) > 0 && r.Baseline.median() != 0
}

// ratio is our median divided by the other.
func (r result) ratio() float64 { return r.Ours.median() / r.Baseline.median() }

// report is one run of the benchmark.
type report struct {
	Date    time.Time `json:"date"`
	Machine machine   `json:"machine"`
	Results []result  `json:"results"`
}

// page gives the results that one page of the documentation shows.
func (r *report) page(p page) []result {
	var found []result
	for _, result := range r.Results {
		if result.Page == p {
			found = append(found, result)
		}
	}
	return found
}

// save writes the report to a folder, in a file named after its time, and
// gives the file.
func (r *report) save(dir string) (string, error) {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing the figures: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("writing the figures: %w", err)
	}
	file := filepath.Join(dir, r.Date.UTC().Format("2006-01-02T15-04-05.000Z")+".json")
	if err := os.WriteFile(file, append(data, '\n'), 0o644); err != nil {
		return "", fmt.Errorf("writing the figures: %w", err)
	}
	return file, nil
}

// load reads a report that was saved.
func load(file string) (*report, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the figures: %w", err)
	}
	var r report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("reading the figures of %s: %w", file, err)
	}
	return &r, nil
}
