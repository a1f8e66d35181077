package spec

import (
	"slices"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
)

// Type is the TOML type of a key's value.
type Type string

// The types of keys.
const (
	String   Type = "string"
	Boolean  Type = "boolean"
	Integer  Type = "integer"
	Strings  Type = "array of strings"
	Includes Type = "array of strings and { image, from, to } tables"
	Image    Type = "string or { dockerfile, target } table"
	Table    Type = "table of strings"
	Tables   Type = "table of tables with these keys"
	Group    Type = "table"
)

// Key describes a key of the table. The reader, the schema and the reference
// page all go by these descriptions.
type Key struct {
	Name string
	Type Type
	// Doc says in one sentence what the key is for.
	Doc string
	// Default says what holds when the key is absent. A value, where it is one,
	// ends at the first colon.
	Default string
	// Example is how the key may stand below the header of its table, or lines
	// with a header of their own.
	Example string
	// Values are all that the key may have, when they can be listed.
	Values []string
	// Minimum and Maximum are the limits of an Integer.
	Minimum, Maximum int
	// Keys are the keys of a Group.
	Keys []Key

	read func(t *source.Table, s *Spec)
}

// Keys describes all keys of the table, in the order of the reference page.
// The functions are last, since they inherit the keys that are read before.
func Keys() []Key {
	return slices.Concat(functionKeys(), contentKeys(), imageKeys(), startKeys(), buildKeys(), []Key{slimKey(), testKey(), checkKey(), {
		Name: functionsKey, Type: Tables,
		Doc:     "The functions, when there are several, by name, at most 1000. Each has the keys of this table, over the values given here; env, labels, slim, test and check are merged entry by entry.",
		Default: "none: this table is the function",
		Example: `[tool.uvlambda.functions.orders]
handler = "orders.handler"

[tool.uvlambda.functions.receipts]
handler = "receipts.handler"
groups = ["pdf"]`,
		read: readFunctions,
	}})
}

// functionKeys are the keys of the handler, its Python and its platform.
func functionKeys() []Key {
	return []Key{
		{
			Name: "handler", Type: String,
			Doc:     "The function that Lambda calls, as MODULE.FUNCTION.",
			Default: "the handler found under one of the usual names",
			Example: `handler = "app.main.handler"`,
			read:    readHandler,
		},
		{
			Name: "package", Type: String,
			Doc:     "The member of the workspace to build.",
			Default: "the project of the pyproject.toml itself",
			Example: `package = "orders"`,
			read:    func(t *source.Table, s *Spec) { s.Package = readString(t, "package", checkName) },
		},
		{
			Name: "python", Type: String, Values: pythonVersions(project.Runtimes()),
			Doc:     "The Python version, as MAJOR.MINOR. 3.15 is a preview, on AWS's image 3.15-preview: a function gets it only when this key or .python-version names it.",
			Default: "the version in .python-version, else the newest Lambda runtime that requires-python allows and uv.lock has wheels for",
			Example: `python = "3.13"`,
			read:    func(t *source.Table, s *Spec) { s.Python = readString(t, "python", checkPython) },
		},
		{
			Name: "architecture", Type: String, Values: architectures(),
			Doc:     "The architecture to build for when no --platform is given.",
			Default: "the builder's",
			Example: `architecture = "arm64"`,
			read:    func(t *source.Table, s *Spec) { s.Architecture = readString(t, "architecture", checkArchitecture) },
		},
	}
}

// contentKeys say what goes into the task root.
func contentKeys() []Key {
	return []Key{
		{
			Name: "include", Type: Includes,
			Doc: "Files and folders to copy beside the handler's own top-level package or module, and where they go below the task root. Each is a name, not a pattern, relative to the build file's folder. It may lead above that, as in \"../../shared/utils.py\", but not out of the build context, and such a file or folder is copied to the task root by its own name. A symbolic link in them to another place of the build context becomes a copy of that place. " +
				"With image, from is a path in that image, of the function's architecture: an extension, a web adapter, a model. to may also be absolute, below " + placeList() + ". It is the name that a file gets, or with a slash at its end the folder that the file goes into; of a folder, the content goes there. An archive has the files below /opt in a layer of its own, and cannot have files of the other absolute places.",
			Default: "none: only the handler's own",
			Example: `include = [
    "templates",
    { from = "config/prod.toml", to = "config.toml" },
    { image = "registry.example.com/web-adapter:1", from = "/lambda-adapter", to = "/opt/extensions/" },
]`,
			read: func(t *source.Table, s *Spec) { s.Include = readIncludes(t) },
		},
		{
			Name: "exclude", Type: Strings,
			Doc:     "Patterns of files that are not copied, as in .dockerignore, relative to the build file's folder. A pattern that matches a path which `include` or the handler names, or a folder above it, does not count for that path.",
			Default: "none",
			Example: `exclude = ["**/*.md", "!templates/*.md"]`,
			read:    func(t *source.Table, s *Spec) { s.Exclude = readStrings(t, "exclude", checkPattern) },
		},
		{
			Name: "groups", Type: Strings,
			Doc:     "The dependency groups to install.",
			Default: "none, not even default groups",
			Example: `groups = ["prod"]`,
			read:    func(t *source.Table, s *Spec) { s.Groups = readStrings(t, "groups", checkName) },
		},
		{
			Name: "extras", Type: Strings,
			Doc:     "The extras of the package to install.",
			Default: "none",
			Example: `extras = ["postgres"]`,
			read:    func(t *source.Table, s *Spec) { s.Extras = readStrings(t, "extras", checkName) },
		},
	}
}

// imageKeys say what surrounds the task root.
func imageKeys() []Key {
	return []Key{
		{
			Name: "env", Type: Table,
			Doc:     "Environment variables of the function.",
			Default: "the base image's",
			Example: `env = { LOG_LEVEL = "info" }`,
			read:    func(t *source.Table, s *Spec) { s.Env = merged(s.Env, readEnv(t)) },
		},
		{
			Name: "labels", Type: Table,
			Doc:     "Labels of the image.",
			Default: "those that the project's metadata gives",
			Example: `labels = { team = "payments" }`,
			read:    func(t *source.Table, s *Spec) { s.Labels = merged(s.Labels, readLabels(t)) },
		},
		baseKey(),
	}
}

// buildKeys say how the build is done.
func buildKeys() []Key {
	return []Key{
		{
			Name: "builder", Type: String,
			Doc:     "The image in which packages are built from source, when that takes a compiler: one with the base's Python at the same path, such as SAM's build images. Nothing of it ships. What is built there may have native code for the target's architecture, also by emulation when the builder has it, and the libraries that it loads have to be in the base.",
			Default: "the base image: packages with native code need a wheel",
			Example: `builder = "public.ecr.aws/sam/build-python3.13:1.146.0"`,
			read:    func(t *source.Table, s *Spec) { s.Builder = readString(t, "builder", checkImage) },
		},
		{
			Name: "uv", Type: String,
			Doc:     "The version of uv, or an image that holds the binary at /uv.",
			Default: "the version that required-version pins, else a tested one",
			Example: `uv = "0.9.26"`,
			read:    func(t *source.Table, s *Spec) { s.UV = readString(t, "uv", checkUV) },
		},
		{
			Name: "compile-bytecode", Type: Boolean,
			Doc:     "Whether the modules of packages and members are compiled ahead of the first start. The application's modules are not: Python compiles them on import.",
			Default: "true",
			Example: `compile-bytecode = false`,
			read:    func(t *source.Table, s *Spec) { s.CompileBytecode, _ = t.Bool("compile-bytecode") },
		},
		{
			Name: "lock", Type: String, Values: []string{LockChecked, LockUnchecked},
			Doc:     "Whether a uv.lock that no longer matches pyproject.toml fails the build.",
			Default: LockChecked,
			Example: `lock = "unchecked"`,
			read:    func(t *source.Table, s *Spec) { s.Lock = readString(t, "lock", checkLock) },
		},
	}
}

func keyNames(keys []Key) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.Name
	}
	return names
}
