package files_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/files"
)

func TestImportedFirst(t *testing.T) {
	t.Parallel()
	for p, want := range map[string]string{
		"main/__init__.py":                    "main.py",
		"a/b/__init__.py":                     "a/b.py",
		"__init__.py":                         "",
		"a/b.abi3.so":                         "a/b.py",
		"b.so":                                "b.py",
		"a/b.cpython-313-x86_64-linux-gnu.so": "a/b.py",
		"a/libb.so.1":                         "",
		"a/b.py":                              "",
		"a/.so":                               "",
	} {
		got, ok := files.ImportedFirst(p)
		assert.Equal(t, want, got, p)
		assert.Equal(t, want != "", ok, p)
	}
}

func TestCompiledFrom(t *testing.T) {
	t.Parallel()
	for p, want := range map[string]string{
		"__pycache__/main.cpython-313.pyc":        "main.py",
		"a/b/__pycache__/c.cpython-313.opt-1.pyc": "a/b/c.py",
		"a/__pycache__/__init__.cpython-39.pyc":   "a/__init__.py",
		"__pycache__/main.pyc":                    "",
		"a/main.cpython-313.pyc":                  "",
		"a/__pycache__/data.json":                 "",
		"a/__pycache__/x/main.cpython-313.pyc":    "",
		"__pycache__":                             "",
		"x__pycache__/main.cpython-313.pyc":       "",
		"a/__pycache__/main.cpython-313.pyc.1234": "",
		"a/__pycache__/two.words.cpython-313.pyc": "a/two.py",
	} {
		got, ok := files.CompiledFrom(p)
		assert.Equal(t, want, got, p)
		assert.Equal(t, want != "", ok, p)
	}
}
