package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestMissingLibrary(t *testing.T) {
	t.Parallel()
	const warning = "pyproject.toml:5: vips/_core.cpython-313-x86_64-linux-gnu.so loads libgobject-2.0.so.0, which is not in the base (vips 1.0.0 <- your dependencies, line 5 of pyproject.toml): " +
		"name a `base` that has what it loads, copy that to /opt/lib/ with `include`, or depend on a package without it"
	bad := mustLookup(t, "MissingLibrary").Bad
	for include, want := range map[string][]string{
		``:                                       {warning},
		`"lib"`:                                  nil, // Lambda's loader looks there too
		`"native"`:                               {warning},
		`"lib/other.so"`:                         {warning},
		`{ from = "native/", to = "/opt/lib/" }`: nil,
		`{ from = "native/", to = "/opt/native/" }`:                                                         {warning},
		`{ from = "lib/libgobject-2.0.so.0", to = "/usr/local/lib/" }`:                                      nil,
		`{ from = "lib/other.so", to = "/opt/lib/libgobject-2.0.so.0" }`:                                    nil,
		`{ image = "registry.example.com/glib:1", from = "/usr/lib64", to = "/opt/lib" }`:                   nil,
		`{ image = "registry.example.com/glib:1", from = "/usr/lib64/libglib-2.0.so.0", to = "/opt/lib/" }`: {warning},
		`{ image = "registry.example.com/glib:1", from = "/usr/bin/glib", to = "/opt/bin/" }`:               {warning},
	} {
		e := bad
		e.Files = strings.Replace(bad.Files, "handler = \"app.handler\"\n", "handler = \"app.handler\"\ninclude = [\"app.py\"", 1)
		if include != "" {
			include = ", " + include
		}
		e.Files = strings.Replace(e.Files, "\"app.py\"", "\"app.py\""+include+"]\n", 1) + "-- lib/libgobject-2.0.so.0 --\nx\n-- lib/other.so --\nx\n-- native/libgobject-2.0.so.0 --\nx\n"
		found := slices.DeleteFunc(messages(t, e), func(m string) bool { return !strings.Contains(m, "libgobject-2.0.so.0, which") })
		assert.ElementsMatch(t, want, found, include)
	}
}

func TestSeveralMissingLibraries(t *testing.T) {
	t.Parallel()
	e := mustLookup(t, "MissingLibrary").Bad
	for _, name := range []string{"libglib-2.0.so.0", "libGL.so.1"} {
		e.Libraries = append(e.Libraries, lint.MissingLibrary{Package: "vips", File: "vips/_more.so", Library: name})
	}
	e.Libraries = append(e.Libraries, lint.MissingLibrary{Package: "of-nobody", File: "x.so", Library: "libX11.so.6"})
	found := messages(t, e)
	assert.Len(t, found, 2)
	assert.Contains(t, found[0], "pyproject.toml:5: vips has files such as vips/_core.cpython-313-x86_64-linux-gnu.so that load libgobject-2.0.so.0, libglib-2.0.so.0 and libGL.so.1, "+
		"none of which is in the base (vips 1.0.0 <- your dependencies, line 5 of pyproject.toml): ")
	assert.Contains(t, found[1], "x.so loads libX11.so.6, which is not in the base (of-nobody): ")
}
