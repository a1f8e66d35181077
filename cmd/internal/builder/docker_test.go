package builder

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDockerEngineIsDialledThroughItsAPI has an engine that only upgrades
// connections, and looks at the requests.
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
	require.Equal(t, "docker engine at unix://"+socket, b.Description)
	require.Empty(t, b.Address)
	require.Error(t, b.answers(context.Background()))
	require.Equal(t, "POST /grpc h2c", <-asked)
}
