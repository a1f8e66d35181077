package project

// uvIdleKeys change nothing of a build.
func uvIdleKeys() []UVKey {
	const (
		download = "The Python is the base's, and none is downloaded."
		publish  = "Nothing is published."
		host     = "Each build step says for itself how it uses the builder."
		lockOnly = "`--target lock` reads it as `uv lock` does. A build installs what the lock has."
		isolated = "Each package is built in an environment of its own, with what `[build-system]` requires. Name what is missing there in `extra-build-dependencies`."
	)
	return []UVKey{
		{Name: "add-bounds", Types: []UVType{UVString}, Doc: "A build adds no dependency.", Example: `add-bounds = "major"`},
		{Name: "audit", Types: []UVType{UVTable}, Since: "0.11.3", Doc: "A build runs no `uv audit`.", Example: `audit = { ignore = ["PYSEC-2026-1"] }`},
		{Name: "cache-dir", Types: []UVType{UVString}, Doc: "The steps share a cache of the builder.", Example: `cache-dir = ".uv-cache"`},
		{
			Name: "cache-keys", Types: []UVType{UVArray},
			Doc: "A package of the repository is built again when a file changes that its build is given, and not otherwise.", Example: `cache-keys = [{ file = "pyproject.toml" }]`,
		},
		{Name: "check-url", Types: []UVType{UVString}, Doc: publish, Example: `check-url = "https://packages.example.com/simple"`},
		{Name: "compile-bytecode", Types: []UVType{UVBoolean}, Doc: "`compile-bytecode` of `[tool.uvlambda]` says it for the function.", Example: `compile-bytecode = true`},
		{Name: "concurrent-builds", Types: []UVType{UVInteger}, Doc: host, Example: `concurrent-builds = 1`},
		{Name: "concurrent-downloads", Types: []UVType{UVInteger}, Doc: host, Example: `concurrent-downloads = 4`},
		{Name: "concurrent-installs", Types: []UVType{UVInteger}, Doc: host, Example: `concurrent-installs = 4`},
		{Name: "graalpy-install-mirror", Types: []UVType{UVString}, Since: "0.12.24", Doc: download, Example: `graalpy-install-mirror = "https://mirror.example.com/graalpy"`},
		{Name: "link-mode", Types: []UVType{UVString}, Doc: "Layers hold copies.", Example: `link-mode = "hardlink"`},
		{Name: "no-build-isolation", Types: []UVType{UVBoolean}, Doc: isolated, Example: `no-build-isolation = true`},
		{Name: "no-build-isolation-package", Types: []UVType{UVArray}, Doc: isolated, Example: `no-build-isolation-package = ["docopt"]`},
		{Name: "no-cache", Types: []UVType{UVBoolean}, Doc: "`--no-cache` of the build runs all steps again.", Example: `no-cache = true`},
		{
			Name: "offline", Types: []UVType{UVBoolean},
			Doc: "The steps fetch what the builder's cache does not have, `--target lock` too.", Example: `offline = true`,
		},
		{Name: "pip", Types: []UVType{UVTable}, Doc: "Read by `uv pip` on a person's machine only.", Example: `pip = { generate-hashes = true }`},
		{Name: "publish-url", Types: []UVType{UVString}, Doc: publish, Example: `publish-url = "https://packages.example.com/upload"`},
		{Name: "pyodide-install-mirror", Types: []UVType{UVString}, Since: "0.12.24", Doc: download, Example: `pyodide-install-mirror = "https://mirror.example.com/pyodide"`},
		{Name: "pypy-install-mirror", Types: []UVType{UVString}, Doc: download, Example: `pypy-install-mirror = "https://mirror.example.com/pypy"`},
		{Name: "python-downloads", Types: []UVType{UVString}, Doc: download, Example: `python-downloads = "manual"`},
		{Name: "python-downloads-json-url", Types: []UVType{UVString}, Doc: download, Example: `python-downloads-json-url = "https://mirror.example.com/python.json"`},
		{Name: "python-install-mirror", Types: []UVType{UVString}, Doc: download, Example: `python-install-mirror = "https://mirror.example.com/python"`},
		{Name: "python-preference", Types: []UVType{UVString}, Doc: download, Example: `python-preference = "only-managed"`},
		{Name: "reinstall", Types: []UVType{UVBoolean}, Doc: "Each step installs into an empty folder.", Example: `reinstall = true`},
		{Name: "reinstall-package", Types: []UVType{UVArray}, Doc: "Each step installs into an empty folder.", Example: `reinstall-package = ["docopt"]`},
		{Name: "torch-backend", Types: []UVType{UVString}, Since: "0.9.18", Doc: "Read by `uv pip` on a person's machine only. Name PyTorch's index in `index` and `sources`.", Example: `torch-backend = "cpu"`},
		{Name: "trusted-publishing", Types: []UVType{UVString}, Doc: publish, Example: `trusted-publishing = "always"`},
		{Name: "upgrade", Types: []UVType{UVBoolean}, Doc: lockOnly, Example: `upgrade = true`},
		{Name: "upgrade-package", Types: []UVType{UVArray}, Doc: lockOnly, Example: `upgrade-package = ["six"]`},
	}
}
