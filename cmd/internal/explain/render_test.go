package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// written is what a writer of the report wrote.
func written(t *testing.T, r Report) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	return text.String()
}

func TestTextOfAFolder(t *testing.T) {
	t.Parallel()
	r := NewReport("out", newFolder(t,
		file{name: "z-1.dist-info/RECORD", text: "z.py,,\n"}, sized("z.py", 2_999_993), sized("app.py", 600_000), sized("__pycache__/app.cpython-313.pyc", 400_000)))
	assert.Equal(t, `out: folder, 4 files, 4.0 MB

Limit                               Size                 Share
unzipped, function and layers     4.0 MB  of 262.1 MB    1.5 %  ▎

What              Size    Share
packages        3.0 MB   75.0 %  ████████████
application     1.0 MB   25.0 %  ████
Compiled modules are 400.0 kB of it, 10.0 %.

Package or file       Size    Share
z 1                 3.0 MB   75.0 %  ████████████
app.py              1.0 MB   25.0 %  ████
`, written(t, r))
}

func TestTextOfAnImage(t *testing.T) {
	t.Parallel()
	files := []file{}
	for i := range shown + 2 {
		files = append(files, sized("var/task/module_with_a_name_that_is_too_long_to_show_"+strings.Repeat("x", i), 100))
	}
	text := written(t, explainImage(t, layerOf(t, sized("usr/lib/libc.so", 7800)), layerOf(t, files...)))
	assert.Contains(t, text, "image: image for linux/arm64, 23 files, 10.0 kB\n")
	assert.Contains(t, text, "base image      7.8 kB   78.0 %  ████████████▌\n")
	assert.Contains(t, text, "\nmodule_with_a_name_that_is_to…      100 B    4.5 %  ▊\n")
	assert.Contains(t, text, "\n2 more                              200 B    9.1 %  █▌\n")
	assert.Regexp(t, `\nLayer           Size  Compressed    Share\n1 layer a     7\.8 kB       \d{3} B   78\.0 %  █+▌\n`, text)
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 81, line)
	}
}

func TestTextOfNothing(t *testing.T) {
	t.Parallel()
	text := written(t, NewReport("out", newFolder(t)))
	assert.Contains(t, text, "out: folder, 0 files, 0 B\n")
	assert.NotContains(t, text, "NaN")
}

func TestBar(t *testing.T) {
	t.Parallel()
	for share, want := range map[float64]string{0: "", 0.0001: "▏", 0.5: strings.Repeat("█", 8), 1: strings.Repeat("█", 16), 7: strings.Repeat("█", 16)} {
		assert.Equal(t, want, bar(share))
	}
}

func TestHumanSize(t *testing.T) {
	t.Parallel()
	for size, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", plan.LimitUnzipped: "262.1 MB", plan.LimitImage: "10.7 GB"} {
		assert.Equal(t, want, humanSize(size))
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	r := NewReport("out", newFolder(t, file{name: "a-1.dist-info/METADATA", text: "Name: a\nVersion: 1\nLicense: MIT\n"}))
	data, err := json.Marshal(r)
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"version": 1, "source": "out", "kind": "folder", "files": 1, "size": 32, "bytecode": 0,
		"limits": [{"name": "unzipped", "size": 32, "limit": 262144000}],
		"groups": [{"group": "package", "files": 1, "size": 32, "bytecode": 0}],
		"parts": [{"group": "package", "name": "a", "version": "1", "licence": "MIT", "files": 1, "size": 32, "bytecode": 0}],
		"layers": [{"name": "task", "files": 1, "size": 32, "bytecode": 0, "groups": [{"group": "package", "files": 1, "size": 32, "bytecode": 0}]}]
	}`, string(data))
}

func TestLicences(t *testing.T) {
	t.Parallel()
	metadata := func(name, licence string) file {
		return file{name: name + "-1.dist-info/METADATA", text: "Name: " + name + "\nVersion: 1\n" + licence}
	}
	r := NewReport("out", newFolder(t, metadata("a", "License: MIT\n"), metadata("b", "License: BSD\n"), metadata("c", "License: MIT\n"), metadata("d", ""), sized("app.py", 1)))
	assert.Equal(t, []licenceUsage{
		{"MIT", []string{"a 1", "c 1"}, 64}, {"BSD", []string{"b 1"}, 32}, {"not stated", []string{"d 1"}, 19},
	}, licences(r.Parts))
}

// A page of an image has a treemap of the function besides the whole.
func TestHTML(t *testing.T) {
	t.Parallel()
	var html bytes.Buffer
	require.NoError(t, explainImage(t, layerOf(t, sized("etc/x", 10)), layerOf(t, sized("var/task/app.py", 10))).WriteHTML(&html))
	assert.Equal(t, 2, strings.Count(html.String(), `<div class="treemap">`))
	assert.Equal(t, 3, strings.Count(html.String(), `<div class="tile"`))
	html.Reset()
	require.NoError(t, NewReport("out", newFolder(t)).WriteHTML(&html))
	assert.NotContains(t, html.String(), `<div class="tile"`)
	assert.NotContains(t, html.String(), "ZgotmplZ", "the template refuses a value")
}

// broken is a terminal or a disk that takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestWriteFailures(t *testing.T) {
	t.Parallel()
	r := NewReport("out", newFolder(t))
	require.EqualError(t, r.WriteText(broken{}), "writing the report: no space")
	assert.EqualError(t, r.WriteHTML(broken{}), "writing the page: no space")
}
