package pinned

import (
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLoosePinsAreRefused(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	for requirement, want := range map[string]string{
		"moto":            `requirement "moto" is not pinned: write NAME==VERSION`,
		"moto>=1":         `requirement "moto>=1" is not pinned: write NAME==VERSION`,
		"# made\nuv==1.*": `requirement "uv==1.*" is not pinned: write NAME==VERSION`,
	} {
		_, err := InstallPython(t.Context(), cache, "python", []byte(requirement), io.Discard, false)
		require.EqualError(t, err, want)
	}
	for dependencies, want := range map[string]string{
		`{"dependencies": {"cdk": "^1.0.0"}}`: `dependency "cdk" is not pinned at "^1.0.0": write MAJOR.MINOR.PATCH`,
		`{"dependencies": {"cdk": "latest"}}`: `dependency "cdk" is not pinned at "latest": write MAJOR.MINOR.PATCH`,
		`{`:                                   "reading the pins of Node programs: unexpected end of JSON input",
	} {
		_, err := InstallNode(t.Context(), cache, "node", []byte(dependencies))
		require.EqualError(t, err, want)
	}
	left, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestExactPins(t *testing.T) {
	t.Parallel()
	require.NoError(t, checkRequirements([]byte("# made by uv\nuv==0.13.9\ncffi==2.1.1 ; sys_platform != 'win32'\n\n")))
	require.NoError(t, checkPackageJSON([]byte(`{"dependencies": {"@taplo/cli": "0.7.0"}}`)))
}

func TestFolderTellsPinsApart(t *testing.T) {
	t.Parallel()
	one := folder("c", "a", []byte("moto==1"))
	require.Equal(t, one, folder("c", "a", []byte("moto==1")))
	require.NotEqual(t, one, folder("c", "a", []byte("moto==2")))
	require.NotEqual(t, folder("c", "a", nil), folder("c", "b", nil))
}
