package frontend

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/archive"
)

// Where a stub has the files of results.
const (
	partEntries = "part.tsv"
	partData    = "part.data"
	appFile     = "/var/task/app.py"
)

// packedGreeting is greeting as steps of a build leave it: the dependencies and
// the members are parts with these files.
func packedGreeting(t *testing.T, files ...archive.File) map[string]string {
	t.Helper()
	entries, data, err := archive.Pack(files)
	require.NoError(t, err)
	all := greeting()
	all[partEntries], all[partData] = "", string(data)
	for _, e := range entries {
		all[partEntries] += fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", e.Name, e.Mode, e.Method, e.CRC, e.Packed, e.Size, e.Offset, e.Owner[0], e.Owner[1])
	}
	all["greeting.json"] = `{"CodeSha256": "abc"}` + "\n"
	return all
}

// solves tells whether a step was solved, by a part of its name.
func solves(s *stub, name string) bool {
	for _, req := range s.solved {
		for _, vertex := range req.Definition.Metadata {
			if strings.Contains(vertex.Description["llb.customname"], name) {
				return true
			}
		}
	}
	return false
}

// The facts of an archive that a step wrote are handed to the client, those of
// each platform by themselves.
func TestArchiveFacts(t *testing.T) {
	t.Parallel()
	for platforms, keys := range map[string][]string{
		"linux/amd64":             {MetadataArchive},
		"linux/amd64,linux/arm64": {MetadataArchive + "/linux/amd64", MetadataArchive + "/linux/arm64"},
	} {
		s := newStub(packedGreeting(t), map[string]string{"target": "zip", "platform": platforms})
		res, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		for _, key := range keys {
			assert.Equal(t, `{"CodeSha256":"abc"}`, string(res.Metadata[key]))
		}
		assert.True(t, solves(s, "write greeting.zip"))
		assert.False(t, solves(s, "compress the application"), "it is small")
		assert.Empty(t, s.warnings)
	}
}

// An archive that has to go through S3 is warned of: one of more than 50 MiB.
func TestLargeArchive(t *testing.T) {
	t.Parallel()
	const large = "greeting.zip has 52.4 MB, and Lambda takes at most 50 MB directly: " +
		"upload it to S3 and name it by --s3-bucket and --s3-key, or build an image"
	// Both parts have the same entry of so many bytes, behind a header of 31, and
	// the directory has 69.
	for packed, warnings := range map[int]([]string){26214334: nil, 26214335: {large}} {
		files := packedGreeting(t)
		files[partEntries] = fmt.Sprintf("a\t420\t8\t0\t%d\t0\t0\tlarge\t1\n", packed)
		s := newStub(files, map[string]string{"target": "zip"})
		_, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		assert.Equal(t, warnings, s.warnings)
	}
}

// taken are files that a client took.
type taken struct {
	mu    sync.Mutex
	files map[string]*bytes.Buffer
	fail  error
}

func (c *taken) create(name string) (io.WriteCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return nil, c.fail
	}
	c.files[name] = &bytes.Buffer{}
	return nopCloser{c.files[name]}, nil
}

// build runs a build whose archives are taken.
func (c *taken) build(t *testing.T, s *stub) (*gwclient.Result, error) {
	t.Helper()
	c.files = map[string]*bytes.Buffer{}
	return surroundings{today: testDay, local: Local{Create: c.create}}.build(t.Context(), s)
}

// A client that takes archives gets them put together of what the steps made
// and of the application, without a step that would write them.
func TestArchiveIsTaken(t *testing.T) {
	t.Parallel()
	// It cannot be compressed, and takes two calls to read.
	library := make([]byte, chunk+1)
	_, err := rand.NewChaCha8([32]byte{}).Read(library)
	require.NoError(t, err)
	files := packedGreeting(t, archive.File{Name: "library.so", Data: library})
	files[appFile] = "def handler(event, context): ...\n"
	for platforms, folders := range map[string][]string{
		"linux/amd64":             {""},
		"linux/amd64,linux/arm64": {"linux_amd64/", "linux_arm64/"},
	} {
		s := newStub(files, map[string]string{"target": "zip", "platform": platforms})
		var c taken
		res, err := c.build(t, s)
		require.NoError(t, err)
		assert.Nil(t, res.Ref)
		assert.False(t, solves(s, "write greeting.zip"))
		assert.Len(t, c.files, 2*len(folders))
		for _, folder := range folders {
			content := c.files[folder+"greeting.zip"].Bytes()
			r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
			require.NoError(t, err)
			require.Len(t, r.File, 2)
			for i, want := range []string{files[appFile], string(library)} {
				open, err := r.File[i].Open()
				require.NoError(t, err)
				got, err := io.ReadAll(open)
				require.NoError(t, err)
				assert.True(t, want == string(got), r.File[i].Name)
			}
			sum := sha256.Sum256(content)
			var facts struct{ CodeSha256 []byte }
			require.NoError(t, json.Unmarshal(c.files[folder+"greeting.json"].Bytes(), &facts))
			assert.Equal(t, sum[:], facts.CodeSha256)
		}
	}
}

// An application that is large, or that not every archive could hold, is
// compressed by a step, which says what is wrong.
func TestApplicationIsCompressedByAStep(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 101 {
		many[fmt.Sprintf("/var/task/data/%d", i)] = ""
	}
	for name, tt := range map[string]struct {
		files  map[string]string
		packed bool
	}{
		"small":      {map[string]string{appFile: "x", "/var/task/data/largest": strings.Repeat("x", 1<<20-1)}, false},
		"large":      {map[string]string{appFile: "x", "/var/task/data/large": strings.Repeat("x", 1<<20)}, true},
		"many files": {many, true},
		"odd name":   {map[string]string{`/var/task/a\b`: ""}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := packedGreeting(t)
			maps.Copy(files, tt.files)
			s := newStub(files, map[string]string{"target": "zip"})
			_, err := buildForTest(t.Context(), s)
			require.NoError(t, err)
			assert.Equal(t, tt.packed, solves(s, "compress the application"))
		})
	}
}

// What keeps an archive from being made, is said before anything is written.
func TestArchiveMistakes(t *testing.T) {
	t.Parallel()
	tooLarge := packedGreeting(t)
	tooLarge[partEntries] = "a\t420\t8\t0\t0\t262144001\t0\tlarge\t1.0\n"
	unreadable := packedGreeting(t)
	unreadable[partEntries] = "a"
	lost := packedGreeting(t)
	delete(lost, partData)
	tests := map[string]struct {
		files map[string]string
		fail  error
		want  string
	}{
		"too large": {tooLarge, nil, "pyproject.toml:7: greeting.zip: the archive has 262144001 bytes unzipped, over Lambda's limit of 262144000; " +
			"the largest packages are large 262.1 MB: leave some out, or build an image, which may have 10 GB"},
		"unreadable entries": {unreadable, nil, `reading the entries of an archive: "a": it has not nine fields`},
		"lost part":          {lost, nil, "writing greeting.zip: reading part.data of the build: open part.data: file does not exist"},
		"no place":           {packedGreeting(t), errors.New("the disk is full"), "the disk is full"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := taken{fail: tt.fail}
			_, err := c.build(t, newStub(tt.files, map[string]string{"target": "zip"}))
			require.EqualError(t, err, tt.want)
			assert.NotContains(t, c.files, "greeting.json")
		})
	}
}
