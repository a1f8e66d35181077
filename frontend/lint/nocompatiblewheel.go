package lint

import "github.com/uvlambda/uvlambda/frontend/planner"

// noCompatibleWheel is found by the planner.
func noCompatibleWheel() Rule {
	return Rule{
		Name:        planner.RuleNoCompatibleWheel,
		Description: "Each package needs a wheel for the target platform, or a source distribution without native code",
		Mistake:     true,
		Why: "A package whose wheels are all for other platforms or Pythons has native code, which a build for Lambda does not compile. " +
			"`uv.lock` lists all wheels, so this is known before anything is downloaded: the error names each such package, why it is there, " +
			"and the Pythons or platforms that it has wheels for, and which `python` would do. Without `python` and `.python-version`, a build takes the newest Python for which every package can be installed. On Python 3.9 to 3.11, wheels have to be for glibc 2.26 or older; from 3.12 on for 2.34 or older.",
		Bad:  Example{Files: wheelExample("macosx_11_0_arm64")},
		Good: Example{Files: wheelExample("manylinux_2_28_x86_64")},
	}
}

// wheelExample is a function with a package that has one wheel.
func wheelExample(platform string) string {
	return `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"
dependencies = ["fast-json"]

[tool.uvlambda]
handler = "app.handler"
python = "3.13"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "fast-json"
version = "2.1.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [
    { url = "https://packages.example.com/fast_json-2.1.0-cp313-cp313-` + platform + `.whl", hash = "sha256:00", size = 412000 },
]

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
dependencies = [{ name = "fast-json" }]

[package.metadata]
requires-dist = [{ name = "fast-json" }]
`
}
