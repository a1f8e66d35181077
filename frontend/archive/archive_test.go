package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// packed is a part of an owner, and its bytes.
func packed(t testing.TB, owner Owner, files ...File) ([]Entry, []byte) {
	t.Helper()
	entries, data, err := Pack(files)
	require.NoError(t, err)
	for i := range entries {
		entries[i].Owner = owner
	}
	return entries, data
}

// written is a file as an independent reader finds it in an archive.
type written struct {
	Name, Text string
	Mode       fs.FileMode
	Method     uint16
}

func readArchive(t *testing.T, content []byte) []written {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	var all []written
	for _, f := range r.File {
		assert.Equal(t, "1980-01-01T00:00:00Z", f.Modified.UTC().Format(time.RFC3339))
		assert.Empty(t, f.Extra)
		assert.Zero(t, f.Flags&8, "%s has its sizes behind its bytes", f.Name)
		open, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(open) // checks the CRC
		require.NoError(t, err)
		all = append(all, written{f.Name, string(text), f.Mode(), f.Method})
	}
	return all
}

// TestLayoutOverPackages: what a package has compiled of a module that the
// application replaces is not in the archive, since Python would run it.
func TestLayoutOverPackages(t *testing.T) {
	t.Parallel()
	hij, hijData := packed(t, Owner{"hi_j", "1.0"},
		File{Name: "main.py", Data: []byte("the package")}, File{Name: "__pycache__/main.cpython-313.pyc", Data: []byte("compiled")},
		File{Name: "__pycache__/main.cpython-313.opt-1.pyc", Data: []byte("compiled")},
		File{Name: "same.py", Data: []byte("same")}, File{Name: "__pycache__/same.cpython-313.pyc", Data: []byte("compiled")},
		File{Name: "own.py", Data: []byte("own")}, File{Name: "__pycache__/own.cpython-313.pyc", Data: []byte("compiled")},
		File{Name: "pkg/__init__.py"}, File{Name: "ext.abi3.so"})
	lib, libData := packed(t, Owner{"lib", "2"},
		File{Name: "own.py", Data: []byte("library")}, File{Name: "__pycache__/own.cpython-313.pyc", Data: []byte("compiled of the library")})
	app, appData := packed(t, application,
		File{Name: "main.py", Data: []byte("the application")}, File{Name: "same.py", Data: []byte("same")},
		File{Name: "pkg.py", Data: []byte("x")}, File{Name: "ext.py", Data: []byte("x")}, File{Name: "own.json"})
	l, err := NewLayout(hij, lib, app)
	require.NoError(t, err)
	content := slices.Concat(hijData, libData, appData, l.Directory)
	assert.EqualValues(t, len(content), l.Size)
	got := map[string]string{}
	for _, f := range readArchive(t, content) {
		got[f.Name] = f.Text
	}
	assert.Equal(t, map[string]string{
		"main.py": "the application",
		"same.py": "same", "__pycache__/same.cpython-313.pyc": "compiled",
		"own.py": "library", "__pycache__/own.cpython-313.pyc": "compiled of the library",
		"pkg/__init__.py": "", "ext.abi3.so": "", "pkg.py": "x", "ext.py": "x", "own.json": "",
	}, got)
	assert.Equal(t, []Replaced{{"main.py", Owner{"hi_j", "1.0"}, application, 2}, {"own.py", Owner{"hi_j", "1.0"}, Owner{"lib", "2"}, 1}}, l.Replaced)
	assert.Equal(t, []Replaced{{"ext.py", application, Owner{"hi_j", "1.0"}, 2}, {"pkg.py", application, Owner{"hi_j", "1.0"}, 2}}, l.Hidden)
	assert.Equal(t, "hi-j 1.0", l.Replaced[0].Owner.String())
	assert.Equal(t, "the application", l.Replaced[0].By.String())
}

// TestLayoutOfLinksAndFolders: other readers of zip archives find links and folders
// too.
func TestLayoutOfLinksAndFolders(t *testing.T) {
	t.Parallel()
	entries, data := packed(t, application, File{Name: "empty/"}, File{Name: "lib.so", Data: []byte("lib.so.1")})
	entries[1].Mode = 0o120777
	l, err := NewLayout(entries)
	require.NoError(t, err)
	assert.Equal(t, []written{
		{"empty/", "", fs.ModeDir | 0o755, zip.Store},
		{"lib.so", "lib.so.1", fs.ModeSymlink | 0o777, zip.Store},
	}, readArchive(t, append(data, l.Directory...)))
}

func TestLayout(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 100)
	first, firstData := packed(t, Owner{"requests", "2.0"}, File{Name: "b.py", Data: []byte(long)}, File{Name: "a/run", Executable: true, Data: []byte("x")})
	second, secondData := packed(t, application, File{Name: "größe.txt", Data: []byte("n")}, File{Name: "b.py", Data: []byte("newer")}, File{Name: "empty"})
	layout, err := NewLayout(first, second)
	require.NoError(t, err)
	content := slices.Concat(firstData, secondData, layout.Directory)
	assert.EqualValues(t, len(content), layout.Size)
	assert.EqualValues(t, len("x")+len("newer")+len("n"), layout.Unzipped, "what is replaced does not count")
	assert.Equal(t, []written{
		{"a/run", "x", 0o755, zip.Store},
		{"b.py", "newer", 0o644, zip.Store},
		{"empty", "", 0o644, zip.Store},
		{"größe.txt", "n", 0o644, zip.Store},
	}, readArchive(t, content))

	alone, err := NewLayout(first)
	require.NoError(t, err)
	assert.Equal(t, written{"b.py", long, 0o644, zip.Deflate}, readArchive(t, slices.Concat(firstData, alone.Directory))[1])
	nothing, err := NewLayout()
	require.NoError(t, err)
	assert.Empty(t, readArchive(t, nothing.Directory))
}

func TestTooManyFiles(t *testing.T) {
	t.Parallel()
	part := make([]Entry, 65536)
	for i := range part {
		part[i].Name = fmt.Sprint(i)
	}
	_, err := NewLayout(part[1:])
	require.NoError(t, err)
	_, err = NewLayout(part)
	require.EqualError(t, err, "65536 files are more than the 65535 that a zip archive holds: leave some out with `exclude`, or build an image")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	var part []Entry
	for i, name := range []string{"one", "two", "three", "four", "five", "six"} {
		part = append(part, Entry{Name: name, Size: 1e6 * uint32(i+1), Owner: Owner{name, "1"}})
	}
	layout, err := NewLayout(part)
	require.NoError(t, err)
	require.NoError(t, layout.Check(21e6, nil))
	require.EqualError(t, layout.Check(21e6-1, nil), "the archive has 21000000 bytes unzipped, over Lambda's limit of 20999999; "+
		"the largest packages are six 6.0 MB, five 5.0 MB, four 4.0 MB, three 3.0 MB, two 2.0 MB: leave some out, or build an image, which may have 10 GB")
	layer := []Entry{{Size: 5e6, Owner: Owner{"layered", "1"}}}
	require.NoError(t, layout.Check(26e6, layer))
	require.EqualError(t, layout.Check(25e6, layer), "the archive and its layer have 26000000 bytes unzipped, over Lambda's limit of 25000000; "+
		"the largest packages are six 6.0 MB, five 5.0 MB, layered 5.0 MB, four 4.0 MB, three 3.0 MB: leave some out, or build an image, which may have 10 GB")
}

// Of a large application the largest file is named.
func TestCheckOfAnApplication(t *testing.T) {
	t.Parallel()
	layout, err := NewLayout([]Entry{{Name: "data/m.bin", Size: 269e6, Owner: application}, {Name: "app.py", Size: 1e6, Owner: application}, {Name: "six.py", Size: 1e3, Owner: Owner{"six", "1"}}})
	require.NoError(t, err)
	require.EqualError(t, layout.Check(250e6, nil), "the archive has 270001000 bytes unzipped, over Lambda's limit of 250000000; "+
		"the largest packages are application 270.0 MB (data/m.bin alone 269.0 MB), six 0.0 MB: leave some out, or build an image, which may have 10 GB")
}

func TestFacts(t *testing.T) {
	t.Parallel()
	small, _ := packed(t, Owner{"small", "1"}, File{Name: "s"})
	large, _ := packed(t, Owner{"large", "2"}, File{Name: "l", Data: []byte("12")}, File{Name: "m", Data: []byte("3")})
	own, _ := packed(t, application, File{Name: "<app>.py", Data: []byte("12")})
	layout, err := NewLayout(small, large, own)
	require.NoError(t, err)
	facts, err := layout.Facts(plan.Facts{Handler: "<app>.f", Runtime: "python3.13", Architecture: "arm64"}, []byte(`{"tests": 7}`))
	require.NoError(t, err)
	assert.Equal(t, `{
  "Handler": "<app>.f",
  "Runtime": "python3.13",
  "Architecture": "arm64",
  "CodeSha256": "(CodeSha256)",
  "packages": [
    {
      "name": "large",
      "size": 3,
      "version": "2"
    },
    {
      "name": "application",
      "size": 2,
      "version": ""
    },
    {
      "name": "small",
      "size": 0,
      "version": "1"
    }
  ],
  "slimmed": {
    "tests": 7
  },
  "unzipped": 5,
  "zipped": 353
}
`, string(facts))

	empty, err := NewLayout()
	require.NoError(t, err)
	facts, err = empty.Facts(plan.Facts{}, nil)
	require.NoError(t, err)
	assert.Contains(t, string(facts), `"packages": []`)
	assert.NotContains(t, string(facts), "slimmed")
}

func TestParseEntries(t *testing.T) {
	t.Parallel()
	entries, err := ParseEntries([]byte("größe/a b.py\t420\t8\t4294967295\t3\t7\t0\trequests\t2.0\nx\t493\t0\t0\t0\t0\t5000000000\tapplication\t\n"))
	require.NoError(t, err)
	assert.Equal(t, []Entry{
		{"größe/a b.py", 0o644, 8, 4294967295, 3, 7, 0, Owner{"requests", "2.0"}},
		{"x", 0o755, 0, 0, 0, 0, 5000000000, application},
	}, entries)
	entries, err = ParseEntries(nil)
	require.NoError(t, err)
	assert.Empty(t, entries)
	for line, want := range map[string]string{
		"x\t420":                               `reading the entries of an archive: "x\t420": it has not nine fields`,
		"x\t420\t8\t0\t-1\t0\t0\ta\t1":         `reading the entries of an archive: "x\t420\t8\t0\t-1\t0\t0\ta\t1": strconv.ParseUint: parsing "-1": invalid syntax`,
		"x\t420\t8\t4294967296\t1\t0\t0\ta\t1": `reading the entries of an archive: "x\t420\t8\t4294967296\t1\t0\t0\ta\t1": strconv.ParseUint: parsing "4294967296": value out of range`,
	} {
		_, err := ParseEntries([]byte(line))
		require.EqualError(t, err, want)
	}
}

// FuzzParseEntries: what a step wrote may be anything, and is laid out or
// refused.
func FuzzParseEntries(f *testing.F) {
	f.Add([]byte("a.py\t420\t8\t4294967295\t3\t7\t0\trequests\t2.0\n"))
	f.Add([]byte("a\t420\t8\t0\t4294967295\t0\t9223372036854775807\tb\t\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := ParseEntries(data)
		if err != nil {
			return
		}
		layout, err := NewLayout(entries, entries)
		if err != nil {
			return
		}
		_ = layout.Check(0, entries)
		_, err = layout.Facts(plan.Facts{}, nil)
		require.NoError(t, err)
	})
}
