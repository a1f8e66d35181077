package explain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParts(t *testing.T) {
	t.Parallel()
	metadata := file{name: "Some_Lib-1.0.dist-info/METADATA", text: "Metadata-Version: 2.4\nName: some.lib\nVersion: 1.0\nLicense-Expression: MIT\n"}
	record := file{name: "Some_Lib-1.0.dist-info/RECORD", text: "some_lib/__init__.py,sha256=x,10\r\n\"some_lib/a,b.txt\",,\r\nsome_lib.libs/c.so,,\r\n"}
	meta := int64(len(metadata.text) + len(record.text))
	tests := map[string]struct {
		files []file
		want  map[string]int64
	}{
		"a package has what its RECORD lists, its metadata and its bytecode": {
			[]file{
				metadata, record, sized("Some_Lib-1.0.dist-info/uv_cache.json", 1), sized("some_lib/__init__.py", 10), sized("some_lib/a,b.txt", 20),
				sized("some_lib.libs/c.so", 40), sized("some_lib/__pycache__/__init__.cpython-313.pyc", 80), sized("some_lib/other.py", 160),
			},
			map[string]int64{"package||some.lib 1.0": meta + 151, "application||some_lib": 160},
		},
		"a member was installed from a file": {
			[]file{metadata, record, {name: "Some_Lib-1.0.dist-info/direct_url.json", text: `{"url":"file:///x.whl"}`}, sized("some_lib/__init__.py", 10)},
			map[string]int64{"member||some.lib 1.0": meta + 10 + 23},
		},
		"another URL makes no member": {
			[]file{{name: "a-1.dist-info/direct_url.json", text: `{"url":"https://example.com/a.whl"}`}, sized("b-1.dist-info/direct_url.json", 5)},
			map[string]int64{"package||a 1": 35, "package||b 1": 5},
		},
		"without METADATA the folder's name counts": {
			[]file{{name: "a_b-2.0.dist-info/RECORD", text: "a.py,,\n"}, sized("a.py", 1)},
			map[string]int64{"package||a_b 2.0": 8},
		},
		"the application's bytecode is counted with its source": {
			[]file{sized("app.py", 10), sized("__pycache__/app.cpython-313.pyc", 20), sized("pkg/m.py", 1), sized("pkg/__pycache__/m.cpython-313.pyc", 2)},
			map[string]int64{"application||app.py": 30, "application||pkg": 3},
		},
		"a layer's packages are further down": {
			[]file{{name: "python/lib/python3.13/site-packages/a-1.dist-info/RECORD", text: "a.py,,\n../../../bin/a,,\n"}, sized("python/lib/python3.13/site-packages/a.py", 1), sized("python/bin/a", 2)},
			map[string]int64{"package|python/lib/python3.13/site-packages|a 1": 27},
		},
		"a RECORD can't reach outside": {
			[]file{{name: "a-1.dist-info/RECORD", text: "../b.py,,\n/c.py,,\n\n,,\n\"d.py"}, sized("b.py", 1), sized("c.py", 2), sized("d.py", 4)},
			map[string]int64{"package||a 1": 31, "application||b.py": 1, "application||c.py": 2},
		},
		"links are not followed": {
			[]file{{name: "a-1.dist-info/METADATA", link: "../other"}, {name: "other", text: "Name: b\nVersion: 2\n"}, {name: "app", link: "."}},
			map[string]int64{"package||a 1": 0, "application||other": 19, "application||app": 0},
		},
		"nothing": {nil, map[string]int64{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := NewReport("task", newFolder(t, test.files...))
			assert.Equal(t, test.want, sizes(r))
			assertAddsUp(t, r)
		})
	}
}

func TestBaseFolder(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"usr/lib/x/y": "/usr/lib", "usr/x": "/usr", "etc/ssl/certs/a": "/etc", "lambda-entrypoint.sh": "/lambda-entrypoint.sh", "var/lang/bin/python": "/var/lang",
	} {
		assert.Equal(t, want, baseFolder(name))
	}
}

func TestBytecodeShare(t *testing.T) {
	t.Parallel()
	r := NewReport("task", newFolder(t, sized("app.py", 10), sized("__pycache__/app.cpython-313.pyc", 20), sized("legacy.pyc", 40)))
	assert.Equal(t, Usage{Files: 3, Size: 70, Bytecode: 60}, r.Usage)
}
