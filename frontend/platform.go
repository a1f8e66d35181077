package frontend

import (
	"github.com/moby/buildkit/frontend/dockerui"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// architectures are Lambda's names of what OCI calls otherwise.
var architectures = map[string]string{"x86_64": "amd64", "arm64": "arm64"}

// targetPlatforms are the client's, else the spec's, else the builder's own. A
// lock is for all platforms, and made once.
func targetPlatforms(c *dockerui.Client, s *spec.Spec, output plan.Output) []ocispecs.Platform {
	switch {
	case output == plan.OutputLock:
		return c.BuildPlatforms[:1]
	case len(c.TargetPlatforms) > 0:
		return c.TargetPlatforms
	case s.Architecture != "":
		return []ocispecs.Platform{{OS: "linux", Architecture: architectures[s.Architecture]}}
	default:
		return c.BuildPlatforms[:1]
	}
}
