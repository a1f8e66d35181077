//go:build !linux

package invoke

import (
	"context"
	"errors"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// errNoOverlay is why only a Docker engine runs images on this system.
var errNoOverlay = errors.New("this system has no overlay filesystem")

func unpackLayer(context.Context, string, v1.Layer) error { return errNoOverlay }

func mountLayers([]string, string) error { return errNoOverlay }

func unmountLayers(string) error { return errNoOverlay }
