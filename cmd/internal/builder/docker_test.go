package builder

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDockerHost(t *testing.T) {
	t.Parallel()
	// The folder is the SHA-256 of "remote".
	const meta = ".docker/contexts/meta/b71199ebd070b36beab7317920c2c2f1d777df8d05e5527d8458fda57cb17a7a/meta.json"
	tests := map[string]struct {
		env     map[string]string
		files   map[string]string
		want    string
		problem string
	}{
		"nothing set":         {want: "unix:///var/run/docker.sock"},
		"DOCKER_HOST":         {env: map[string]string{"DOCKER_HOST": "tcp://engine.example.com:2375"}, want: "tcp://engine.example.com:2375"},
		"the default context": {env: map[string]string{"DOCKER_CONTEXT": "default"}, want: "unix:///var/run/docker.sock"},
		"DOCKER_HOST wins over the configured context": {
			env:   map[string]string{"DOCKER_HOST": "unix:///a.sock"},
			files: map[string]string{".docker/config.json": `{"currentContext": "remote"}`},
			want:  "unix:///a.sock",
		},
		"the configured context": {
			files: map[string]string{
				".docker/config.json": `{"currentContext": "remote"}`,
				meta:                  `{"Name": "remote", "Endpoints": {"docker": {"Host": "ssh://engine.example.com"}}}`,
			},
			want: "ssh://engine.example.com",
		},
		"a context without an engine": {
			env:     map[string]string{"DOCKER_CONTEXT": "remote"},
			files:   map[string]string{meta: `{"Name": "remote"}`},
			problem: "docker context \"remote\" has no engine address; choose another with `docker context use`",
		},
		"a context that is not there": {
			env:     map[string]string{"DOCKER_CONTEXT": "gone"},
			problem: `reading docker context "gone"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := testHost(t, test.env)
			for path, content := range test.files {
				writeFile(t, filepath.Join(host.Home, path), content)
			}
			got, err := dockerHost(host)
			if test.problem != "" {
				require.ErrorContains(t, err, test.problem)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

// TestDockerEngineIsDialledThroughItsAPI has an engine that only upgrades
// connections, and looks at what is asked of it.
func TestDockerEngineIsDialledThroughItsAPI(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "docker.sock")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	asked := make(chan string, 10)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Upgrade"):
		default:
		}
		w.WriteHeader(http.StatusNotFound)
	})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })

	b, err := dockerEngine(testHost(t, map[string]string{"DOCKER_HOST": "unix://" + socket}))
	require.NoError(t, err)
	require.Equal(t, KindDocker, b.Kind)
	require.Equal(t, "unix://"+socket, b.DockerHost)
	require.Empty(t, b.Address)
	require.Error(t, b.answers(context.Background()))
	require.Equal(t, "POST /grpc h2c", <-asked)
}
