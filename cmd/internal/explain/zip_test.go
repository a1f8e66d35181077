package explain

import (
	"archive/zip"
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestZip(t *testing.T) {
	t.Parallel()
	data := zipOf(t, file{name: "folder/"}, sized("app.py", 1000), file{name: "a-1.dist-info/RECORD", text: "a.py,,\n"}, sized("a.py", 3))
	content, err := readZip("f.zip", data)
	require.NoError(t, err)
	r := NewReport("f.zip", content)
	assertAddsUp(t, r)
	assert.Equal(t, map[string]int64{"application||app.py": 1000, "package||a 1": 10}, sizes(r))
	assert.EqualValues(t, len(data), r.Zipped+r.Headers)
	assert.Equal(t, []Limit{
		{Name: "unzipped", Size: 1010, Limit: 262144000},
		{Name: "zipped", Source: "f.zip", Size: int64(len(data)), Limit: 52428800},
	}, r.Limits)
}

// A function and its layers count together, and each archive by itself.
func TestZipWithLayer(t *testing.T) {
	t.Parallel()
	function, layer := zipOf(t, sized("app.py", 10)), zipOf(t, sized("python/a.py", 20), sized("python/app.py", 40))
	first, err := readZip("f.zip", function)
	require.NoError(t, err)
	second, err := readZip("l.zip", layer)
	require.NoError(t, err)
	r := NewReport("f.zip l.zip", first, second)
	assertAddsUp(t, r)
	assert.Equal(t, []Limit{
		{Name: "unzipped", Size: 70, Limit: 262144000},
		{Name: "zipped", Source: "f.zip", Size: int64(len(function)), Limit: 52428800},
		{Name: "zipped", Source: "l.zip", Size: int64(len(layer)), Limit: 52428800},
		{Name: "layers", Size: 1, Limit: 5},
	}, r.Limits)
	require.Len(t, r.Layers, 2)
	assert.EqualValues(t, 60, r.Layers[1].Size)
	assert.EqualValues(t, len(function)+len(layer), r.Zipped+r.Headers)
	text := written(t, r)
	assert.Regexp(t, `\nl\.zip zipped +\d+ B +of 52\.4 MB +<0\.1 %  ▏\n`, text)
	assert.Regexp(t, `\nlayers of a function +1 +of 5 +20\.0 %  ███▎\n`, text)
	assert.Regexp(t, `\nArchive +Size  Compressed    Share\n1 f\.zip +10 B +\d+ B   14\.3 %  ██▎\n`, text)
}

// An archive with files outside of the folders of a layer is no layer, and an empty
// archive is none either.
func TestLayersOfAFunction(t *testing.T) {
	t.Parallel()
	var contents []Content
	for _, files := range [][]file{
		{sized("python/a.py", 1)}, {sized("lib/a.so", 1), sized("bin/a", 1)},
		{sized("app.py", 1), sized("python/a.py", 1)}, {sized("python", 1)}, {},
	} {
		c, err := readZip("a.zip", zipOf(t, files...))
		require.NoError(t, err)
		contents = append(contents, c)
	}
	limits := NewReport("all", contents...).Limits
	assert.Equal(t, Limit{Name: "layers", Size: 2, Limit: 5}, limits[len(limits)-1])
	for _, limit := range NewReport("function", contents[2:]...).Limits {
		assert.NotEqual(t, "layers", limit.Name)
	}
}

// claiming is an archive with an entry that claims sizes and has no content.
func claiming(t testing.TB, name string, size, packed uint64) []byte {
	t.Helper()
	var data bytes.Buffer
	w := zip.NewWriter(&data)
	_, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, UncompressedSize64: size, CompressedSize64: packed})
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return data.Bytes()
}

func TestHostileZip(t *testing.T) {
	t.Parallel()
	bomb := file{name: "a-1.dist-info/METADATA", text: strings.Repeat("\n", maxText+1)}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"no archive":    {[]byte("PK\x03\x04"), "f.zip is no zip archive: zip: not a valid zip file"},
		"beyond disks":  {claiming(t, "a", 1<<51, 0), "reading f.zip: it claims more than a petabyte of files"},
		"beyond int64":  {claiming(t, "a", math.MaxUint64, 0), "reading f.zip: it claims more than a petabyte of files"},
		"packed":        {claiming(t, "a", 0, 1<<63), "reading f.zip: it claims more than a petabyte of files"},
		"overlapping":   {claiming(t, "a", 1, 4096), "reading f.zip: its entries overlap, as no tool for archives writes them"},
		"metadata bomb": {zipOf(t, bomb), "reading f.zip: its packages have more than 256 MB of metadata: no Python packages do"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readZip("f.zip", test.data)
			assert.EqualError(t, err, test.want)
		})
	}
}

// Sizes are what the directory says, however much there really is.
func TestZipIsNotDecompressed(t *testing.T) {
	t.Parallel()
	content, err := readZip("f.zip", claiming(t, "a", 1<<40, 0))
	require.NoError(t, err)
	assert.EqualValues(t, 1<<40, NewReport("f.zip", content).Size)
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	content, err := readZip("f.zip", zipOf(t,
		sized("../../etc/passwd", 1), sized("/abs/x", 2), sized(`..\windows`, 4), sized("a/../b", 8), sized("\x1b[31mred\n", 16), sized("<script>alert(1)</script>", 32)))
	require.NoError(t, err)
	r := NewReport("f.zip", content)
	assertAddsUp(t, r)
	assert.Equal(t, map[string]int64{
		"application||etc": 1, "application||abs": 2, `application||..\windows`: 4, "application||b": 8, "application||\x1b[31mred": 16, "application||<script>alert(1)<": 32,
	}, sizes(r))
	var text, html bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	assert.NotContains(t, text.String(), "\x1b")
	require.NoError(t, r.WriteHTML(&html))
	assert.NotContains(t, html.String(), "<script>")
	assert.Contains(t, html.String(), "&lt;script&gt;")
}

func FuzzReadZip(f *testing.F) {
	f.Add(zipOf(f, sized("app.py", 10), file{name: "a-1.dist-info/RECORD", text: "a.py,,\n"}, sized("a.py", 3)))
	f.Add(claiming(f, "..", 1<<50, 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		content, err := readZip("f.zip", data)
		if err == nil {
			assertAddsUp(t, NewReport("f.zip", content))
		}
	})
}

func FuzzPackage(f *testing.F) {
	f.Add([]byte("a.py,,\n"), []byte("Name: a\nVersion: 1\n"))
	f.Fuzz(func(t *testing.T, record, metadata []byte) {
		assertAddsUp(t, NewReport("task", newFolder(t,
			file{name: "a-1.dist-info/RECORD", text: string(record)}, file{name: "a-1.dist-info/METADATA", text: string(metadata)}, sized("a.py", 1))))
	})
}
