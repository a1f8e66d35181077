//go:build !linux

package emulate

import (
	"context"
	"errors"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// mount is not possible on this system, where only a Docker engine runs images.
func (*Layers) mount(context.Context, v1.Image, string, string) (func() error, error) {
	return nothing, errors.New("this system has no overlay filesystem")
}
