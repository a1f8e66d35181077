package lint

// lockedExample is a function whose lock has one package, with these files.
func lockedExample(name, version, files string) string {
	return `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"
dependencies = ["` + name + `"]

[tool.uvlambda]
handler = "app.handler"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
dependencies = [{ name = "` + name + `" }]

[package.metadata]
requires-dist = [{ name = "` + name + `" }]

[[package]]
name = "` + name + `"
version = "` + version + `"
source = { registry = "https://packages.example.com/simple" }
` + files + "\n"
}
