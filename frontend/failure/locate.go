package failure

import (
	"context"
	"errors"

	"github.com/moby/buildkit/solver/errdefs"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/source"
)

// maxShown is how much of files, in bytes, travels with an error for the
// display of their lines: errors are limited to 16 MiB, in an encoding that
// takes a third more.
const maxShown = 4 << 20

// WithSources adds the lines that an error is about, so that clients show them
// once. Without any, BuildKit would point at the syntax line, which is never
// at fault.
func WithSources(err error, texts *contexts.Texts) error {
	if len(errdefs.Sources(err)) > 0 {
		return err
	}
	located := SourceErrors(err)
	if !errors.Is(err, context.Canceled) {
		// An error of the gateway below would cross it again in the place of
		// all that is said around it: keep the words.
		err = errors.New(err.Error())
	}
	return withExcerpts(err, excerpts(located), texts)
}

// withExcerpts adds what of the excerpts can be shown.
func withExcerpts(err error, shown []excerpt, texts *contexts.Texts) error {
	plain, size := err, 0
	for _, e := range shown {
		info := texts.Info(e.file)
		if info == nil || size+len(info.Data) > maxShown {
			continue
		}
		size += len(info.Data)
		err = errdefs.WithSource(err, &errdefs.Source{Info: info, Ranges: e.ranges})
	}
	if size == 0 {
		return Unlocated(plain)
	}
	return err
}

// Unlocated marks an error that no line is at fault for.
func Unlocated(err error) error { return errdefs.WithSource(err, &errdefs.Source{}) }

// SourceErrors collects the errors with a location below joined errors.
func SourceErrors(err error) []*source.Error {
	switch e := err.(type) { //nolint:errorlint // this walks the tree of wrapped errors itself
	case *source.Error:
		return []*source.Error{e}
	case interface{ Unwrap() []error }:
		var all []*source.Error
		for _, joined := range e.Unwrap() {
			all = append(all, SourceErrors(joined)...)
		}
		return all
	case interface{ Unwrap() error }:
		return SourceErrors(e.Unwrap())
	}
	return nil
}
