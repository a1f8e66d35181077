package builder

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// testHost is a machine with nothing but the variables given and an empty
// home folder.
func testHost(t *testing.T, env map[string]string) Host {
	t.Helper()
	return Host{Getenv: func(name string) string { return env[name] }, Home: t.TempDir(), UID: 1000, BuildKit: "v1.2.3"}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
}

func TestFindTakesAnAddressAsItIs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env         map[string]string
		name        string
		address     string
		description string
	}{
		"flag":        {name: "tcp://builder.example.com:1234", address: "tcp://builder.example.com:1234", description: "tcp://builder.example.com:1234 (from --builder)"},
		"environment": {env: map[string]string{"BUILDKIT_HOST": "unix:///run/b.sock"}, address: "unix:///run/b.sock", description: "unix:///run/b.sock (from BUILDKIT_HOST)"},
		"the flag wins": {env: map[string]string{"BUILDKIT_HOST": "unix:///run/b.sock"}, name: "unix:///run/a.sock",
			address: "unix:///run/a.sock", description: "unix:///run/a.sock (from --builder)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := Find(context.Background(), testHost(t, test.env), test.name, io.Discard)
			require.NoError(t, err)
			require.Equal(t, KindAddress, b.Kind)
			require.Equal(t, test.address, b.Address)
			require.Equal(t, test.description, b.Description)
		})
	}
}

func TestFindWithoutAnyBuilderSaysHowToGetOne(t *testing.T) {
	t.Parallel()
	host := testHost(t, map[string]string{
		"DOCKER_HOST": "unix:///nowhere/docker.sock", "XDG_RUNTIME_DIR": "/run/user/1000",
	})
	_, err := Find(context.Background(), host, "", io.Discard)
	require.EqualError(t, err, "a private builder runs containers, which needs root; run: "+
		"sudo --preserve-env=HOME,PATH uvlambda builder start --name default")
}

func TestFindRefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	const written = " is not the address of a BuildKit: write one such as unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or docker-container://NAME"
	for _, address := range []string{"foo", "foo:1234", "http://foo:1234", "unix://"} {
		_, err := Find(context.Background(), testHost(t, map[string]string{"BUILDKIT_HOST": address}), "", io.Discard)
		require.EqualError(t, err, `BUILDKIT_HOST "`+address+`"`+written)
	}
	_, err := Find(context.Background(), testHost(t, nil), "http://foo", io.Discard)
	require.EqualError(t, err, `--builder "http://foo"`+written)
}

func TestFindUnknownName(t *testing.T) {
	t.Parallel()
	_, err := Find(context.Background(), testHost(t, nil), "fast", io.Discard)
	require.EqualError(t, err, "there is no builder named \"fast\"; `docker buildx ls` lists the builders, "+
		"`uvlambda builder start --name fast` starts one")
}
