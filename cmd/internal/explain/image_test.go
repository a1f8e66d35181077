package explain

import (
	"context"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestImage(t *testing.T) {
	t.Parallel()
	base := layerOf(t,
		file{name: "usr/"}, sized("usr/lib/libc.so", 100), file{name: "bin", link: "usr/bin"}, sized("etc/os-release", 10),
		file{name: "var/runtime/boto3-1.dist-info/RECORD", text: "boto3/a.py,,\n"}, sized("var/runtime/boto3/a.py", 20))
	dependencies := layerOf(t,
		file{name: "./var/task/lib-2.dist-info/RECORD", text: "lib.py,,\n"}, sized("./var/task/lib.py", 30), sized("opt/extension", 5))
	r := explainImage(t, base, dependencies, layerOf(t, sized("var/task/app/main.py", 1)))

	assert.Equal(t, map[string]int64{
		"base||/usr/lib": 100, "base||/bin": 0, "base||/etc": 10, "base|var/runtime|boto3 1": 33,
		"package|var/task|lib 2": 39, "application|opt|extension": 5, "application|var/task|app": 1,
	}, sizes(r))
	assert.Equal(t, "linux/arm64", r.Platform)
	assert.Equal(t, []Limit{{Name: "image", Size: 188, Limit: 10737418240}}, r.Limits)
	require.Len(t, r.Layers, 3)
	for i, want := range []struct {
		name string
		size int64
	}{{"layer a", 143}, {"layer b", 44}, {"layer c", 1}} {
		assert.Equal(t, want.name, r.Layers[i].Name)
		assert.Equal(t, want.size, r.Layers[i].Size)
		assert.Positive(t, r.Layers[i].Compressed)
		assert.Contains(t, r.Layers[i].DiffID, "sha256:")
	}
}

// What upper layers hide is part of the image all the same.
func TestHidden(t *testing.T) {
	t.Parallel()
	below := layerOf(t, sized("var/task/a.py", 1), sized("var/task/old/b.py", 2), sized("var/task/gone.py", 4), sized("etc/x/y", 8), sized("file/in", 16), sized("kept", 32))
	tests := map[string]struct {
		above  []file
		hidden int64
	}{
		"replaced":              {[]file{sized("var/task/a.py", 64)}, 1},
		"deleted file":          {[]file{{name: "var/task/.wh.gone.py"}}, 4},
		"deleted folder":        {[]file{{name: "var/task/.wh.old"}}, 2},
		"emptied folder":        {[]file{{name: "etc/.wh..wh..opq"}, sized("etc/new", 64)}, 8},
		"emptied root":          {[]file{{name: ".wh..wh..opq"}}, 63},
		"folder becomes a file": {[]file{sized("file", 64)}, 16},
		"folder becomes a link": {[]file{{name: "etc", link: "opt"}}, 8},
		"file becomes a folder": {[]file{{name: "kept/"}}, 32},
		"name of a neighbour":   {[]file{{name: "var/task/.wh.gone"}}, 0},
		"twice in a layer":      {[]file{sized("new", 64), sized("new", 128)}, 64},
		"outside":               {[]file{{name: "../../kept", text: "x"}}, 32},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := sizes(explainImage(t, below, layerOf(t, test.above...)))
			assert.Equal(t, test.hidden, found["hidden||replaced or deleted by upper layers"])
		})
	}
}

// Builds leave no direct_url.json, but name the layers of images.
func TestMembersLayer(t *testing.T) {
	t.Parallel()
	content, err := ReadImage(t.Context(), imageOf(t,
		layerOf(t, sized("var/task/a-1.dist-info/METADATA", 1)), layerOf(t, sized("var/task/b-1.dist-info/METADATA", 2))))
	require.NoError(t, err)
	content.Layers[1].Name = "uvlambda: members"
	assert.Equal(t, map[string]int64{"package|var/task|a 1": 1, "member|var/task|b 1": 2}, sizes(NewReport("image", content)))
}

// A package that an upper layer replaces owns nothing any more.
func TestReplacedPackage(t *testing.T) {
	t.Parallel()
	old := layerOf(t, file{name: "var/task/a-2.dist-info/RECORD", text: "a.py,,\n"}, sized("var/task/a.py", 10))
	upper := layerOf(t, file{name: "var/task/.wh.a-2.dist-info"}, file{name: "var/task/a-1.dist-info/RECORD", text: "a.py,,\n"}, sized("var/task/a.py", 20))
	assert.Equal(t, map[string]int64{"hidden||replaced or deleted by upper layers": 17, "package|var/task|a 1": 27},
		sizes(explainImage(t, old, upper)))
}

func TestRoots(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config v1.Config
		want   string
	}{
		"AWS's":        {v1.Config{WorkingDir: "/", Env: []string{"A=b"}}, "var/task"},
		"folder":       {v1.Config{WorkingDir: "/app/"}, "app"},
		"the variable": {v1.Config{WorkingDir: "/app", Env: []string{"LAMBDA_TASK_ROOT=/function"}}, "function"},
	}
	for name, test := range tests {
		assert.Equal(t, []string{test.want, "opt"}, roots(test.config), name)
	}
}

func TestReadImageIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := ReadImage(ctx, imageOf(t, layerOf(t, sized("a", 1))))
	assert.ErrorIs(t, err, context.Canceled)
}
