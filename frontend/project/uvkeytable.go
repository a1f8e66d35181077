package project

// uvResolutionKeys say what uv.lock is made of.
func uvResolutionKeys() []UVKey {
	return []UVKey{
		{
			Name: "build-constraint-dependencies", Types: []UVType{UVArray}, Use: UVLocks | UVInstalls,
			Doc:     "Bounds the versions of what packages are built with, in each step that builds one.",
			Example: `build-constraint-dependencies = ["setuptools<80"]`,
		},
		{
			Name: "conflicts", Types: []UVType{UVArray}, Use: UVPlans | UVLocks,
			Doc:     "`extras` and `groups` of a function that exclude one another are an error with its line. Of several versions in the lock, each function gets the one of its choice.",
			Example: `conflicts = [[{ extra = "cpu" }, { extra = "gpu" }]]`,
		},
		{
			Name: "constraint-dependencies", Types: []UVType{UVArray}, Use: UVLocks,
			Doc:     "As for uv: the lock has the versions.",
			Example: `constraint-dependencies = ["six<2"]`,
		},
		{
			Name: "dependency-groups", Types: []UVType{UVTable}, Use: UVLocks,
			Doc:     "As for uv: `requires-python` of a group counts where the lock is made and checked.",
			Example: `dependency-groups = { dev = { requires-python = ">=3.12" } }`,
		},
		{
			Name: "dependency-metadata", Types: []UVType{UVArray}, Use: UVLocks | UVInstalls,
			Doc:     "As for uv: what the entry says of a package counts in place of the package's own metadata.",
			Example: "[[tool.uv.dependency-metadata]]\nname = \"docopt\"\nversion = \"0.6.2\"\nrequires-dist = []",
		},
		{
			Name: "environments", Types: []UVType{UVArray, UVString}, Use: UVPlans | UVLocks,
			Doc:     "A target that the lock leaves out is an error with this line, since uv would install nothing for it.",
			Example: `environments = ["sys_platform == 'linux'"]`,
		},
		{
			Name: "exclude-dependencies", Types: []UVType{UVArray}, Since: "0.9.8", Use: UVLocks,
			Doc:     "As for uv: the lock does not have the package.",
			Example: `exclude-dependencies = ["colorama"]`,
		},
		{
			Name: "exclude-newer", Types: []UVType{UVString, UVBoolean}, Use: UVLocks | UVInstalls,
			Doc:     "Bounds the dates of locked packages, and of what packages are built with. A span such as `3 days` counts for the lock only, since it means another moment each day.",
			Example: `exclude-newer = "2026-11-01"`,
		},
		{
			Name: "exclude-newer-package", Types: []UVType{UVTable}, Use: UVLocks | UVInstalls,
			Doc:     "As `exclude-newer`, for one package. `false` reaches the steps that build from uv " + falseSince + " on.",
			Example: `exclude-newer-package = { setuptools = "2026-10-01" }`,
		},
		{
			Name: "fork-strategy", Types: []UVType{UVString}, Use: UVLocks,
			Doc:     "As for uv: the lock has the versions.",
			Example: `fork-strategy = "fewest"`,
		},
		{
			Name: "minimum-libc-version", Types: []UVType{UVTable}, Since: "0.12.17", Use: UVLocks,
			Doc:     "As for uv where it locks. Which wheels a function can load is decided by the glibc of its Lambda runtime.",
			Example: `minimum-libc-version = { glibc = "2.34" }`,
		},
		{
			Name: "override-dependencies", Types: []UVType{UVArray}, Use: UVLocks,
			Doc:     "As for uv: the lock has the versions.",
			Example: `override-dependencies = ["six==1.16.0"]`,
		},
		{
			Name: "prerelease", Types: []UVType{UVString}, Use: UVLocks,
			Doc:     "As for uv: the lock has the versions.",
			Example: `prerelease = "allow"`,
		},
		{
			Name: "prerelease-package", Types: []UVType{UVTable}, Since: "0.12.1", Use: UVLocks,
			Doc:     "As for uv: the lock has the versions.",
			Example: `prerelease-package = { six = "allow" }`,
		},
		{
			Name: "preview", Types: []UVType{UVBoolean}, Use: UVLocks,
			Doc:     "As for uv where it locks. A lock without the metadata of its packages is read like any other.",
			Example: `preview = true`,
		},
		{
			Name: "preview-features", Types: []UVType{UVArray, UVBoolean}, Since: "0.11.22", Use: UVLocks,
			Doc:     "As `preview`, feature by feature.",
			Example: `preview-features = ["lock-without-metadata"]`,
		},
		{
			Name: "required-environments", Types: []UVType{UVArray, UVString}, Use: UVLocks,
			Doc:     "As for uv: locking fails for a package without a wheel for one of them.",
			Example: `required-environments = ["sys_platform == 'linux' and platform_machine == 'aarch64'"]`,
		},
		{
			Name: "required-version", Types: []UVType{UVString}, Use: UVPlans | UVLocks,
			Doc:     "An exact version is the uv of the build. A range has to allow the version in `uv` of `[tool.uvlambda]`, or else the default.",
			Example: `required-version = ">=0.8.14"`,
		},
		{
			Name: "resolution", Types: []UVType{UVString}, Use: UVLocks,
			Doc:     "As for uv: the lock has the versions.",
			Example: `resolution = "lowest-direct"`,
		},
	}
}

// uvIndexKeys say where packages come from.
func uvIndexKeys() []UVKey {
	return []UVKey{
		{
			Name: "allow-insecure-host", Types: []UVType{UVArray}, Use: UVLocks | UVInstalls | UVFetches,
			Doc:     "As for uv.",
			Example: `allow-insecure-host = ["packages.example.com"]`,
		},
		{
			Name: "extra-index-url", Types: []UVType{UVArray}, Use: UVPlans | UVLocks | UVInstalls,
			Doc:     "As for uv, for URLs. A password in one is an error.",
			Example: `extra-index-url = ["https://packages.example.com/simple"]`,
		},
		{
			Name: "find-links", Types: []UVType{UVArray}, Use: UVPlans | UVLocks | UVInstalls,
			Doc: "A URL is as for uv. A folder is one of the build context: what the lock has of it is installed from there. It is named by a path relative to pyproject.toml; " +
				"an absolute path or a `file://` URL stands for the folder at its end of which the lock has files. What packages are built with is looked for at URLs only.",
			Example: `find-links = ["./wheels", "https://packages.example.com/wheels"]`,
		},
		{
			Name: "http-proxy", Types: []UVType{UVString}, Since: "0.9.23", Use: UVLocks | UVInstalls | UVFetches,
			Doc:     "As for uv, in the steps that use the network. `--build-arg HTTP_PROXY=…` serves one build.",
			Example: `http-proxy = "http://proxy.example.com:3128"`,
		},
		{
			Name: "https-proxy", Types: []UVType{UVString}, Since: "0.9.23", Use: UVLocks | UVInstalls | UVFetches,
			Doc:     "As `http-proxy`.",
			Example: `https-proxy = "http://proxy.example.com:3128"`,
		},
		{
			Name: "index", Types: []UVType{UVArray}, Use: UVPlans | UVLocks | UVInstalls,
			Doc: "As for uv, for URLs; the index's credentials are build secrets named after it. An index of a member serves that member's sources. " +
				"With `format = \"flat\"`, `url` may be a folder: see `find-links`. `publish-url` is not read.",
			Example: "[[tool.uv.index]]\nname = \"ours\"\nurl = \"https://packages.example.com/simple\"\nexplicit = true",
		},
		{
			Name: "index-strategy", Types: []UVType{UVString}, Use: UVLocks | UVInstalls,
			Doc:     "As for uv: in a build, for what packages are built with.",
			Example: `index-strategy = "unsafe-best-match"`,
		},
		{
			Name: "index-url", Types: []UVType{UVString}, Use: UVPlans | UVLocks | UVInstalls,
			Doc:     "As for uv, for a URL. A password in it is an error.",
			Example: `index-url = "https://packages.example.com/simple"`,
		},
		{
			Name: "keyring-provider", Types: []UVType{UVString}, Use: UVLocks | UVInstalls | UVFetches,
			Doc:     "As for uv, as far as the builder's image has a `keyring` program. Credentials are better passed as build secrets.",
			Example: `keyring-provider = "disabled"`,
		},
		{
			Name: "native-tls", Types: []UVType{UVBoolean}, Use: UVLocks | UVInstalls | UVFetches,
			Doc:     "As for uv: the certificates come from the image that the step runs in, or from `--secret id=ca`.",
			Example: `native-tls = true`,
		},
		{
			Name: "no-index", Types: []UVType{UVBoolean}, Use: UVLocks | UVInstalls,
			Doc:     "As for uv.",
			Example: `no-index = true`,
		},
		{
			Name: "no-proxy", Types: []UVType{UVArray}, Since: "0.9.23", Use: UVLocks | UVInstalls | UVFetches,
			Doc:     "As `http-proxy`.",
			Example: `no-proxy = ["packages.example.com"]`,
		},
		{
			Name: "system-certs", Types: []UVType{UVBoolean}, Since: "0.11.0", Use: UVLocks | UVInstalls | UVFetches,
			Doc:     "As `native-tls`.",
			Example: `system-certs = true`,
		},
	}
}

// uvBuildKeys say what may be built, and how.
func uvBuildKeys() []UVKey {
	return []UVKey{
		{
			Name: "config-settings", Types: []UVType{UVTable}, Use: UVLocks | UVInstalls,
			Doc:     "As for uv: passed to the backend of each package that is built.",
			Example: `config-settings = { editable_mode = "compat" }`,
		},
		{
			Name: "config-settings-package", Types: []UVType{UVTable}, Use: UVLocks | UVInstalls,
			Doc:     "As for uv: passed to the backend of that package.",
			Example: `config-settings-package = { docopt = { editable_mode = "compat" } }`,
		},
		{
			Name: "extra-build-dependencies", Types: []UVType{UVTable}, Use: UVPlans | UVLocks | UVInstalls,
			Doc:     "As for uv. With `match-runtime = true` the version is the one that the function gets, of members too.",
			Example: `extra-build-dependencies = { docopt = ["setuptools"] }`,
		},
		{
			Name: "extra-build-variables", Types: []UVType{UVTable}, Use: UVLocks | UVInstalls,
			Doc:     "As for uv: variables of that package's build.",
			Example: `extra-build-variables = { docopt = { MODE = "release" } }`,
		},
		{
			Name: "no-binary", Types: []UVType{UVBoolean}, Use: UVPlans | UVLocks | UVInstalls,
			Doc:     "As for uv: all packages are built from source, each of which has to have one.",
			Example: `no-binary = true`,
		},
		{
			Name: "no-binary-package", Types: []UVType{UVArray}, Use: UVPlans | UVLocks | UVInstalls,
			Doc:     "As for uv: these packages are built from source.",
			Example: `no-binary-package = ["docopt"]`,
		},
		{
			Name: "no-build", Types: []UVType{UVBoolean}, Use: UVPlans | UVLocks | UVInstalls,
			Doc:     "A package of an index without a wheel for the target is an error, with the line that asks for it. Packages of the repository are built all the same, as uv does.",
			Example: `no-build = true`,
		},
		{
			Name: "no-build-package", Types: []UVType{UVArray}, Use: UVPlans | UVLocks | UVInstalls,
			Doc:     "As `no-build`, for these packages.",
			Example: `no-build-package = ["docopt"]`,
		},
		{
			Name: "no-sources", Types: []UVType{UVBoolean}, Use: UVLocks | UVInstalls,
			Doc:     "As for uv: `sources` counts neither for the lock nor for what packages are built with.",
			Example: `no-sources = true`,
		},
		{
			Name: "no-sources-package", Types: []UVType{UVArray}, Since: "0.9.26", Use: UVLocks | UVInstalls,
			Doc:     "As `no-sources`, for these packages.",
			Example: `no-sources-package = ["six"]`,
		},
		{
			Name: "require-build-hashes", Types: []UVType{UVBoolean}, Since: "0.13.0", Use: UVLocks | UVInstalls,
			Doc:     "As for uv: what a package is built with needs a hash in `build-constraint-dependencies`.",
			Example: `require-build-hashes = true`,
		},
	}
}

// uvWorkspaceKeys say what the project and its workspace are.
func uvWorkspaceKeys() []UVKey {
	return []UVKey{
		{
			Name: "build-backend", Types: []UVType{UVTable}, Use: UVPlans,
			Doc:     "Read where `uv_build` builds the package, from the project's own file; its paths and `module-root` say what the build is given.",
			Example: `build-backend = { module-root = "" }`,
		},
		{
			Name: "default-groups", Types: []UVType{UVArray, UVString}, Use: UVLocks,
			Doc:     "A function has no group that `groups` of `[tool.uvlambda]` does not name: default groups are for development.",
			Example: `default-groups = ["dev"]`, refuse: (*Pyproject).checkDefaultGroups,
		},
		{
			Name: "dev-dependencies", Types: []UVType{UVArray}, Use: UVPlans | UVLocks,
			Doc:     "The group `dev`, together with the group `dev` of `[dependency-groups]`.",
			Example: `dev-dependencies = ["pytest"]`,
		},
		{
			Name: "managed", Types: []UVType{UVBoolean}, Use: UVLocks,
			Doc:     "`false` is an error, since uv locks no such project.",
			Example: `managed = true`, refuse: (*Pyproject).checkManaged,
		},
		{
			Name: "package", Types: []UVType{UVBoolean}, Use: UVPlans | UVLocks,
			Doc:     "As for uv: with `false` the project is not built, and its dependencies and the application files are all there is.",
			Example: `package = false`,
		},
		{
			Name: "sources", Types: []UVType{UVTable}, Use: UVPlans | UVLocks,
			Doc: "As for uv, with markers, extras and groups: workspace members, paths, URLs and indexes. " +
				"The lock says what a function gets; the entries say where to find what packages of the repository are built with.",
			Example: `sources = { helpers = { path = "helpers" } }`,
		},
		{
			Name: "workspace", Types: []UVType{UVTable}, Use: UVPlans | UVLocks,
			Doc:     "As for uv. `package` of `[tool.uvlambda]` names the member that the function is.",
			Example: `workspace = { members = ["packages/*"] }`,
		},
	}
}
