package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePythonVersionFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Version{
		"3.13\n":                             {3, 13},
		"3.13.2\r\n":                         {3, 13},
		"# pinned\n\n  3.9  # old\n3.14\n":   {3, 9},
		"cpython@3.13":                       {3, 13},
		"cpython-3.13.2-linux-x86_64-gnu":    {3, 13},
		"cpython3.12":                        {3, 12},
		"python3.12":                         {3, 12},
		"CPython@3.11.1":                     {3, 11},
		"cp310":                              {3, 10},
		"3.14.0rc1":                          {3, 14},
		"3.13t":                              {3, 13},
		"\ufeff3.12":                         {3, 12},
		"cpython-3.10-macos-aarch64-none\n#": {3, 10},
	} {
		got, err := ParsePythonVersionFile([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]string{
		"":             "there is no version in it: write one as MAJOR.MINOR, such as 3.13",
		"# nothing\n":  "there is no version in it: write one as MAJOR.MINOR, such as 3.13",
		"3\n":          `"3" does not name a version of CPython: write it as MAJOR.MINOR, such as 3.13`,
		"pypy@3.10":    `"pypy@3.10" does not name a version of CPython: write it as MAJOR.MINOR, such as 3.13`,
		">=3.12,<3.14": `">=3.12,<3.14" does not name a version of CPython: write it as MAJOR.MINOR, such as 3.13`,
		"my-venv":      `"my-venv" does not name a version of CPython: write it as MAJOR.MINOR, such as 3.13`,
	} {
		_, err := ParsePythonVersionFile([]byte(text))
		assert.EqualError(t, err, want, text)
	}
}

func FuzzParsePythonVersionFile(f *testing.F) {
	f.Add([]byte("# x\ncpython-3.13.2-linux\n"))
	f.Add([]byte("3.13"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := ParsePythonVersionFile(data)
		if err == nil {
			again, err := ParsePythonVersionFile([]byte(v.String()))
			require.NoError(t, err)
			require.Equal(t, v, again)
		}
	})
}
