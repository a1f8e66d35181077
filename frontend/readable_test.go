package frontend

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// noFiles make what is no file at a path, by the kind that errors name.
func noFiles() map[string]func(t *testing.T, name string) {
	return map[string]func(t *testing.T, name string){
		"a named pipe": func(t *testing.T, name string) { require.NoError(t, unix.Mkfifo(name, 0o600)) },
		"a folder":     func(t *testing.T, name string) { require.NoError(t, os.Mkdir(name, 0o755)) },
		"a socket": func(t *testing.T, name string) {
			// The path of a socket is short.
			short := filepath.Join(os.TempDir(), fmt.Sprintf("uvlambda-%d.sock", time.Now().UnixNano()))
			listener, err := net.Listen("unix", short)
			require.NoError(t, err)
			t.Cleanup(func() { _ = listener.Close() })
			listener.(*net.UnixListener).SetUnlinkOnClose(false)
			require.NoError(t, os.Rename(short, name))
		},
		"a link to a device": func(t *testing.T, name string) {
			t.Helper()
			require.NoError(t, unix.Mknod(name+".device", unix.S_IFCHR|0o600, int(unix.Mkdev(1, 5))))
			require.NoError(t, os.Symlink(filepath.Base(name)+".device", name))
		},
	}
}

// TestNoFileInThePlaceOfAFile is one error at once, which names it: a pipe has
// whoever opens it wait, and a device may never end.
func TestNoFileInThePlaceOfAFile(t *testing.T) {
	t.Parallel()
	doors := map[string]func(ctx context.Context, t *testing.T, dir string) error{
		"plan": func(ctx context.Context, _ *testing.T, dir string) error {
			_, err := Plan(ctx, dir, PlanOptions{Target: "test"})
			return err
		},
		"build": func(ctx context.Context, t *testing.T, dir string) error {
			_, err := buildForTest(ctx, newFolderStub(t, dir, "pyproject.toml", map[string]string{"target": "test"}))
			return err
		},
	}
	for _, name := range []string{"pyproject.toml", "uv.lock", ".python-version", ".dockerignore", "events/a.json", "setup.py"} {
		for kind, replace := range noFiles() {
			if kind == "a folder" && (name == "events/a.json" || name == "setup.py") {
				// A folder beside events is none of them, and one may have the
				// name of a module's file.
				continue
			}
			for door, run := range doors {
				t.Run(door+" "+name+" "+kind, func(t *testing.T) {
					t.Parallel()
					contents := greeting()
					contents["pyproject.toml"] += "\n[tool.uvlambda.test]\nevents = ['events/*.json']\n"
					contents["events/a.json"] = "{}"
					dir := write(t, contents)
					file := filepath.Join(dir, filepath.FromSlash(name))
					require.NoError(t, os.RemoveAll(file))
					replace(t, file)
					failed := make(chan error, 1)
					go func() { failed <- run(t.Context(), t, dir) }()
					select {
					case err := <-failed:
						want := "named pipe, a socket or a device, not a file: remove it"
						if kind == "a folder" {
							want = "folder, not a file: rename the folder or remove it"
						}
						require.EqualError(t, err, name+": this is a "+want)
					case <-time.After(30 * time.Second):
						t.Fatal("it waits for content")
					}
				})
			}
		}
	}
}

// TestLargeFilesAreNotRead but for as much as tells that they are too large. The
// files are sparse.
func TestLargeFilesAreNotRead(t *testing.T) {
	t.Parallel()
	const size = 3 << 30
	for name, want := range map[string]string{
		"uv.lock":         "uv.lock: the lock is over the limit of 64 MiB: check that it is a uv.lock",
		".python-version": ".python-version: the file is over the limit of 64 MiB: check that it is the file that was meant",
		"pyproject.toml":  "pyproject.toml: the file is over the limit of 4 MiB: check that it is the file that was meant",
	} {
		dir := write(t, greeting())
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		require.NoError(t, os.Truncate(filepath.Join(dir, name), size))
		_, err := Plan(t.Context(), dir, PlanOptions{})
		require.EqualError(t, err, want)
	}
}
