package build

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

func TestNoEngine(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, noEngine(&docker.MissingError{Reason: "the docker command is not installed", Remedy: "install it"}),
		"the image cannot be loaded, since the docker command is not installed: install it, or "+
			"in place of --load give -o type=oci,dest=image.tar, which `uvlambda invoke image.tar` runs")
}
