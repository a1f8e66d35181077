package docker

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// remoteContext is the folder that docker keeps the context named remote in:
// the SHA-256 of its name.
const remoteContext = "b71199ebd070b36beab7317920c2c2f1d777df8d05e5527d8458fda57cb17a7a"

const (
	remoteMeta = ".docker/contexts/meta/" + remoteContext + "/meta.json"
	remoteTLS  = ".docker/contexts/tls/" + remoteContext + "/docker/"
)

// settings has variables, and files in the home folder.
func settings(t *testing.T, env, files map[string]string) Settings {
	t.Helper()
	s := Settings{Getenv: func(name string) string { return env[name] }, Home: t.TempDir()}
	for name, content := range files {
		name = filepath.Join(s.Home, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	}
	return s
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	const remote = `{"Name": "remote", "Endpoints": {"docker": {"Host": "ssh://engine.example.com"}}}`
	tests := map[string]struct {
		env     map[string]string
		files   map[string]string
		context string
		host    string
		// ca is the authority that the engine's certificate is verified with.
		ca string
	}{
		"nothing set":         {context: "default", host: "unix:///var/run/docker.sock"},
		"DOCKER_HOST":         {env: map[string]string{"DOCKER_HOST": "tcp://engine.example.com:2375"}, context: "default", host: "tcp://engine.example.com:2375"},
		"the default context": {env: map[string]string{"DOCKER_CONTEXT": "default"}, context: "default", host: "unix:///var/run/docker.sock"},
		"DOCKER_HOST wins over the configured context": {
			env:     map[string]string{"DOCKER_HOST": "unix:///a.sock"},
			files:   map[string]string{".docker/config.json": `{"currentContext": "remote"}`, remoteMeta: remote},
			context: "default", host: "unix:///a.sock",
		},
		"the configured context": {
			files:   map[string]string{".docker/config.json": `{"currentContext": "remote"}`, remoteMeta: remote},
			context: "remote", host: "ssh://engine.example.com",
		},
		"DOCKER_CONTEXT wins over the configured context": {
			env:     map[string]string{"DOCKER_CONTEXT": "remote"},
			files:   map[string]string{".docker/config.json": `{"currentContext": "other"}`, remoteMeta: remote},
			context: "remote", host: "ssh://engine.example.com",
		},
		"a context with certificates": {
			env:     map[string]string{"DOCKER_CONTEXT": "remote"},
			files:   map[string]string{remoteMeta: remote, remoteTLS + "ca.pem": "of the context"},
			context: "remote", host: "ssh://engine.example.com", ca: "of the context",
		},
		"certificates in DOCKER_CERT_PATH": {
			env:     map[string]string{"DOCKER_HOST": "tcp://engine.example.com:2376", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "HOME/certs"},
			files:   map[string]string{"certs/ca.pem": "of the path"},
			context: "default", host: "tcp://engine.example.com:2376", ca: "of the path",
		},
		"certificates beside the configuration": {
			env:     map[string]string{"DOCKER_HOST": "tcp://engine.example.com:2376", "DOCKER_TLS_VERIFY": "1"},
			files:   map[string]string{".docker/ca.pem": "of the configuration"},
			context: "default", host: "tcp://engine.example.com:2376", ca: "of the configuration",
		},
		"another folder of the configuration": {
			env:     map[string]string{"DOCKER_CONFIG": "HOME/elsewhere", "DOCKER_TLS_VERIFY": "1"},
			files:   map[string]string{"elsewhere/ca.pem": "of elsewhere"},
			context: "default", host: "unix:///var/run/docker.sock", ca: "of elsewhere",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings(t, test.env, test.files)
			for _, variable := range []string{"DOCKER_CERT_PATH", "DOCKER_CONFIG"} {
				if folder, ok := test.env[variable]; ok {
					test.env[variable] = filepath.Join(s.Home, folder[len("HOME/"):])
				}
			}
			assert.Equal(t, test.context, s.Context())
			endpoint, err := s.Endpoint()
			require.NoError(t, err)
			assert.Equal(t, test.host, endpoint.Host)
			ca := ""
			if endpoint.TLSData != nil {
				ca = string(endpoint.TLSData.CA)
			}
			assert.Equal(t, test.ca, ca)
		})
	}
}

// TestVerifiedWithoutCertificates has an engine whose certificate the machine's
// authorities vouch for: its connection is still encrypted.
func TestVerifiedWithoutCertificates(t *testing.T) {
	t.Parallel()
	endpoint, err := settings(t, map[string]string{"DOCKER_HOST": "tcp://engine.example.com:2376", "DOCKER_TLS_VERIFY": "1"}, nil).Endpoint()
	require.NoError(t, err)
	require.NotNil(t, endpoint.TLSData)
	assert.Empty(t, endpoint.TLSData.CA)
	assert.False(t, endpoint.SkipTLSVerify)
	assert.Equal(t, "tcp://engine.example.com:2376", endpoint.Host)
}

func TestEndpointErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"without an engine":    {map[string]string{remoteMeta: `{"Name": "remote"}`}, "docker context \"remote\" has no engine address; choose another with `docker context use`"},
		"that is not there":    {nil, `reading docker context "remote": context "remote": context not found`},
		"that cannot be read":  {map[string]string{remoteMeta: `{`}, `reading docker context "remote": `},
		"with an empty engine": {map[string]string{remoteMeta: `{"Name": "remote", "Endpoints": {"docker": {}}}`}, `docker context "remote" has no engine address`},
	}
	for name, test := range tests {
		t.Run("a context "+name, func(t *testing.T) {
			t.Parallel()
			_, err := settings(t, map[string]string{"DOCKER_CONTEXT": "remote"}, test.files).Endpoint()
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestClientOfABadAddress(t *testing.T) {
	t.Parallel()
	_, _, err := settings(t, map[string]string{"DOCKER_HOST": "engine.example.com"}, nil).Client()
	require.ErrorContains(t, err, "connecting to the docker engine at engine.example.com: ")
}
