package spec

import (
	"slices"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// slimName is the table that leaves files out of the dependencies.
const slimName = "slim"

// Ways to make dependencies smaller, in the order they are applied.
const (
	SlimTests    = "tests"
	SlimStubs    = "stubs"
	SlimDistInfo = "dist-info"
	SlimBoto3    = "boto3"
	SlimStrip    = "strip"
)

// slimKey is the table slim as a key of [tool.uvlambda].
func slimKey() Key {
	return Key{
		Name: slimName, Type: Group, Keys: slimKeys(),
		Doc:     "What to leave out of the third-party packages.",
		Default: "nothing is left out",
		Example: "[tool.uvlambda.slim]\ntests = true\nstubs = true",
		read:    func(t *source.Table, s *Spec) { readGroup(t, s, slimName, slimKeys()) },
	}
}

// slimKeys are the keys of the table.
func slimKeys() []Key {
	return []Key{
		slimSwitch(SlimTests, "Whether folders named test or tests are left out."),
		slimSwitch(SlimStubs, "Whether type stubs (*.pyi and py.typed) are left out."),
		slimSwitch(SlimDistInfo, "Whether *.dist-info folders keep only METADATA, entry_points.txt and RECORD. Licence files are among what goes."),
		slimSwitch(SlimBoto3, "Whether boto3, botocore and s3transfer are left out, so that the runtime's own are used."),
		slimSwitch(SlimStrip, "Whether native libraries lose their symbols, where the builder's image has strip. Those that strip would break stay as they are."),
	}
}

// slimSwitch is a key that turns one way on.
func slimSwitch(name, doc string) Key {
	return Key{
		Name: name, Type: Boolean, Doc: doc, Default: "false", Example: name + " = true",
		read: func(t *source.Table, s *Spec) {
			on, _ := t.Bool(slimName, name)
			s.Slim = slices.DeleteFunc(slices.Clone(s.Slim), func(n string) bool { return n == name })
			if on {
				s.Slim = append(s.Slim, name)
			}
		},
	}
}
