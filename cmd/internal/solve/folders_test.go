package solve

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fstypes "github.com/tonistiigi/fsutil/types"
	"golang.org/x/sys/unix"
)

// daemonStub counts what reaches the daemon, and knows of one warning.
type daemonStub struct {
	gwclient.Client
	solves, evaluated, warned int
}

// errDaemon is how the stub answers reads.
var errDaemon = errors.New("the daemon was asked")

func (d *daemonStub) Solve(_ context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	d.solves++
	if req.Evaluate {
		d.evaluated++
	}
	result := gwclient.NewResult()
	result.SetRef(&refStub{})
	return result, nil
}

func (d *daemonStub) Warn(context.Context, digest.Digest, string, gwclient.WarnOpts) error {
	d.warned++
	return nil
}

type refStub struct{ gwclient.Reference }

func (refStub) ReadFile(context.Context, gwclient.ReadRequest) ([]byte, error) { return nil, errDaemon }

func (refStub) StatFile(context.Context, gwclient.StatRequest) (*fstypes.Stat, error) {
	return nil, errDaemon
}

func (refStub) ReadDir(context.Context, gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	return nil, errDaemon
}

// inFolder runs a function with a client of a folder with some files.
func inFolder(t *testing.T, daemon *daemonStub, run func(ctx context.Context, c gwclient.Client)) {
	t.Helper()
	parent := t.TempDir()
	folder := filepath.Join(parent, "project")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "app"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(parent, "outside"), []byte("outside"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "app", "main.py"), []byte("handler"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join("app", "main.py"), filepath.Join(folder, "link")))
	require.NoError(t, os.Symlink(filepath.Join("..", "outside"), filepath.Join(folder, "out")))
	require.NoError(t, unix.Mkfifo(filepath.Join(folder, "pipe"), 0o600))
	build := func(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
		run(ctx, c)
		return nil, nil
	}
	_, err := withFolders(build, map[string]string{"context": folder})(t.Context(), daemon)
	require.NoError(t, err)
}

// solveLocal solves a transfer of a folder.
func solveLocal(ctx context.Context, t *testing.T, c gwclient.Client, name string, evaluate bool, opts ...llb.LocalOption) (gwclient.Reference, digest.Digest) {
	t.Helper()
	def, err := llb.Local(name, opts...).Marshal(ctx)
	require.NoError(t, err)
	vertex, err := def.Head()
	require.NoError(t, err)
	result, err := c.Solve(ctx, gwclient.SolveRequest{Definition: def.ToPB(), Evaluate: evaluate})
	require.NoError(t, err)
	ref, err := result.SingleRef()
	require.NoError(t, err)
	return ref, vertex
}

var followed = llb.FollowPaths([]string{"app/main.py", "link", "out", "missing"})

func TestFilesOfAFolder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		path string
		part *gwclient.FileRange
		want string
		err  error
	}{
		"file":       {"app/main.py", nil, "handler", nil},
		"part":       {"app/main.py", &gwclient.FileRange{Offset: 2, Length: 3}, "ndl", nil},
		"past end":   {"app/main.py", &gwclient.FileRange{Offset: 7, Length: 3}, "", nil},
		"link":       {"link", nil, "handler", nil},
		"missing":    {"missing", nil, "", os.ErrNotExist},
		"link out":   {"out", nil, "", errDaemon},
		"above":      {"../outside", nil, "", errDaemon},
		"of no file": {"app/main.py/x", nil, "", errDaemon},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			daemon := &daemonStub{}
			inFolder(t, daemon, func(ctx context.Context, c gwclient.Client) {
				ref, _ := solveLocal(ctx, t, c, "context", false, followed)
				data, err := ref.ReadFile(ctx, gwclient.ReadRequest{Filename: test.path, Range: test.part})
				require.ErrorIs(t, err, test.err)
				assert.Equal(t, test.want, string(data))
				stat, err := ref.StatFile(ctx, gwclient.StatRequest{Path: test.path})
				require.ErrorIs(t, err, test.err)
				if test.err == nil {
					assert.Equal(t, int64(len("handler")), stat.Size)
				}
			})
			want := 0
			if errors.Is(test.err, errDaemon) {
				want = 1
			}
			assert.Equal(t, want, daemon.solves)
		})
	}
}

// TestNoFilesOfAFolder are told from files without the daemon, which may open
// them.
func TestNoFilesOfAFolder(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]os.FileMode{"app": os.ModeDir, "pipe": os.ModeNamedPipe} {
		daemon := &daemonStub{}
		inFolder(t, daemon, func(ctx context.Context, c gwclient.Client) {
			ref, _ := solveLocal(ctx, t, c, "context", false, followed)
			_, err := ref.ReadFile(ctx, gwclient.ReadRequest{Filename: name})
			require.ErrorIs(t, err, errNoFile)
			stat, err := ref.StatFile(ctx, gwclient.StatRequest{Path: name})
			require.NoError(t, err)
			assert.Equal(t, mode, os.FileMode(stat.Mode).Type())
		})
		assert.Zero(t, daemon.solves)
	}
}

// TestSolvesOfTheDaemon has all that is more than to look at single files.
func TestSolvesOfTheDaemon(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name     string
		evaluate bool
		opts     []llb.LocalOption
	}{
		"other folder": {"lib", false, []llb.LocalOption{followed}},
		"whole folder": {"context", false, nil},
		"patterns":     {"context", false, []llb.LocalOption{followed, llb.IncludePatterns([]string{"**/*.py"})}},
		"ignored":      {"context", false, []llb.LocalOption{followed, llb.ExcludePatterns([]string{"app"})}},
		"transfer":     {"context", true, []llb.LocalOption{followed}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			daemon := &daemonStub{}
			inFolder(t, daemon, func(ctx context.Context, c gwclient.Client) {
				ref, _ := solveLocal(ctx, t, c, test.name, test.evaluate, test.opts...)
				_, err := ref.ReadFile(ctx, gwclient.ReadRequest{Filename: "app/main.py"})
				assert.ErrorIs(t, err, errDaemon)
			})
			assert.Equal(t, 1, daemon.solves)
		})
	}
}

func TestInputsAreNotAskedFor(t *testing.T) {
	t.Parallel()
	// The stub has none to ask for.
	inFolder(t, &daemonStub{}, func(ctx context.Context, c gwclient.Client) {
		inputs, err := c.Inputs(ctx)
		require.NoError(t, err)
		assert.Empty(t, inputs)
	})
}

func TestFoldersAreListedByTheDaemon(t *testing.T) {
	t.Parallel()
	daemon := &daemonStub{}
	inFolder(t, daemon, func(ctx context.Context, c gwclient.Client) {
		ref, _ := solveLocal(ctx, t, c, "context", false, followed)
		for range 2 {
			_, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: "app"})
			require.ErrorIs(t, err, errDaemon)
		}
	})
	assert.Equal(t, 1, daemon.solves)
}

// TestWarningsNameAKnownVertex has the daemon run what is warned of before the
// first warning, since displays leave out those of vertices they never saw.
func TestWarningsNameAKnownVertex(t *testing.T) {
	t.Parallel()
	daemon := &daemonStub{}
	inFolder(t, daemon, func(ctx context.Context, c gwclient.Client) {
		_, vertex := solveLocal(ctx, t, c, "context", false, followed)
		require.NoError(t, c.Warn(ctx, vertex, "first", gwclient.WarnOpts{}))
		require.NoError(t, c.Warn(ctx, vertex, "second", gwclient.WarnOpts{}))
	})
	assert.Equal(t, 1, daemon.evaluated)
	assert.Equal(t, 2, daemon.warned)
}
