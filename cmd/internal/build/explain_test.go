package build

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The reasons are BuildKit's words for what real registries answer.
func TestExplainPush(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ err, want string }{
		"no login": {
			"failed to solve: failed to push registry.example.com/shop/hello:1: unexpected status from HEAD request to https://registry.example.com/v2/: 401 Unauthorized",
			"pushing registry.example.com/shop/hello:1: the registry refuses it (unexpected status from HEAD request to https://registry.example.com/v2/: 401 Unauthorized): " +
				"log in with `docker login registry.example.com`, and check that you may write to the repository",
		},
		"Docker Hub": {
			"failed to push shop/hello: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
			"pushing shop/hello: the registry refuses it (push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed): " +
				"log in with `docker login`, and check that you may write to the repository",
		},
		"ECR": {
			"failed to push 1.dkr.ecr.eu-west-1.amazonaws.com/hello:1: no basic auth credentials",
			"pushing 1.dkr.ecr.eu-west-1.amazonaws.com/hello:1: the registry refuses it (no basic auth credentials): log in with " +
				"`aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com`, and check that you may write to the repository",
		},
		"ECR without the repository": {
			"failed to push 1.dkr.ecr.eu-west-1.amazonaws.com/hello:1: name unknown: The repository with name 'hello' does not exist",
			"pushing 1.dkr.ecr.eu-west-1.amazonaws.com/hello:1: the registry has no such repository (name unknown: The repository with name 'hello' does not exist): create it there first",
		},
		"another reason": {"failed to push localhost:5000/a: connection refused", "pushing localhost:5000/a failed: connection refused"},
		"no push":        {"401 Unauthorized", "401 Unauthorized"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.EqualError(t, Daemon{}.explain(t.Context(), nil, errors.New(test.err)), test.want)
		})
	}
}

func TestRegistryOf(t *testing.T) {
	t.Parallel()
	for reference, want := range map[string]string{
		"hello": "", "shop/hello": "", "localhost/hello": "localhost", "127.0.0.1:5000/a/b:1": "127.0.0.1:5000", "example.com/a": "example.com",
	} {
		assert.Equal(t, want, registryOf(reference))
	}
}
