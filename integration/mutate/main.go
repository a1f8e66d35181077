// Command mutate changes the code of packages, one operator at a time, and looks
// whether their tests notice. It is what `make mutate` runs, from the
// repository's root: gremlins makes and runs the mutants.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
)

// settings are how gremlins runs.
type settings struct {
	gremlins string
	workers  int
	// patience is how many times as long as the tests a mutant may take.
	patience int
}

func main() {
	var s settings
	flag.StringVar(&s.gremlins, "gremlins", "gremlins", "the program that makes the mutants")
	flag.IntVar(&s.workers, "workers", 1, "mutants that are tested side by side")
	flag.IntVar(&s.patience, "patience", 20, "how many times as long as the tests a mutant may take, compiling it included")
	list := flag.String("equivalent", "integration/mutate/equivalent.toml", "the mutants that no test can notice")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, s, *list, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "mutate: %v\n", err)
		os.Exit(1)
	}
}

// run judges each package, and fails when one misses a goal.
func run(ctx context.Context, s settings, list string, packages []string) error {
	equivalent, err := readEquivalent(list)
	if err != nil {
		return err
	}
	var missed error
	for _, dir := range packages {
		mutants, err := s.unleash(ctx, dir)
		if err != nil {
			return fmt.Errorf("testing the mutants of %s: %w", dir, err)
		}
		result, err := judge(mutants, equivalent)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\n", dir, result)
		if err := result.goal(); err != nil {
			missed = errors.Join(missed, fmt.Errorf("%s: %w", dir, err))
		}
	}
	return missed
}

// unleash has gremlins test the mutants of one package.
func (s settings) unleash(ctx context.Context, dir string) ([]mutant, error) {
	out, err := os.CreateTemp("", "mutants-*.json")
	if err != nil {
		return nil, fmt.Errorf("creating a file for the report: %w", err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	command := exec.CommandContext(ctx, s.gremlins, "unleash", "--silent", "--output", out.Name(), "--workers", strconv.Itoa(s.workers),
		"--test-cpu", "1", "--timeout-coefficient", strconv.Itoa(s.patience), "./"+dir)
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return nil, err
	}
	var report struct {
		Files []struct {
			Name      string   `json:"file_name"`
			Mutations []mutant `json:"mutations"`
		} `json:"files"`
	}
	if err := json.NewDecoder(out).Decode(&report); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	var all []mutant
	for _, file := range report.Files {
		source, err := readSource(filepath.Join(dir, file.Name))
		if err != nil {
			return nil, err
		}
		for _, m := range file.Mutations {
			m = source.place(m)
			if m.Status == notCovered && m.uncounted {
				if m.Status, err = testUncounted(ctx, dir, source, m); err != nil {
					return nil, err
				}
			}
			all = append(all, m)
		}
	}
	return all, nil
}
