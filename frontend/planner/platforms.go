package planner

import (
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// Platforms are the platforms to build for: those that a client asks for, else
// the spec's, else the builder's own. A lock is for all platforms, and made once.
func Platforms(asked, own []ocispecs.Platform, s *spec.Spec, output plan.Output) []ocispecs.Platform {
	switch {
	case output == plan.OutputLock:
		return own[:1]
	case len(asked) > 0:
		return asked
	case s.Architecture != "":
		return []ocispecs.Platform{{OS: "linux", Architecture: plan.ArchitectureOfLambda(s.Architecture).OCI}}
	default:
		return own
	}
}
