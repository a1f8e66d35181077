package llb_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// secretsBelow are the ids of the optional secrets that a container has below a
// folder, each by its id.
func secretsBelow(t *testing.T, v vertex, folder string) []string {
	t.Helper()
	var ids []string
	for _, m := range v.op.GetExec().Mounts {
		if m.MountType == pb.MountType_SECRET && strings.HasPrefix(m.Dest, folder) {
			assert.Equal(t, folder+m.SecretOpt.ID, m.Dest)
			assert.True(t, m.SecretOpt.Optional)
			ids = append(ids, m.SecretOpt.ID)
		}
	}
	return ids
}

// A resolution that asks git repositories has git, and what BuildKit itself would ask
// them with; any other one has neither.
func TestLockWithRepositories(t *testing.T) {
	t.Parallel()
	const token, header = "GIT_AUTH_TOKEN", "GIT_AUTH_HEADER"
	https, ssh := "https://git.example.com:8443/tools.git", "ssh://git@example.com/helper.git"
	for name, tt := range map[string]struct {
		repositories []string
		install      string
		args         string
		secrets      []string
		ssh          bool
	}{
		"none": {nil, "", "lock svc/uv.lock", nil, false},
		"https": {
			[]string{https, "https://git.example.com:8443/other.git"}, "lock --install-git",
			"lock --repository " + https + " --repository https://git.example.com:8443/other.git svc/uv.lock",
			[]string{header, header + ".git.example.com:8443", token, token + ".git.example.com:8443"}, false,
		},
		"ssh":  {[]string{ssh}, "lock --install-git ssh", "lock --repository " + ssh + " svc/uv.lock", []string{header, token}, true},
		"both": {[]string{https, ssh}, "lock --install-git ssh", "lock --repository " + https + " --repository " + ssh + " svc/uv.lock", []string{header, header + ".git.example.com:8443", token, token + ".git.example.com:8443"}, true},
		"odd":  {[]string{"https://exa mple.com/x"}, "lock --install-git", "lock --repository https://exa mple.com/x svc/uv.lock", []string{header, token}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := lockStep()
			plan.First[plan.Lock](p).Repositories = tt.repositories
			g := convertState(t, p, options(t))
			lock := g.named(t, "resolve svc/uv.lock")
			assert.Contains(t, lock.args(), "driver.py "+tt.args+" /uvlambda/uv lock")
			assert.True(t, strings.HasSuffix(lock.args(), "--directory /src/svc --upgrade"))
			assert.Equal(t, tt.secrets, secretsBelow(t, lock, "/uvlambda/git/"))
			var sockets int
			for _, m := range lock.op.GetExec().Mounts {
				if m.MountType == pb.MountType_SSH {
					sockets++
					assert.True(t, m.SSHOpt.Optional)
				}
			}
			assert.Equal(t, map[bool]int{true: 1}[tt.ssh], sockets)
			root := g.vertices[lock.inputs[lock.mount(t, "/").Input]]
			if tt.install == "" {
				assert.Equal(t, "docker-image://registry.example.com/base:latest", root.op.GetSource().Identifier)
				return
			}
			assert.Equal(t, "[api 1/1] install git in the builder, unless it has it", root.name)
			assert.True(t, strings.HasSuffix(root.args(), "driver.py "+tt.install), root.args())
			assert.False(t, root.meta.IgnoreCache, "git is installed once for a builder")
			assert.Equal(t, []int32{9}, root.lines)
			assert.Equal(t, plan.KindLock, llb.KindOf(root.op.GetExec()))
			assert.Equal(t, "ca", root.mount(t, "/uvlambda/ca.pem").SecretOpt.ID)
			assert.True(t, root.mount(t, "/uvlambda/ca.pem").SecretOpt.Optional)
			assert.Empty(t, secretsBelow(t, root, "/uvlambda/git/"), "nothing secret is in the image with git")
		})
	}
}

// The check of a lock has a wheel with the metadata of each wheel that the context
// does not have: in the project, and where uv looks for it outside.
func TestStubsOfTheLockCheck(t *testing.T) {
	t.Parallel()
	const metadata = "Metadata-Version: 2.1\nName: big-words\nVersion: 1.0\n"
	p := everyStep()
	plan.First[plan.LockCheck](p).Stubs = []plan.Stub{
		{Path: "wheels/big_words-1.0-py3-none-any.whl", Metadata: metadata}, {Path: "../big_words-1.0-py3-none-any.whl", Metadata: metadata}, {Path: "/srv/big_words-1.0-py3-none-any.whl", Metadata: metadata},
	}
	res, err := llb.Convert(p, inputs(), options(t))
	require.NoError(t, err)
	g := decode(t, *res.Check)
	check := g.named(t, "check that uv.lock is up to date")
	var wheels [][]byte
	for _, action := range g.vertices[check.inputs[check.mount(t, "/src").Input]].op.GetFile().Actions {
		if f := action.GetMkfile(); f != nil && f.Path == "/wheels/big_words-1.0-py3-none-any.whl" {
			wheels = append(wheels, f.Data)
		}
	}
	require.Len(t, wheels, 1)
	for _, dest := range []string{"/big_words-1.0-py3-none-any.whl", "/srv/big_words-1.0-py3-none-any.whl"} {
		mount := check.mount(t, dest)
		assert.Equal(t, "/wheel", mount.Selector, dest)
		made := g.vertices[check.inputs[mount.Input]]
		assert.Equal(t, "[internal] prepare the metadata of an absent wheel", made.name)
		wheels = append(wheels, made.op.GetFile().Actions[0].GetMkfile().Data)
	}
	for _, data := range wheels {
		wheel, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err)
		content := map[string]string{}
		for _, f := range wheel.File {
			assert.Equal(t, zip.Store, f.Method)
			assert.True(t, f.Modified.IsZero() || f.Modified.Year() == 1979, "no time is in it")
			r, err := f.Open()
			require.NoError(t, err)
			text, err := io.ReadAll(r)
			require.NoError(t, err)
			require.NoError(t, r.Close())
			content[f.Name] = string(text)
		}
		assert.Equal(t, map[string]string{
			"big_words-1.0.dist-info/METADATA": metadata, "big_words-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: uvlambda\nRoot-Is-Purelib: true\n", "big_words-1.0.dist-info/RECORD": "",
		}, content)
	}
}
