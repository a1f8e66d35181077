package project

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEvaluateMarker(t *testing.T) {
	t.Parallel()
	env := TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "arm64")
	extras := map[string]bool{"fast-io": true}
	tests := []struct {
		marker string
		want   bool
	}{
		{"", true},
		{"python_version >= '3.9'", true}, // by version, not by text
		{"python_version < '3.13'", false},
		{"python_version == '3.*'", true},
		{"python_version ~= '3.12'", true},
		{"python_version === '3.13'", true},
		{"python_version != '3.13'", false},
		{"'3.9' < python_version", true},
		{"'3.14' <= python_version", false},
		{"python_version in '3.12, 3.13'", true},
		{"python_version not in '3.12 3.14'", true},
		{"python_full_version <= '3.13.0a6'", true}, // uv takes it for 3.13.0
		{"python_full_version >= '3.13.1'", false},
		{"implementation_version >= '3.13'", true},
		{"python_version > 'banana'", false}, // as text
		{"sys_platform == 'linux'", true},
		{`sys.platform == "linux"`, true},
		{"os.name != 'nt'", true},
		{"platform_machine == 'aarch64'", true},
		{"platform.machine in 'x86_64 amd64'", false},
		{"'64' in platform_machine", true},
		{"'86' not in platform_machine", true},
		{"platform_release >= '5'", false},
		{"platform_release <= '5'", true},
		{"platform_machine > 'a' and platform_machine < 'b'", true},
		{"python_implementation == 'CPython'", true},
		{"implementation_name === 'cpython'", true},
		{"platform_python_implementation != 'PyPy' and platform_system == 'Linux'", true},
		{"sys_platform == 'win32' or os_name == 'posix'", true},
		{"sys_platform == 'win32' and os_name == 'posix' or platform_machine == 'aarch64'", true},
		{"sys_platform == 'win32' and (os_name == 'posix' or platform_machine == 'aarch64')", false},
		{"((sys_platform=='linux'))", true},
		{"extra == 'Fast_IO'", true},
		{"'fast-io' == extra", true},
		{"extra != 'fast-io'", false},
		{"extra == 'slow'", false},
		{"extra != 'slow'", true},
		{"'dev' in dependency_groups", false}, // uv takes no group for chosen here
		{"'dev' not in dependency_groups", true},
		{"'fast-io' in extras", false},
		{"'fast-io' not in extras and sys_platform == 'linux'", true},
		{"'a' == 'a'", true},
		{"  sys_platform\t==\n'linux'  ", true},
	}
	for _, tt := range tests {
		got, err := evaluateMarker(tt.marker, env, extras)
		require.NoError(t, err, tt.marker)
		assert.Equal(t, tt.want, got, tt.marker)
	}
}

func TestEvaluateMarkerErrors(t *testing.T) {
	t.Parallel()
	env := TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "arm64")
	tests := []struct{ marker, want string }{
		{"dependency_groups == 'dev'", "evaluating the marker \"dependency_groups == 'dev'\": dependency_groups can only stand behind a name and `in` or `not in`"},
		{"'dev' == extras", "evaluating the marker \"'dev' == extras\": extras can only stand behind a name and `in` or `not in`"},
		{"moon == 'full'", "evaluating the marker \"moon == 'full'\": unknown variable moon"},
		{"extra >= 'a'", `evaluating the marker "extra >= 'a'": extra cannot be compared with ">="`},
		{"extra == os_name", `evaluating the marker "extra == os_name": extra is compared with the variable os_name, not with a name`},
		{"os_name ~= 'x'", `evaluating the marker "os_name ~= 'x'": "~=" compares versions, and "x" is none`},
		{"os_name", `reading the marker "os_name": expected a comparison before ""`},
		{"os_name not 'x'", `reading the marker "os_name not 'x'": expected a comparison before "'x'"`},
		{"os_name ==", `reading the marker "os_name ==": it ends where a variable or a quoted string is expected`},
		{"os_name == 'x", `reading the marker "os_name == 'x": a quoted string is not closed`},
		{"(os_name == 'x'", `reading the marker "(os_name == 'x'": a parenthesis is not closed`},
		{"os_name == 'x' os_name", `reading the marker "os_name == 'x' os_name": unexpected "os_name"`},
		{"OS == 'x'", `reading the marker "OS == 'x'": expected a variable or a quoted string before "OS == 'x'"`},
	}
	for _, tt := range tests {
		_, err := evaluateMarker(tt.marker, env, nil)
		require.EqualError(t, err, tt.want)
	}
	_, err := evaluateMarker(strings.Repeat("(", 100000), env, nil)
	assert.ErrorContains(t, err, "parentheses are nested more than 100 levels deep")
}

func FuzzEvaluateMarker(f *testing.F) {
	for _, seed := range []string{
		"python_version >= '3.9' and (extra == 'x' or os.name not in \"nt\")", "((", "'' in ''", "python_version in '3'",
	} {
		f.Add(seed)
	}
	env := TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := evaluateMarker(text, env, nil)
		if err != nil {
			return
		}
		again, err := evaluateMarker("("+text+")", env, nil)
		if strings.TrimSpace(text) != "" && strings.Count(text, "(") < maxMarkerDepth {
			require.NoError(t, err)
			require.Equal(t, first, again)
		}
	})
}
