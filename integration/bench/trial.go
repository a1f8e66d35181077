package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
)

// trial is one scenario's testenv.T: what fails in it ends the scenario, and
// no other.
type trial struct {
	ctx context.Context

	mu       sync.Mutex // a scenario may have several goroutines
	cleanups []func()
	problem  string
}

// attempt runs a scenario to its end or its first problem, cleans up after it,
// and gives the problem; an empty one is none. As in package testing, FailNow
// ends a goroutine, so the scenario has one of its own.
func attempt(ctx context.Context, log io.Writer, scenario func(*trial)) string {
	t := &trial{ctx: ctx}
	inGoroutine(func() { scenario(t) })
	for len(t.cleanups) > 0 {
		last := len(t.cleanups) - 1
		cleanup := t.cleanups[last]
		t.cleanups = t.cleanups[:last]
		inGoroutine(cleanup)
	}
	if t.problem != "" {
		fmt.Fprintln(log, t.problem)
	}
	return summary(t.problem)
}

func inGoroutine(run func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		run()
	}()
	<-done
}

// Helper does nothing: no line of a test is reported here.
func (t *trial) Helper() {}

// Context is the context of the whole run.
func (t *trial) Context() context.Context { return t.ctx }

// Cleanup has a function called at the end of the scenario, the last first.
func (t *trial) Cleanup(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, f)
}

// TempDir is a new folder that is removed at the end of the scenario.
func (t *trial) TempDir() string {
	dir, err := os.MkdirTemp("", "uvlambda-bench-")
	if err != nil {
		t.Errorf("creating a folder: %v", err)
		t.FailNow()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing a folder: %v", err)
		}
	})
	return dir
}

// Errorf notes a problem. The first one counts.
func (t *trial) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.problem == "" {
		t.problem = fmt.Sprintf(format, args...)
	}
}

// FailNow ends the scenario.
func (t *trial) FailNow() { runtime.Goexit() }

// summaryLength is how many letters of a problem a table has place for.
const summaryLength = 160

var errorTrace = regexp.MustCompile(`(?s)Error Trace:.*?Error:`)

// summary is a problem in one line, without the call stack that testify puts
// before it.
func summary(problem string) string {
	words := strings.Join(strings.Fields(errorTrace.ReplaceAllString(problem, "")), " ")
	words = strings.ReplaceAll(words, "|", "/")
	if letters := []rune(words); len(letters) > summaryLength {
		return string(letters[:summaryLength]) + " …"
	}
	return words
}
