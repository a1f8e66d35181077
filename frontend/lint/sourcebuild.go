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
		Why: "A source distribution is built by the build backend that it names and with build requirements that no lock pins, which takes time. Pure Python packages work. Native code fails, " +
			"since the Lambda base has no compiler.\n\n" +
			"Depend on a version that has a wheel, or publish one to an index of your own. For native code that has no wheel anywhere, name an image with a compiler and the base's Python by the key `builder`, such as `public.ecr.aws/sam/build-python3.13`: " +
			"the packages of the lock that have no wheel are then built in it, for the target's architecture when the machine runs that, by itself or by emulation. " +
			"Nothing of this image ships, and a package that loads a library which the base lacks is an error. The warning stays, as what is built is pinned by nothing: leave the rule out when that is wanted. A package that `no-binary` or `no-binary-package` of `[tool.uv]` names is not warned of.",
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
