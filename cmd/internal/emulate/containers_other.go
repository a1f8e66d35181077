//go:build !linux

package emulate

import (
	"errors"
	"os"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// containerFolder is not needed on this system, where runc runs nothing.
func containerFolder() (*os.File, error) {
	return nil, errors.New("this system runs no containers")
}

// seccompProfile is none on this system.
func seccompProfile(*specs.Spec) *specs.LinuxSeccomp { return nil }
