package planner

import (
	"errors"
	"path"

	"github.com/uvlambda/uvlambda/frontend/python"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// module reads a file of the context as a Python module. It gives nil for a
// file that was not read. Its error is a source error.
func (w *Workspace) module(file string) (*python.Module, error) {
	if read, ok := w.modules.Load(file); ok {
		return read.(readModule).module, read.(readModule).err
	}
	data, ok := w.Files.Content(file)
	if !ok {
		return nil, nil
	}
	m, err := parseModule(file, data)
	w.modules.Store(file, readModule{m, err})
	return m, err
}

// readModule is what was read of a file.
type readModule struct {
	module *python.Module
	err    error
}

// parseModule reads the source of a module, nil when it is not Python.
func parseModule(file string, data []byte) (*python.Module, error) {
	m, err := python.Parse(data)
	if syntax, ok := errors.AsType[*python.SyntaxError](err); ok {
		at := plan.Location{File: file, Line: syntax.At.Line, EndLine: syntax.At.Line}
		return nil, source.Errorf(at, "%s is not Python: %s: correct the line", path.Base(file), syntax.Message).Of(RuleHandlerNotCallable)
	}
	return m, err
}

// readHandler reads the handler's module, and refuses one that Python cannot
// import or that surely does not have the function.
func (p *planning) readHandler(h found) (err error) {
	if p.handlerFile == "" {
		return nil
	}
	if p.module, err = p.Workspace.module(p.handlerFile); err != nil || p.module == nil {
		return err
	}
	_, function := moduleOf(h.handler)
	if p.module.Dynamic || p.module.Defines(function) {
		return nil
	}
	remedy := "define it there, or correct the handler"
	if near, ok := suggest.Nearest(function, p.module.Names()); ok {
		remedy = "did you mean " + near + "?"
	}
	return source.Errorf(p.Spec.Locate("handler"), "%s defines no %s: %s", p.handlerFile, function, remedy).Of(RuleHandlerNotCallable)
}

// definesFunction tells whether a name of a module can be a function: a class
// and an imported module are none.
func definesFunction(m *python.Module, name string) bool {
	for _, b := range m.Bound(name) {
		switch b.Kind {
		case python.Defined, python.Imported, python.Assigned:
			return m.Defines(name)
		}
	}
	return false
}
