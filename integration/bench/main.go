// Command bench compares the builds of uvlambda with the builds of uv's guide, in
// turns on one BuildKit, and prints the figures with their goals. `make bench` and
// `make bench-quick` run it from the repository's root.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

const (
	usualRuns = 7
	quickRuns = 5
)

// options are the flags.
type options struct {
	choice choice
	// from is a report to show in place of measuring.
	from string
	// docs is the folder of documentation to write to; nothing when empty.
	docs string
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err = run(ctx, o, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// parse reads the command line.
func parse(args []string) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "only the situations that developers feel daily")
	runs := flags.Int("runs", 0, fmt.Sprintf("how often each side is measured (%d, with -quick %d)", usualRuns, quickRuns))
	rows := flags.String("rows", "", "only situations with a row whose name matches a regular expression")
	from := flags.String("from", "", "show the figures of a file of an earlier run, and measure nothing")
	docs := flags.String("docs", "", "write tables and plots into this folder of documentation")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	expression, err := regexp.Compile(*rows)
	if err != nil {
		return options{}, fmt.Errorf("-rows: %w", err)
	}
	o := options{choice: choice{rows: expression, daily: *quick, runs: usualRuns}, from: *from, docs: *docs}
	if *quick {
		o.choice.runs = quickRuns
	}
	if *runs > 0 {
		o.choice.runs = *runs
	}
	return o, nil
}

func run(ctx context.Context, o options, out, log io.Writer) error {
	r, err := figures(ctx, o, log)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %s\n\n", r.Date.Format(time.DateOnly), r.Machine.text())
	if err := writeText(out, r.Results); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	if o.docs == "" {
		return nil
	}
	return writeDocs(o.docs, r)
}

// figures reads the report of an earlier run, or measures a new one and saves it.
func figures(ctx context.Context, o options, log io.Writer) (r *report, err error) {
	if o.from != "" {
		return load(o.from)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("finding the cache folder: %w; set XDG_CACHE_HOME", err)
	}
	env, err := testenv.Setup(ctx, log)
	if err != nil {
		return nil, fmt.Errorf("setting up: %w", err)
	}
	defer func() {
		if closing := env.Close(); err == nil {
			err = closing
		}
	}()
	machine, err := thisMachine(ctx, env)
	if err != nil {
		return nil, err
	}
	r = &report{Date: time.Now().UTC(), Machine: machine}
	r.Results = measure(ctx, env, o.choice, log)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("interrupted: %w", err)
	}
	file, err := r.save(filepath.Join(cache, "uvlambda", "bench"))
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(log, "bench: the figures are in %s\n", file)
	return r, nil
}
