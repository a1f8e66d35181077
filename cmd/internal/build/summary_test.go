package build

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	const digest = "sha256:0123"
	facts := `{"Runtime": "python3.13", "Architecture": "x86_64", "CodeSha256": "x", "zipped": 5452595, "unzipped": 15204352}`
	folder := buildflags.Output{Type: "local", Dest: "dist", Folder: true}
	image := func(attrs map[string]string) buildflags.Output {
		return buildflags.Output{Type: "image", Attrs: attrs}
	}
	tests := map[string]struct {
		delivery *delivery
		response map[string]string
		want     []string
	}{
		"zip": {
			&delivery{outputs: []buildflags.Output{folder}, files: []*file{{path: "dist/app.json"}, {path: "dist/app.zip"}}},
			map[string]string{"frontend.uvlambda.archive": facts},
			[]string{"dist/app.zip  5.2 MB, 14.5 of 250 MB unzipped, python3.13 x86_64"},
		},
		"zips of two platforms": {
			&delivery{outputs: []buildflags.Output{folder}, files: []*file{{path: "dist/linux_amd64/app.zip"}, {path: "dist/linux_arm64/app.zip"}}},
			map[string]string{"frontend.uvlambda.archive/linux_amd64": facts, "frontend.uvlambda.archive/linux_arm64": facts},
			[]string{
				"dist/linux_amd64/app.zip  5.2 MB, 14.5 of 250 MB unzipped, python3.13 x86_64",
				"dist/linux_arm64/app.zip  5.2 MB, 14.5 of 250 MB unzipped, python3.13 x86_64",
			},
		},
		"zip by BuildKit": {
			&delivery{outputs: []buildflags.Output{folder}}, map[string]string{"frontend.uvlambda.archive": facts},
			[]string{"dist  5.2 MB, 14.5 of 250 MB unzipped, python3.13 x86_64"},
		},
		"push": {
			&delivery{outputs: []buildflags.Output{image(map[string]string{"push": "true", "name": "a.example.com/b:1,a.example.com/b:2"})}},
			map[string]string{"containerimage.digest": digest},
			[]string{"pushed a.example.com/b:1@" + digest, "pushed a.example.com/b:2@" + digest},
		},
		"load":   {&delivery{outputs: []buildflags.Output{{Type: "docker", Attrs: map[string]string{"name": "hello"}}}}, nil, []string{"loaded hello"}},
		"folder": {&delivery{outputs: []buildflags.Output{folder}}, nil, []string{"wrote dist"}},
		"file":   {&delivery{outputs: []buildflags.Output{{Type: "oci", Dest: "hello.tar", Attrs: map[string]string{"name": "hello"}}}}, nil, []string{"wrote hello.tar"}},
		"stream": {&delivery{outputs: []buildflags.Output{{Type: "tar", Dest: "-"}}}, nil, nil},
		"cache":  {&delivery{outputs: []buildflags.Output{{Type: "cacheonly"}}}, nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, test.delivery.summary(test.response))
		})
	}
}
