package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPythonRequests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]PythonRequest{
		"3.13\n":                             {Text: "3.13", Line: 1, Specifier: specifiers(t, "==3.13.*")[0], Exact: &Version{3, 13}},
		"3.13.2\r\n":                         {Text: "3.13.2", Line: 1, Specifier: specifiers(t, "==3.13.2")[0], Exact: &Version{3, 13}},
		"# pinned\n\n  3.9 \n3.14\n":         {Text: "3.9", Line: 3, Specifier: specifiers(t, "==3.9.*")[0], Exact: &Version{3, 9}},
		"my-env\n3.13\n":                     {Text: "3.13", Line: 2, Specifier: specifiers(t, "==3.13.*")[0], Exact: &Version{3, 13}},
		"cpython-3.13.2-linux-x86_64-gnu":    {Text: "cpython-3.13.2-linux-x86_64-gnu", Line: 1, Specifier: specifiers(t, "==3.13.2")[0], Exact: &Version{3, 13}},
		"CPython@3.11.1":                     {Text: "CPython@3.11.1", Line: 1, Specifier: specifiers(t, "==3.11.1")[0], Exact: &Version{3, 11}},
		"cp310":                              {Text: "cp310", Line: 1, Specifier: specifiers(t, "==3.10.*")[0], Exact: &Version{3, 10}},
		"3.14.0rc1":                          {Text: "3.14.0rc1", Line: 1, Specifier: specifiers(t, "==3.14.*")[0], Exact: &Version{3, 14}},
		"3.13t":                              {Text: "3.13t", Line: 1, Specifier: specifiers(t, "==3.13.*")[0], Exact: &Version{3, 13}},
		"cpython-3.10-macos-aarch64-none\n#": {Text: "cpython-3.10-macos-aarch64-none", Line: 1, Specifier: specifiers(t, "==3.10.*")[0], Exact: &Version{3, 10}},
		"3":                                  {Text: "3", Line: 1, Specifier: specifiers(t, "==3.*")[0]},
		">=3.12,<3.14":                       {Text: ">=3.12,<3.14", Line: 1, Specifier: specifiers(t, ">=3.12,<3.14")[0]},
		"any":                                {Text: "any", Line: 1},
	} {
		assert.Equal(t, PythonFile{Request: &want, Passed: ReadPythonFile([]byte(text)).Passed}, ReadPythonFile([]byte(text)), text)
	}
}

func TestPassedPythonRequests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]PassedRequest{
		"":                    nil,
		"# nothing\n":         nil,
		"my-venv\n":           {{Text: "my-venv", Line: 1}},
		"system\n3.9 # old":   {{Text: "system", Line: 1}, {Text: "3.9 # old", Line: 2}},
		"\npypy@3.10\n3.12\n": {{Text: "pypy@3.10", Line: 2, Other: true}},
		"./venv/bin/python":   {{Text: "./venv/bin/python", Line: 1, Other: true}},
	} {
		assert.Equal(t, PythonFile{Passed: want}, ReadPythonFile([]byte(text)), text)
	}
}

func TestReleaseOfAPythonRequest(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"3.13.2": "3.13.2", "cpython@3.13.02": "3.13.2", "3.13": "", "3.14.0rc1": "", ">=3.13.2": "", "any": ""} {
		assert.Equal(t, want, ReadPythonFile([]byte(text)).Request.Release(), text)
	}
}

func TestPythonRequestAllows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"any": true, "3": true, "3.13": true, "3.12": false, ">=3.14": false, ">=3.12,<3.14": true, "cp": true} {
		assert.Equal(t, want, ReadPythonFile([]byte(text)).Request.Allows(Version{3, 13}), text)
	}
}

func FuzzReadPythonFile(f *testing.F) {
	f.Add([]byte("# x\ncpython-3.13.2-linux\n"))
	f.Add([]byte(">=3.13"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := ReadPythonFile(data)
		if file.Request == nil {
			return
		}
		_, err := ParseSpecifier(file.Request.Specifier.String())
		require.NoError(t, err)
	})
}
