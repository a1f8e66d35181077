package lint

import "fmt"

// extensionNotExecutable finds extensions that Lambda cannot start.
func extensionNotExecutable() Rule {
	return Rule{
		Name:        "ExtensionNotExecutable",
		Description: "An extension should be a file that can be run",
		Why: "Lambda starts every file of `/opt/extensions` before the function, and a function whose extension cannot be started does not start either. Builds keep the modes of files: set the mode of a file of the project with `chmod +x`, and have git record it with `git update-index --chmod=+x`. " +
			"Only what an extension is started by belongs into that folder; its other files may be elsewhere below `/opt`.\n\n" +
			"A check knows the files of the build context. Files of other images are looked at in a build.",
		Bad:  Example{Files: extensionExample},
		Good: Example{Files: extensionExample, Executable: "extensions/metrics"},
		find: findUnexecutable,
	}
}

func findUnexecutable(in *Input) []finding {
	var all []finding
	for _, e := range in.LocalExtensions() {
		if !e.Executable {
			all = append(all, finding{fmt.Sprintf("%s would be the extension %s, and is no file that can be run: chmod +x %[1]s, or copy it to another place", e.From, e.To), e.At})
		}
	}
	for _, to := range in.Extensions {
		source := in.SourceOf(to)
		all = append(all, finding{fmt.Sprintf("%s, of the image %s, is no file that can be run, so that the function would not start: copy what is no extension to another place", to, source.Image), source.At})
	}
	return all
}

const extensionExample = `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
include = [{ from = "extensions/", to = "/opt/extensions/" }]
-- extensions/metrics --
#!/bin/sh
exec sleep infinity
`
