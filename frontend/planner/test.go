package planner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/containerd/platforms"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// responseSuffix ends the name of the file with the response that is expected
// to the event of the same name.
const responseSuffix = ".response.json"

// Tested tells whether a build of an output tests the function.
func Tested(s *spec.Spec, output plan.Output) bool {
	return output == plan.OutputTest || s.Test.OnBuild && output != plan.OutputLock
}

// EventPatterns are the patterns of the event files, relative to the context,
// and of the files that have such a pattern for a name.
func EventPatterns(s *spec.Spec, w *Workspace) ([]string, error) {
	var patterns []string
	for _, event := range s.Test.Events {
		pattern, err := files.Under(w.Dir, event)
		if err != nil {
			return nil, fmt.Errorf("events %q: %w", event, err)
		}
		patterns = append(patterns, pattern, files.Exactly(path.Join(w.Dir, event)))
	}
	slices.Sort(patterns)
	return slices.Compact(patterns), nil
}

// EventFiles are the files to read, of those that the patterns match: the
// events, and what may be the responses to them.
func EventFiles(matched []string) []string {
	paths := slices.Clone(matched)
	for _, p := range matched {
		if !strings.HasSuffix(p, responseSuffix) {
			paths = append(paths, responseOf(p))
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// responseOf is the file with the response that is expected to an event.
func responseOf(event string) string {
	return strings.TrimSuffix(event, path.Ext(event)) + responseSuffix
}

// planTest plans the test of a build that has one.
func (p *planning) planTest() error {
	if !Tested(p.Spec, p.plan.Output) {
		return nil
	}
	test := &plan.Test{
		Network: p.Spec.Test.Network,
		Timeout: p.Spec.Test.Timeout,
		Skip:    p.skipReason(),
	}
	for i, written := range p.Spec.Test.Events {
		loc := p.Spec.Locate("test", "events", strconv.Itoa(i))
		events, err := p.events(written, loc)
		if err != nil {
			return err
		}
		for _, event := range events {
			if !slices.Contains(test.Events, event) {
				test.Events = append(test.Events, event)
			}
		}
	}
	p.work.test = test
	return nil
}

// skipReason says why the builder cannot run the function, "" when it can or
// when that is not known.
func (p *planning) skipReason() string {
	if len(p.Runnable) == 0 || platforms.Any(p.Runnable...).Match(p.Platform) {
		return ""
	}
	return fmt.Sprintf("%s is not among the builder's platforms: use a builder of that architecture, or install QEMU on it", p.plan.Platform)
}

// events are the events that a pattern matches, in the order of their names. A file
// of the pattern's name counts before others that it matches.
func (p *planning) events(written string, loc plan.Location) ([]plan.Event, error) {
	pattern, err := files.Under(p.Workspace.Dir, written)
	if err != nil {
		return nil, source.Errorf(loc, "events %q: %w", written, err)
	}
	if named := path.Join(p.Workspace.Dir, written); p.Workspace.Files[named].Kind == files.Regular {
		pattern = files.Exactly(named)
	}
	var names, responses []string
	for _, name := range p.Workspace.Files.Existing() {
		matched, err := files.Matches([]string{pattern}, name)
		switch {
		case err != nil:
			return nil, source.Errorf(loc, "events %q: %w", written, err)
		case matched && strings.HasSuffix(name, responseSuffix):
			responses = append(responses, name)
		case matched:
			names = append(names, name)
		}
	}
	for _, response := range responses {
		if !slices.ContainsFunc(names, func(name string) bool { return responseOf(name) == response }) {
			if err := p.hiddenEvent(pattern, func(name string) bool { return responseOf(name) == response }); err != nil {
				return nil, err
			}
			return nil, source.Errorf(loc, "events %q: %s is the response to no event: name it after one, or remove it", written, response)
		}
	}
	if len(names) == 0 {
		if err := p.hiddenEvent(pattern, func(string) bool { return true }); err != nil {
			return nil, err
		}
		return nil, source.Errorf(loc, "events %q match no file in the build context: correct the pattern (it is relative to %s), and check that .dockerignore does not hide them", written, folderName(p.Workspace.Dir))
	}
	events := make([]plan.Event, len(names))
	var errs []error
	for i, name := range names {
		events[i].Path = name
		errs = append(errs, p.checkJSON(name))
		errs = append(errs, p.Workspace.refuse(responseOf(name), "the response expected to "+name))
		if response := responseOf(name); p.Workspace.Files[response].Kind == files.Regular {
			events[i].Response = response
			errs = append(errs, p.checkJSON(response))
		}
	}
	return events, errors.Join(errs...)
}

// Unpaired gives the patterns that match no event, or a response without its
// event: an ignore file may hide that.
func Unpaired(patterns, matched []string) ([]string, error) {
	var unpaired []string
	for _, pattern := range patterns {
		matches, err := files.Matcher([]string{pattern})
		if err != nil {
			return nil, err
		}
		event, alone := false, false
		for _, name := range matched {
			switch ok, err := matches(name); {
			case err != nil:
				return nil, err
			case !ok:
			case !strings.HasSuffix(name, responseSuffix):
				event = true
			case !slices.ContainsFunc(matched, func(event string) bool { return responseOf(event) == name }):
				alone = true
			}
		}
		if !event || alone {
			unpaired = append(unpaired, pattern)
		}
	}
	return unpaired, nil
}

// hiddenEvent refuses a pattern when an ignore file hides an event that it matches
// and that counts.
func (p *planning) hiddenEvent(pattern string, counts func(name string) bool) error {
	for _, name := range slices.Sorted(maps.Keys(p.Workspace.Files)) {
		matched, err := files.Matches([]string{pattern}, name)
		if err != nil || !matched || strings.HasSuffix(name, responseSuffix) || !counts(name) {
			continue
		}
		dir := path.Dir(name)
		if err := p.Workspace.refuse(name, "an event of the test", dir, dir+everything); err != nil {
			return err
		}
	}
	return nil
}

// checkJSON refuses a file that holds something else.
func (p *planning) checkJSON(name string) error {
	data, _ := p.Workspace.Files.Data(name)
	var value any
	err := json.Unmarshal(data, &value)
	if err == nil {
		return nil
	}
	offset := int64(len(data))
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	line := 1 + bytes.Count(data[:offset], []byte("\n"))
	return source.Errorf(plan.Location{File: name, Line: line, EndLine: line}, "the file is not JSON (%w): correct it", err)
}
