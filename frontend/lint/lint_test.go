package lint_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/containerd/platforms"
	"github.com/moby/patternmatcher/ignorefile"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// testDay is the day of examples that do not say.
const testDay = "2026-11-22"

// minimal is the function that examples change.
const minimal = `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"

[tool.uvlambda]
handler = "app.handler"
-- app.py --
def handler(event, context):
    return "hello"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
`

// minimalProject is the [project] table of examples without one.
const minimalProject = `[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"

`

// contents are the files of an example; an empty one takes a file away.
func contents(e lint.Example) map[string]string {
	all := map[string]string{}
	for _, text := range []string{minimal, e.Files} {
		for _, file := range txtar.Parse([]byte(text)).Files {
			all[file.Name] = string(file.Data)
		}
	}
	if !strings.Contains(all["pyproject.toml"], "[project]") {
		all["pyproject.toml"] = minimalProject + all["pyproject.toml"]
	}
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

// entries are files as they were read from a context.
func entries(contents map[string]string) files.Set {
	set := files.Set{".": {Kind: files.Folder}}
	for name, text := range contents {
		set[name] = files.Entry{Kind: files.Regular, Data: []byte(text)}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			set[dir] = files.Entry{Kind: files.Folder}
		}
	}
	return set
}

// ignored is what the example's .dockerignore says.
func ignored(t *testing.T, all map[string]string) planner.IgnoreFile {
	t.Helper()
	data := all[".dockerignore"]
	patterns, err := ignorefile.ReadAll(strings.NewReader(data))
	require.NoError(t, err)
	return planner.IgnoreFile{Patterns: patterns, Name: ".dockerignore", Data: []byte(data)}
}

// hide hides files of a context.
func hide(t *testing.T, set files.Set, hidden planner.IgnoreFile) files.Set {
	t.Helper()
	for name, e := range set {
		h, err := hidden.Hides(name)
		require.NoError(t, err)
		if h != nil {
			set[name] = files.Entry{Kind: files.Hidden, Data: e.Data}
		}
	}
	return set
}

// client is what a client says, by its flags.
type client struct {
	target       string
	platforms    []ocispecs.Platform
	attestations []string
}

// parseFlags reads the flags of an example.
func parseFlags(t *testing.T, flags string) client {
	t.Helper()
	c := client{platforms: []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}}}
	words := strings.Fields(flags)
	for i := 0; i < len(words); i += 2 {
		switch words[i] {
		case "--target":
			c.target = words[i+1]
		case "--platform":
			parsed, err := platforms.ParseAll(strings.Split(words[i+1], ","))
			require.NoError(t, err)
			c.platforms = parsed
		case "--provenance":
			c.attestations = append(c.attestations, "provenance")
		default:
			require.Fail(t, "unknown flag", words[i])
		}
	}
	return c
}

// checkExample gives what a check of an example finds, and its mistakes.
func checkExample(t *testing.T, e lint.Example, opts lint.Options) ([]plan.Warning, error) {
	t.Helper()
	return checkAs(t, e, opts, func(*lint.Input) {})
}

// checkAs is checkExample with a changed input.
func checkAs(t *testing.T, e lint.Example, opts lint.Options, change func(*lint.Input)) ([]plan.Warning, error) {
	t.Helper()
	all, c := contents(e), parseFlags(t, e.Flags)
	today, err := time.Parse(time.DateOnly, cmp.Or(e.Day, testDay))
	require.NoError(t, err)
	doc, err := source.Parse("pyproject.toml", []byte(all["pyproject.toml"]))
	require.NoError(t, err)
	table, err := spec.Parse(doc)
	require.NoError(t, err)
	function, output, err := planner.ParseTarget(c.target, table)
	require.NoError(t, err)
	w, err := planner.NewWorkspace(".", hide(t, entries(all), ignored(t, all)), nil)
	require.NoError(t, err)
	w.Ignored = ignored(t, all)
	require.NoError(t, w.AddMembers(nil))
	var warnings []plan.Warning
	for _, platform := range c.platforms {
		in := lint.Input{
			Input: planner.Input{
				Spec: function, Output: output, Workspace: w, Platform: platform, BuildCommand: "uvlambda build", BuildContext: ".",
				Runnable: []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}}, AssumePython: true,
			},
			Attestations: c.attestations,
			Today:        today,
			Context:      &lint.Context{Sent: sent(t, all, e.Large)},
			Libraries:    e.Libraries,
		}
		for _, p := range c.platforms {
			in.Platforms = append(in.Platforms, platforms.Format(p))
		}
		for _, name := range planner.ImportFiles(in.Input, true) {
			if !w.Files.Exists(name) {
				w.Files[name] = files.Entry{}
			}
		}
		if in.Decided, err = planner.Decide(in.Input); err != nil {
			return nil, err
		}
		if in.Decided, err = in.See(listing(all, e)); err != nil {
			return nil, err
		}
		change(&in)
		for _, warning := range lint.Run(in, opts) {
			if !slices.Contains(warnings, warning) {
				warnings = append(warnings, warning)
			}
		}
	}
	return warnings, nil
}

// listing is the whole context.
func listing(all map[string]string, e lint.Example) files.Listing {
	whole := files.Listing{Roots: []string{"."}, Entries: entries(all)}
	if e.Executable != "" {
		whole.Entries[e.Executable] = files.Entry{Kind: files.Regular, Executable: true}
	}
	for at, to := range e.Links {
		whole.Entries[at] = files.Entry{Kind: files.Link, Link: to}
	}
	return whole
}

// sent lists what is sent, all of it when .dockerignore does not hide it.
func sent(t *testing.T, all map[string]string, large string) []lint.Sent {
	t.Helper()
	var list []lint.Sent
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, lint.Sent{Path: name, Size: int64(len(all[name]))})
	}
	if large == "" {
		return list
	}
	h, err := ignored(t, all).Hides(large)
	require.NoError(t, err)
	if h == nil {
		list = append(list, lint.Sent{Path: large, Size: 60_000_000})
	}
	return list
}

// rulesOf are the rules that mistakes break.
func rulesOf(err error) []string {
	var names []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			names = append(names, rulesOf(e)...)
		}
		return names
	}
	if e, ok := errors.AsType[*source.Error](err); ok {
		return []string{e.Rule}
	}
	return []string{fmt.Sprint(err)}
}

// Each rule's page shows an example that breaks this rule and no other, and one
// that breaks none.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, rule := range lint.Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			warnings, err := checkExample(t, rule.Bad, lint.Options{})
			if rule.Mistake {
				assert.Equal(t, []string{rule.Name}, rulesOf(err))
			} else {
				require.NoError(t, err)
				require.NotEmpty(t, warnings)
				for _, w := range warnings {
					assert.Equal(t, rule.Name, w.Rule, w.Message)
					assert.NotZero(t, w.Source.Line, w.Message)
				}
				skipped, err := checkExample(t, rule.Bad, lint.Options{Skip: []string{rule.Name}})
				require.NoError(t, err)
				assert.Empty(t, skipped)
			}
			warnings, err = checkExample(t, rule.Good, lint.Options{})
			require.NoError(t, err)
			assert.Empty(t, warnings)
		})
	}
}

// Rules are in order, described, and found by their names.
func TestRules(t *testing.T) {
	t.Parallel()
	rules := lint.Rules()
	assert.True(t, slices.IsSortedFunc(rules, func(a, b lint.Rule) int { return strings.Compare(a.Name, b.Name) }))
	for _, rule := range rules {
		assert.Regexp(t, `^[A-Z][A-Za-z0-9]+$`, rule.Name)
		assert.Regexp(t, `^[^\n]+[^.\n]$`, rule.Description, rule.Name)
		assert.NotEmpty(t, rule.Why, rule.Name)
		found, ok := lint.Lookup(rule.Name)
		assert.True(t, ok)
		assert.Equal(t, "https://github.com/uvlambda/uvlambda/blob/main/docs/rules/"+rule.Name+".md", found.URL())
	}
	_, ok := lint.Lookup("NoSuchRule")
	assert.False(t, ok)
}

// A build does not wait for what a check looks at, and a plan of the lock has
// nothing to look at.
func TestRunInABuild(t *testing.T) {
	t.Parallel()
	for _, rule := range lint.Rules() {
		if rule.Mistake {
			continue
		}
		warnings, err := checkAs(t, rule.Bad, lint.Options{}, func(in *lint.Input) {
			in.Context = nil
			// A build compares what its steps have made.
			in.Replaced = []lint.Replaced{{Path: "main.py"}}
			if rule.Name != "FileReplaced" {
				in.Replaced = nil
			}
		})
		require.NoError(t, err)
		assert.Equal(t, rule.CheckOnly, len(warnings) == 0, rule.Name)
	}
	lock, err := checkExample(t, lint.Example{Flags: "--target lock", Files: mustLookup(t, "SecretInEnv").Bad.Files}, lint.Options{})
	require.NoError(t, err)
	assert.Empty(t, lock)
}

func mustLookup(t *testing.T, name string) lint.Rule {
	t.Helper()
	rule, ok := lint.Lookup(name)
	require.True(t, ok)
	return rule
}

// messages are the messages of an example, with their lines.
func messages(t *testing.T, e lint.Example) []string {
	t.Helper()
	warnings, err := checkExample(t, e, lint.Options{})
	require.NoError(t, err)
	var all []string
	for _, w := range warnings {
		all = append(all, fmt.Sprintf("%s:%d: %s", w.Source.File, w.Source.Line, w.Message))
	}
	return all
}

// table is an example with these keys in its table, and further files.
func table(keys, more string) lint.Example {
	return lint.Example{Files: "-- pyproject.toml --\n[tool.uvlambda]\n" + keys + "\n" + more}
}
