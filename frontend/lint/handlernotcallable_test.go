package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestHandlerNotCallable(t *testing.T) {
	t.Parallel()
	const remedy = ": define it as def handler(event, context)"
	coroutine := []string{"app.py:1: handler is a coroutine, which Lambda's runtime does not await" + remedy}
	tests := map[string][]string{
		// What can be called with two arguments.
		"def handler(event, context): ...":                                                  nil,
		"def handler(event, context=None, *, debug=False, **more): ...":                     nil,
		"def handler(*args): ...":                                                           nil,
		"def handler(event, /, context): ...":                                               nil,
		"def handler(\n    event: dict[str, int],  # one, two, three\n    context,\n): ...": nil,
		"def handler(event, context=\"a)b\", other=(1, 2)): ...":                            nil,
		// Other ways to define it, and ways that can't be followed.
		"handler = Mangum(app)":                               nil,
		"handler: Callable = build()":                         nil,
		"first, handler = build()":                            nil,
		"class handler: ...":                                  nil,
		"from boto3 import handler":                           nil,
		"from boto3 import (\n    app,\n    handler,\n)":      nil,
		"from boto3 import entry as handler":                  nil,
		"try:\n    from boto3 import handler\nexcept E: pass": nil,
		"from boto3 import *":                                 nil,
		"globals()[name] = f":                                 nil,
		"@wrap\ndef handler(): ...":                           nil,
		"@wrap(\n    1,\n)\nasync def handler(event): ...":    nil,
		"async def handler(): ...\nhandler = adapt(handler)":  nil,
		"(handler, other), *rest = build()":                   nil,
		"if (handler := build()): pass":                       nil,
		"for handler in build(): pass":                        nil,
		"with build() as handler: pass":                       nil,
		"match build():\n    case handler: pass":              nil,
		"if x:\n    def handler(): ...":                       nil,
		"def start():\n    global handler\n    handler = 1":   nil,
		// What fails.
		"async def handler(event, context): ...":     coroutine,
		"async def handler(event, context):\r\n ...": coroutine,
		"import os\n\n\ndef handler(event): ...":     {"app.py:4: handler takes fewer arguments than the two that Lambda passes" + remedy},
		"def handler(): ...":                         {"app.py:1: handler takes fewer arguments than the two that Lambda passes" + remedy},
		"def handler(event, context, db): ...":       {"app.py:1: handler needs more arguments than the two that Lambda passes" + remedy},
		"def handler(event, context, *, db): ...":    {"app.py:1: handler has to be given db by name, and Lambda gives no names" + remedy},
		"def handler(event, *, context): ...":        {"app.py:1: handler has to be given context by name, and Lambda gives no names" + remedy},
	}
	for module, want := range tests {
		assert.Equal(t, want, messages(t, table(`handler = "app.handler"`, "-- app.py --\n"+module+"\n")), module)
	}
}

// The module is read where an include puts it, and not where it is unknown.
func TestHandlerNotCallableElsewhere(t *testing.T) {
	t.Parallel()
	included := table("handler = \"lib.api.handler\"\ninclude = [{ from = \"code\", to = \"lib\" }]", "-- code/api.py --\nasync def handler(event, context): ...\n")
	assert.Equal(t, []string{"code/api.py:1: handler is a coroutine, which Lambda's runtime does not await: define it as def handler(event, context)"}, messages(t, included))
}

// The rule looks at whatever is made of the function; a layer does not hold it.
func TestHandlerNotCallableInArchives(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]int{"zip": 1, "app": 1, "dir": 1, "test": 1} {
		e := table(`handler = "app.handler"`, "-- app.py --\nasync def handler(event, context): ...\n")
		e.Flags = "--target " + target
		found, err := checkExample(t, e, lint.Options{Skip: []string{"TestSkipped"}})
		require.NoError(t, err)
		assert.Len(t, found, want, target)
	}
}
