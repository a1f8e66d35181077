package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAlone: what is built or has an address of its own is installed by itself, and
// its list has the one file and nothing else.
func TestAlone(t *testing.T) {
	t.Parallel()
	const (
		header  = "version = 1\nrevision = 3\nrequires-python = \">=3.13\"\n\n[[package]]\nname = \"tool\"\nversion = \"1.0\"\n"
		index   = header + "source = { registry = \"https://pypi.example.com/simple\" }\n"
		sdist   = "sdist = { url = \"https://files.example.com/tool-1.0.tar.gz\", hash = \"sha256:0a\", size = 12 }\n"
		wheel   = "wheels = [{ url = \"https://files.example.com/tool-1.0-py3-none-any.whl\", hash = \"sha256:0b\", size = 34 }]\n"
		address = header + "source = { url = \"https://files.example.com/tool-1.0-py3-none-any.whl\" }\nwheels = [{ url = \"https://files.example.com/tool-1.0-py3-none-any.whl\", hash = \"sha256:0b\" }]\n"
		archive = header + "source = { url = \"https://files.example.com/main.zip\", subdirectory = \"py\" }\nsdist = { hash = \"sha256:0c\" }\n"
		listed  = "lock-version = \"1.0\"\ncreated-by = \"uvlambda\"\n\n[[packages]]\nname = \"tool\"\nversion = \"1.0\"\n"
	)
	tests := []struct {
		name, lock string
		settings   BuildSettings
		// want is the list of a package that is alone.
		want  string
		built bool
	}{
		{name: "a small wheel", lock: index + sdist + wheel},
		{name: "only a source", lock: index + sdist, built: true,
			want: "index = \"https://pypi.example.com/simple\"\n[packages.sdist]\nurl = \"https://files.example.com/tool-1.0.tar.gz\"\nsize = 12\n[packages.sdist.hashes]\nsha256 = \"0a\"\n"},
		{name: "a wheel that is not wanted", lock: index + sdist + wheel, settings: BuildSettings{NoBinaryPackage: []string{"tool"}}, built: true,
			want: "index = \"https://pypi.example.com/simple\"\n[packages.sdist]\nurl = \"https://files.example.com/tool-1.0.tar.gz\"\nsize = 12\n[packages.sdist.hashes]\nsha256 = \"0a\"\n"},
		{name: "a build that is not allowed", lock: index + sdist, settings: BuildSettings{NoBuild: true}},
		{name: "a source in a folder", lock: header + "source = { registry = \"wheelhouse\" }\nsdist = { path = \"tool-1.0.tar.gz\", hash = \"sha256:0a\" }\n"},
		{name: "another hash", lock: index + "sdist = { url = \"https://files.example.com/tool-1.0.tar.gz\", hash = \"sha512:0a\" }\n"},
		{name: "a wheel at an address", lock: address,
			want: "[packages.archive]\nurl = \"https://files.example.com/tool-1.0-py3-none-any.whl\"\n[packages.archive.hashes]\nsha256 = \"0b\"\n"},
		{name: "an archive at an address", lock: archive, built: true,
			want: "[packages.archive]\nurl = \"https://files.example.com/main.zip\"\nsubdirectory = \"py\"\n[packages.archive.hashes]\nsha256 = \"0c\"\n"},
		{name: "a repository", lock: header + "source = { git = \"https://git.example.com/tool?rev=1#1\" }\n"},
		{name: "a file of the repository", lock: header + "source = { path = \"tool-1.0.tar.gz\" }\nsdist = { hash = \"sha256:0a\" }\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pkg, rt := largePackage(t, tt.lock)
			require.Equal(t, tt.want != "", pkg.Alone(rt, "amd64", tt.settings))
			if tt.want == "" {
				return
			}
			assert.Equal(t, tt.built, pkg.Built(rt, "amd64", tt.settings))
			got, err := pkg.Pylock(rt, "amd64", tt.settings)
			require.NoError(t, err)
			assert.Equal(t, listed+tt.want, got)
		})
	}
}
