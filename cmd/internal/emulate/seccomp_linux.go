package emulate

import (
	"github.com/containerd/containerd/v2/contrib/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// seccompProfile is containerd's default, which Docker's is the model of: system
// calls that no function needs are refused.
func seccompProfile(spec *specs.Spec) *specs.LinuxSeccomp { return seccomp.DefaultProfile(spec) }
