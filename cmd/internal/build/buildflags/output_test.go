package buildflags

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutputs(t *testing.T) {
	t.Parallel()
	pushed := map[string]string{"push": "true", "unpack": "false"}
	tests := map[string]struct {
		args []string
		want []Output
	}{
		"none":            {nil, nil},
		"folder":          {[]string{"-o", "out"}, []Output{{"local", map[string]string{}, "out", true}}},
		"stream":          {[]string{"-o", "-"}, []Output{{"tar", map[string]string{}, "-", false}}},
		"local":           {[]string{"-o", "type=local,dest=out"}, []Output{{"local", map[string]string{}, "out", true}}},
		"tar":             {[]string{"-o", "type=tar,dest=x.tar"}, []Output{{"tar", map[string]string{}, "x.tar", false}}},
		"oci":             {[]string{"-o", "type=oci,dest=x.tar,compression=zstd"}, []Output{{"oci", map[string]string{"compression": "zstd"}, "x.tar", false}}},
		"oci stream":      {[]string{"-o", "type=oci"}, []Output{{"oci", map[string]string{}, "-", false}}},
		"oci folder":      {[]string{"-o", "type=oci,tar=false,dest=x"}, []Output{{"oci", map[string]string{"tar": "false"}, "x", true}}},
		"docker archive":  {[]string{"-o", "type=docker,dest=x.tar"}, []Output{{"docker", map[string]string{}, "x.tar", false}}},
		"image":           {[]string{"-o", "type=image,name=a"}, []Output{{"image", map[string]string{"name": "a"}, "", false}}},
		"tagged":          {[]string{"-o", "type=image", "-t", "a", "-t", "b:1"}, []Output{{"image", map[string]string{"name": "a,b:1"}, "", false}}},
		"registry":        {[]string{"-o", "type=registry,name=a"}, []Output{{"image", with(pushed, "name", "a"), "", false}}},
		"push":            {[]string{"--push", "-t", "a"}, []Output{{"image", with(pushed, "name", "a"), "", false}}},
		"push of image":   {[]string{"--push", "-o", "type=image,name=a,unpack=true"}, []Output{{"image", map[string]string{"push": "true", "unpack": "true", "name": "a"}, "", false}}},
		"load":            {[]string{"--load", "-t", "a"}, []Output{{"docker", map[string]string{"name": "a"}, "", false}}},
		"load of docker":  {[]string{"--load", "-o", "type=docker"}, []Output{{"docker", map[string]string{}, "", false}}},
		"load and file":   {[]string{"--load", "-o", "type=docker,dest=x.tar"}, []Output{{"docker", map[string]string{}, "x.tar", false}, {"docker", map[string]string{}, "", false}}},
		"push and folder": {[]string{"--push", "-t", "a", "-o", "out"}, []Output{{"local", map[string]string{}, "out", true}, {"image", with(pushed, "name", "a"), "", false}}},
		"annotation":      {[]string{"-o", "type=image", "--annotation", "k=v"}, []Output{{"image", map[string]string{"annotation.k": "v"}, "", false}}},
		"annotations": {
			[]string{"-o", "type=image", "--annotation", "index,manifest[linux/arm64]:k=v"},
			[]Output{{"image", map[string]string{"annotation-index.k": "v", "annotation-manifest[linux/arm64].k": "v"}, "", false}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := parse(t, test.args...).Request(project(t, "pyproject.toml"), environment(nil))
			require.NoError(t, err)
			assert.Equal(t, test.want, request.Outputs)
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	request, err := parse(t, "-t", "a", "-t", "b:1").Request(project(t, "pyproject.toml"), environment(nil))
	require.NoError(t, err)
	assert.Equal(t, "a,b:1", request.Names)
	assert.Empty(t, request.Outputs)
}

// with is a copy of attributes with one more.
func with(attrs map[string]string, key, value string) map[string]string {
	more := map[string]string{key: value}
	for k, v := range attrs {
		more[k] = v
	}
	return more
}

func TestInvalidOutputs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	tests := map[string]struct {
		args []string
		want string
	}{
		"no type":         {[]string{"-o", "dest=x"}, `invalid --output "dest=x": name the exporter with type=TYPE`},
		"no folder":       {[]string{"-o", "type=local"}, `invalid --output "type=local": type=local writes a folder: name it with dest=FOLDER`},
		"file as folder":  {[]string{"-o", file}, `invalid --output "` + file + `": ` + file + " is a file, a folder is needed"},
		"folder as file":  {[]string{"-o", "type=tar,dest=" + folder}, `invalid --output "type=tar,dest=` + folder + `": ` + folder + " is a folder, a file is needed"},
		"deleting":        {[]string{"-o", "type=local,dest=x,mode=delete"}, `invalid --output "type=local,dest=x,mode=delete": mode=delete is not offered: empty the folder first`},
		"push, no name":   {[]string{"--push"}, "an image that is pushed needs a name: add -t REGISTRY/REPOSITORY[:TAG]"},
		"tag":             {[]string{"-t", "A"}, `invalid --tag "A": invalid reference format: repository name (library/A) must be lowercase`},
		"two streams":     {[]string{"-o", "-", "-o", "type=oci"}, "only one --output can be written to standard output: give the others a dest=FILE"},
		"image ID":        {[]string{"-o", "out", "--iidfile", "id"}, "--iidfile cannot be used with --output type=local: the result is not an image"},
		"pushed archive":  {[]string{"--target", "zip", "--push", "-t", "a"}, "--target zip is not an image, so it can be neither pushed nor loaded: write it to a folder with -o FOLDER"},
		"loaded archive":  {[]string{"--target", "orders/app", "--load", "-t", "a"}, "--target orders/app is not an image, so it can be neither pushed nor loaded: write it to a folder with -o FOLDER"},
		"annotation":      {[]string{"--annotation", "k"}, `invalid --annotation "k": write [TYPE:]KEY=VALUE`},
		"annotation type": {[]string{"--annotation", "layer:k=v"}, `invalid --annotation "layer:k=v": unknown type "layer": use index, index-descriptor, manifest or manifest-descriptor`},
		"annotation form": {[]string{"--annotation", "a b:k=v"}, `invalid --annotation "a b:k=v": "a b" is not TYPE or TYPE[PLATFORM]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, test.args...).Request(project(t, "pyproject.toml"), environment(nil))
			assert.EqualError(t, err, test.want)
		})
	}
}

// FuzzOutput checks that BuildKit can take every accepted output: it has an
// exporter, and a folder has a name.
func FuzzOutput(f *testing.F) {
	for _, seed := range []string{"-", "out", "type=oci,dest=x", `"type=image","name=a,b"`, "type=local,dest=", "=", ",,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		out, err := parseOutput(value)
		if err == nil {
			out, err = Flags{}.place(&Request{}, value, out)
		}
		if err != nil {
			return
		}
		if out.Type == "" || (out.Folder && out.Dest == "") {
			t.Fatalf("%q was accepted as %+v", value, out)
		}
	})
}
