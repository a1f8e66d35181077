package lint

import (
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// sourceBuild finds packages that are built from source.
func sourceBuild() Rule {
	return Rule{
		Name:        "SourceBuild",
		Description: "A package without any wheel is built from source, with what that takes",
		Why: "A source distribution is built on the builder, by the build backend that it names and with build requirements that no lock pins. That takes time, and native code fails: " +
			"the Lambda base has no compiler, and what is built is for the builder's architecture. Pure Python packages work.\n\n" +
			"Depend on a version that has a wheel, or publish one to an index of your own. A package that `no-binary` or `no-binary-package` of `[tool.uv]` names is not warned of.",
		Bad: Example{Files: sourceExample(`sdist = { url = "https://packages.example.com/plain_dist-1.0.0.tar.gz", hash = "sha256:00", size = 9000 }`)},
		Good: Example{Files: sourceExample(`wheels = [
    { url = "https://packages.example.com/plain_dist-1.0.0-py3-none-any.whl", hash = "sha256:00", size = 8000 },
]`)},
		find: findSourceBuilds,
	}
}

func findSourceBuilds(in *Input) []finding {
	// no-binary is left out: whoever sets it knows what it does.
	chosen := in.Workspace.Top.BuildSettings()
	settings := project.BuildSettings{NoBuild: chosen.NoBuild, NoBuildPackage: chosen.NoBuildPackage}
	var all []finding
	for _, p := range in.Origins.Closure.SourceOnly(in.Runtime, in.Platform.Architecture, settings) {
		why, at := in.origin(p)
		all = append(all, finding{
			fmt.Sprintf("%s has no wheel and is built from source (%s): depend on a version that has one, or publish one to an index of your own", p.Name, why), at,
		})
	}
	return all
}

// sourceExample is a function with a package that has these files.
func sourceExample(files string) string { return lockedExample("plain-dist", "1.0.0", files) }
