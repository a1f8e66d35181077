package solve

import (
	"errors"
	"fmt"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The outputs are those of the docker command.
func TestNoEngine(t *testing.T) {
	t.Parallel()
	const archive = "in place of --load give -o type=oci,dest=image.tar, which `uvlambda invoke image.tar` runs"
	failed := errors.New("exit status 1")
	tests := []struct {
		err       error
		out, want string
	}{
		{failed, "Client:\n Version: 28.2\n\nCannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
			"the image cannot be loaded, since no Docker engine answers (Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?): start it, or " + archive},
		{failed, "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock\n",
			"the image cannot be loaded, since the Docker engine refuses you (permission denied): join its group with `sudo usermod -aG docker $USER` and log in again, or " + archive},
		{fmt.Errorf("exec: %w", exec.ErrNotFound), "",
			"the image cannot be loaded, since the docker command is not installed: install it, or " + archive},
		{failed, "", "the image cannot be loaded, since no Docker engine answers (exit status 1): start it, or " + archive},
	}
	for _, test := range tests {
		assert.EqualError(t, noEngine(test.err, []byte(test.out)), test.want)
	}
}
