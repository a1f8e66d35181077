package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuildxNamed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		instance string
		address  string
		problem  string
	}{
		"remote": {
			instance: `{"Name":"b","Driver":"remote","Nodes":[{"Name":"b0","Endpoint":"tcp://builder.example.com:1234"}]}`,
			address:  "tcp://builder.example.com:1234",
		},
		"docker-container": {
			instance: `{"Name":"b","Driver":"docker-container","Nodes":[{"Name":"b0","Endpoint":"unix:///var/run/docker.sock"}]}`,
			address:  "docker-container://buildx_buildkit_b0",
		},
		"docker-container in another context": {
			instance: `{"Name":"b","Driver":"docker-container","Nodes":[{"Name":"b0","Endpoint":"remote"}]}`,
			address:  "docker-container://buildx_buildkit_b0?context=remote",
		},
		"kubernetes": {
			instance: `{"Name":"b","Driver":"kubernetes","Nodes":[{"Name":"b0"}]}`,
			problem: `buildx builder "b" has the driver "kubernetes", and only remote and docker-container are supported; ` +
				`give its address in BUILDKIT_HOST`,
		},
		"no nodes": {
			instance: `{"Name":"b","Driver":"remote"}`,
			problem:  "buildx builder \"b\" has no nodes; remove it with `docker buildx rm b`",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := testHost(t, nil)
			writeFile(t, filepath.Join(host.Home, ".docker/buildx/instances/b"), test.instance)
			b, err := Find(context.Background(), host, "b", io.Discard)
			if test.problem != "" {
				require.EqualError(t, err, test.problem)
				return
			}
			require.NoError(t, err)
			require.Equal(t, KindBuildx, b.Kind)
			require.Equal(t, test.address, b.Address)
			require.Equal(t, `buildx builder "b"`, b.Description)
		})
	}
}

func TestBuildxNameCannotLeaveItsFolder(t *testing.T) {
	t.Parallel()
	_, err := buildxNamed(testHost(t, nil), "../current")
	require.EqualError(t, err, "builder name \"../current\" holds a slash; give a name that `docker buildx ls` lists")
}

func TestCurrentBuildx(t *testing.T) {
	t.Parallel()
	const engine = "unix:///var/run/docker.sock"
	sum := sha256.Sum256([]byte(engine))
	defaults := "defaults/" + hex.EncodeToString(sum[:])[:20]
	tests := map[string]struct {
		env   map[string]string
		files map[string]string
		want  string
	}{
		"nothing was ever chosen": {},
		"chosen for this engine":  {files: map[string]string{"current": `{"Key":"` + engine + `","Name":"a","Global":false}`}, want: "a"},
		"chosen for another engine": {
			files: map[string]string{"current": `{"Key":"tcp://other.example.com","Name":"a","Global":false}`},
		},
		"chosen for all engines": {files: map[string]string{"current": `{"Key":"other","Name":"a","Global":true}`}, want: "a"},
		"chosen as the engine's default": {
			files: map[string]string{"current": `{"Key":"` + engine + `","Name":"","Global":false}`, defaults: "b"},
			want:  "b",
		},
		"BUILDX_BUILDER wins": {
			env:   map[string]string{"BUILDX_BUILDER": "b"},
			files: map[string]string{"current": `{"Key":"` + engine + `","Name":"a","Global":false}`},
			want:  "b",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			env := map[string]string{"BUILDX_CONFIG": dir}
			for key, value := range test.env {
				env[key] = value
			}
			for _, instance := range []string{"a", "b"} {
				writeFile(t, filepath.Join(dir, "instances", instance),
					`{"Name":"`+instance+`","Driver":"remote","Nodes":[{"Name":"n","Endpoint":"tcp://`+instance+`.example.com"}]}`)
			}
			for path, content := range test.files {
				writeFile(t, filepath.Join(dir, path), content)
			}
			b, err := currentBuildx(testHost(t, env))
			if test.want == "" {
				require.ErrorIs(t, err, errNoBuilder)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "tcp://"+test.want+".example.com", b.Address)
		})
	}
}
