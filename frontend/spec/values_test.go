package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChecks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		check       check
		value, want string // an empty want is no error
	}{
		{checkPython, "3.9", ""},
		{checkPython, "3.14", ""},
		{checkPython, "3.13.1", `"3.13.1" names a patch release, which Lambda chooses itself: write "3.13"`},
		{checkPython, "3.15", ""},
		{checkPython, "3.16", `"3.16" is no runtime of Lambda: use one of 3.9, 3.10, 3.11, 3.12, 3.13, 3.14`},
		{checkPython, "2.7", `"2.7" is no runtime of Lambda: use one of 3.9, 3.10, 3.11, 3.12, 3.13, 3.14`},
		{checkPython, ">=3.13", `is wrong: ">=3.13" is not a Python version: write it as MAJOR.MINOR, such as 3.13`},

		{checkArchitecture, "x86_64", ""},
		{checkArchitecture, "arm64", ""},
		{checkArchitecture, "AMD64", `"AMD64" is "x86_64" in Lambda's terms: write that`},
		{checkArchitecture, "aarch64", `"aarch64" is "arm64" in Lambda's terms: write that`},
		{checkArchitecture, "riscv64", `"riscv64" is unknown: use "x86_64" or "arm64"`},

		{checkLock, "checked", ""},
		{checkLock, "frozen", `"frozen" is unknown: use "checked" or "unchecked"`},

		{checkUV, "0.8.14", ""},
		{checkUV, "0.13.9", ""},
		{checkUV, "registry.example.com/uv:0.13.9", ""},
		{checkUV, "uv@sha256:00", ""},
		{checkUV, "0.8.13", `"0.8.13" is too old, since its export cannot leave out local packages (--no-emit-local): use 0.8.14 or newer`},
		{checkUV, "0.9", `"0.9" is neither a full version, such as "0.9.26", nor an image: write one of them`},
		{checkUV, "latest", `"latest" is neither a full version, such as "0.9.26", nor an image: write one of them`},
		{checkUV, "uv image:1", `"uv image:1" is not an image reference: write it as NAME:TAG or NAME@DIGEST`},

		{checkImage, "base", ""},
		{checkImage, "-v", `"-v" is not an image reference: write it as NAME:TAG or NAME@DIGEST`},

		{checkName, "my_pkg.x-1", ""},
		{checkName, "-x", `"-x" is not a name: use letters, digits and -, _ or . between them`},
		{checkName, "a b", `"a b" is not a name: use letters, digits and -, _ or . between them`},

		{checkPath, "app/main.py", ""},
		{checkPath, ".", ""},
		{checkPath, "a..b/..c", ""},
		{checkPath, "/etc", `"/etc" is absolute: make it relative`},
		{checkPath, "a/..", `"a/.." has a "..": name a path without it`},
		{checkPath, `a\b`, `"a\\b" has a backslash: separate folders with /`},
		{checkNamed, `a\b`, ""},
		{checkPath, "a\nb", `"a\nb" has a control character: remove it`},

		{checkPattern, "!keep", ""},
		{checkPattern, "!", `"!" has no pattern: add one`},
		{checkPattern, "app/[a-z]*", ""},
		{checkPattern, "!app/[a", `"!app/[a" is not a pattern: close its bracket`},
		{checkPattern, "/app/*.md", ""},
		{checkPattern, `data\[1].json`, ""},
		{checkPattern, " ! ", `" ! " has no pattern: add one`},
		{checkPattern, "a[*]", `"a[*]" is not a pattern: it has * in brackets: write \*`},
		{checkPattern, `docs\x`, `"docs\\x" is not a pattern: it has \ before x: separate folders with /, and write \ only before a character that would match others`},
		{checkPattern, "!../x", `"../x" has a "..": name a path without it`},
	}
	for _, tt := range tests {
		if err := tt.check(tt.value); tt.want == "" {
			assert.NoError(t, err, tt.value)
		} else {
			assert.EqualError(t, err, tt.want, tt.value)
		}
	}
}

func TestCheckVariable(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"LOG_LEVEL", "_X", "PATH", "AWS_LWA_PORT", "TZ"} {
		require.NoError(t, checkVariable(name, "v"), name)
	}
	require.EqualError(t, checkVariable("PYTHONPATH", "v"),
		"keeps Lambda's runtime from starting: remove it, and put modules at the task root with include")
	for _, name := range reservedVariables() {
		require.EqualError(t, checkVariable(name, "v"), "is reserved and set by Lambda itself: remove it", name)
	}
	for _, name := range []string{"", "1A", "A-B", "A B", "Ä"} {
		require.EqualError(t, checkVariable(name, "v"),
			"is not a variable's name: use letters, digits and _, and no digit first", name)
	}
	assert.EqualError(t, checkVariable("A", "\x00"), "has a NUL character in its value: remove it")
}
