package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHasWheel(t *testing.T) {
	t.Parallel()
	tests := []struct {
		python, arch, tag string
		want              bool
	}{
		{"3.13", "amd64", "py3-none-any", true},
		{"3.13", "arm64", "py2.py3-none-any", true},
		{"3.13", "arm64", "py2-none-any", false},
		{"3.13", "arm64", "py310-none-any", true},
		{"3.13", "arm64", "py314-none-any", false},
		{"3.13", "arm64", "cp313-none-any", true},
		{"3.13", "arm64", "cp312-none-any", false},
		{"3.13", "arm64", "pp310-pypy310_pp73-manylinux_2_28_aarch64", false},
		{"3.13", "amd64", "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64", true},
		{"3.13", "arm64", "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64", false},
		{"3.13", "amd64", "cp313-cp313-manylinux_2_34_x86_64", true},
		{"3.13", "amd64", "cp313-cp313-manylinux_2_35_x86_64", false},
		{"3.13", "amd64", "cp313-cp313t-manylinux_2_28_x86_64", false},
		{"3.13", "amd64", "cp312-cp312-manylinux_2_28_x86_64", false},
		{"3.13", "amd64", "cp38-abi3-manylinux_2_28_x86_64", true},
		{"3.13", "amd64", "cp314-abi3-manylinux_2_28_x86_64", false},
		{"3.13", "amd64", "cp313-abi3-linux_x86_64", true},
		{"3.13", "amd64", "py3-none-manylinux1_x86_64", true},
		{"3.13", "amd64", "py3-none-manylinux2010_x86_64", true},
		{"3.13", "arm64", "py3-none-manylinux2010_aarch64", false},
		{"3.13", "arm64", "cp313-cp313-musllinux_1_2_aarch64", false},
		{"3.13", "arm64", "cp313-cp313-macosx_11_0_arm64", false},
		{"3.13", "amd64", "cp313-cp313-win_amd64", false},
		{"3.13", "amd64", "cp313-cp313-manylinux_2_x_x86_64", false},
		{"3.11", "amd64", "cp311-cp311-manylinux_2_17_x86_64", true},
		{"3.11", "amd64", "cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64", true},
		{"3.11", "amd64", "cp311-cp311-manylinux_2_26_x86_64", true},
		{"3.11", "amd64", "cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64", false},
		{"3.11", "amd64", "cp311-cp311-manylinux_2_28_x86_64", false},
		{"3.11", "arm64", "cp311-cp311-manylinux2014_aarch64", true},
	}
	for _, tt := range tests {
		version, err := ParseVersion(tt.python)
		require.NoError(t, err)
		rt, ok := LookupRuntime(version)
		require.True(t, ok)
		p := Package{Wheels: []File{{Filename: "not-a-wheel"}, {Filename: "x-1.0-" + tt.tag + ".whl"}}}
		assert.Equal(t, tt.want, p.hasWheel(rt, tt.arch), "%s on %s %s", tt.tag, tt.python, tt.arch)
	}
}

func TestMissingWheels(t *testing.T) {
	t.Parallel()
	sdist := &File{Filename: "x-1.0.tar.gz"}
	pure := []File{{Filename: "x-1.0-py3-none-any.whl"}}
	mac := []File{
		{Filename: "x-1.0-cp313-cp313-win_amd64.whl"},
		{Filename: "x-1.0-cp313-cp313-macosx_11_0_arm64.macosx_12_0_arm64.whl"},
	}
	old := []File{{Filename: "x-1.0-py2-none-any.whl"}}
	tests := []struct {
		name     string
		pkg      Package
		settings BuildSettings
		missing  *Missing
		built    bool
	}{
		{name: "wheel", pkg: Package{Wheels: pure}},
		{name: "wheel, builds forbidden", pkg: Package{Wheels: pure, Sdist: sdist}, settings: BuildSettings{NoBuild: true}},
		{name: "sdist only", pkg: Package{Sdist: sdist}, built: true},
		{name: "repository", pkg: Package{Source: Source{Git: "https://git.example.com/x#1"}}, built: true},
		{name: "wheel of another Python and sdist", pkg: Package{Wheels: old, Sdist: sdist}, built: true},
		{
			name: "native, with sdist", pkg: Package{Wheels: mac, Sdist: sdist},
			missing: &Missing{Native: true, Platforms: []string{"macosx_11_0_arm64", "macosx_12_0_arm64", "win_amd64"}},
		},
		{
			name: "native, wanted from source", pkg: Package{Wheels: mac, Sdist: sdist},
			settings: BuildSettings{NoBinaryPackage: []string{"x"}}, built: true,
		},
		{
			name: "native, without sdist", pkg: Package{Wheels: mac},
			missing: &Missing{Native: true, Platforms: []string{"macosx_11_0_arm64", "macosx_12_0_arm64", "win_amd64"}},
		},
		{name: "wheel of another Python only", pkg: Package{Wheels: old}, missing: &Missing{Platforms: []string{"any"}, Pythons: []string{"py2"}}},
		{name: "nothing", missing: &Missing{}},
		{
			name: "wheels of other Pythons",
			pkg: Package{Wheels: []File{
				{Filename: "x-1.0-cp39-cp39-manylinux_2_17_aarch64.whl"},
				{Filename: "x-1.0-cp312-cp312-manylinux_2_17_aarch64.whl"},
				{Filename: "x-1.0-cp313-cp313t-manylinux_2_17_aarch64.whl"},
				{Filename: "x-1.0-cp314-cp314-manylinux_2_35_aarch64.whl"},
				{Filename: "x-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"},
			}},
			missing: &Missing{
				Native: true, Platforms: []string{"manylinux_2_17_aarch64", "manylinux_2_17_x86_64", "manylinux_2_35_aarch64"},
				Pythons: []string{"cp39", "cp312", "cp313t"},
			},
		},
		{
			name: "wheel not wanted, no sdist", pkg: Package{Wheels: pure}, settings: BuildSettings{NoBinary: true},
			missing: &Missing{NoBinary: true, Platforms: []string{"any"}},
		},
		{
			name: "builds forbidden", pkg: Package{Sdist: sdist}, settings: BuildSettings{NoBuild: true},
			missing: &Missing{NoBuild: true},
		},
		{
			name: "builds of it forbidden", pkg: Package{Sdist: sdist}, settings: BuildSettings{NoBuildPackage: []string{"x"}},
			missing: &Missing{NoBuild: true},
		},
	}
	rt, _ := LookupRuntime(Version{3, 13})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pkg := tt.pkg
			pkg.Name = "x"
			root := &Package{Name: "app"}
			c := &Closure{Root: root, Packages: []*Package{&pkg}, dependents: map[*Package]dependent{&pkg: {pkg: root}}}
			missing := c.MissingWheels(rt, "arm64", tt.settings)
			if tt.missing == nil {
				assert.Empty(t, missing)
			} else {
				want := *tt.missing
				want.Package = &pkg
				assert.Equal(t, []Missing{want}, missing)
			}
			assert.Equal(t, tt.built, len(c.SourceOnly(rt, "arm64", tt.settings)) == 1)
		})
	}
}

func TestMissingWheelsOfALock(t *testing.T) {
	t.Parallel()
	c, err := loadLock(t, "workspace.lock").Closure("api", nil, nil, TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64"))
	require.NoError(t, err)
	rt, _ := LookupRuntime(Version{3, 13})
	missing := c.MissingWheels(rt, "amd64", BuildSettings{})
	require.Len(t, missing, 1)
	assert.Equal(t, "grid", missing[0].Package.Name)
	assert.Equal(t, []string{"manylinux_2_28_aarch64"}, missing[0].Platforms)
	assert.True(t, missing[0].Native)
}

// The largest wheel for the target counts, and else the source.
func TestDownloadSize(t *testing.T) {
	t.Parallel()
	rt, ok := LookupRuntime(Version{3, 13})
	require.True(t, ok)
	p := Package{
		Sdist: &File{Filename: "fast-1.0.tar.gz", Size: 5},
		Wheels: []File{
			{Filename: "fast-1.0-cp313-cp313-manylinux_2_28_x86_64.whl", Size: 20},
			{Filename: "fast-1.0-cp313-cp313-manylinux_2_17_x86_64.whl", Size: 30},
			{Filename: "fast-1.0-cp313-cp313-win_amd64.whl", Size: 90},
		},
	}
	assert.Equal(t, int64(30), p.DownloadSize(rt, "amd64"))
	assert.Equal(t, int64(5), p.DownloadSize(rt, "arm64"))
	p.Sdist = nil
	assert.Zero(t, p.DownloadSize(rt, "arm64"))
}
