package build

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

// An archive of its own name is in place when the build has succeeded, its facts
// beside it, and nothing else is left: when BuildKit writes it, and when this
// process does.
func TestArchiveFile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		made []string
		want []string
		err  string
	}{
		"archive": {[]string{"api.zip", "api.json"}, []string{"dist.json", "dist.zip"}, ""},
		"layer beside": {
			[]string{"api.zip", "api.json", "api-opt.zip", "api-opt.json"}, []string{"dist-opt.json", "dist-opt.zip", "dist.json", "dist.zip"}, "",
		},
		"two layers": {
			[]string{"x-layer.zip", "x-layer.json", "x-opt.zip", "x-opt.json"}, []string{"dist-opt.json", "dist-opt.zip", "dist.json", "dist.zip"}, "",
		},
		"name like a layer's": {[]string{"x-opt.zip", "x-opt.json"}, []string{"dist.json", "dist.zip"}, ""},
		"several platforms":   {[]string{"linux_amd64/api.zip"}, nil, "more than one archive"},
		"something else":      {[]string{"api.zip", "app.py"}, nil, "more than one archive"},
	} {
		for _, here := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				folder := filepath.Join(t.TempDir(), "new")
				request := &buildflags.Request{Outputs: []buildflags.Output{{Type: "local", Dest: filepath.Join(folder, "dist.zip")}}}
				d, err := newDelivery(t.Context(), Daemon{}, Options{Request: request})
				require.NoError(t, err)
				require.NoDirExists(t, folder, "nothing is made before there is a result")
				err = makeFiles(t, d, request, tt.made, here)
				if err == nil {
					err = d.finish(t.Context())
				}
				d.discard()
				if tt.err != "" {
					require.ErrorContains(t, err, tt.err)
				} else {
					require.NoError(t, err)
				}
				var names []string
				entries, _ := os.ReadDir(folder)
				for _, e := range entries {
					names = append(names, e.Name())
				}
				assert.Equal(t, tt.want, names)
			})
		}
	}
}

// makeFiles makes files of a result, here or as BuildKit does.
func makeFiles(t *testing.T, d *delivery, request *buildflags.Request, names []string, here bool) error {
	t.Helper()
	if !here {
		for _, name := range names {
			file := filepath.Join(d.exports[0].OutputDir, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte(name), 0o600))
		}
		return nil
	}
	create := d.createIn(request, func(*client.SolveStatus) {})
	for _, name := range names {
		w, err := create(name)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, name)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	return nil
}
