//go:build !linux

package rootless

import (
	"context"
	"errors"
)

// Run is for Linux only: elsewhere a Docker engine runs functions.
func Run(context.Context) error {
	return errors.New("this system runs no containers by itself: start docker")
}
