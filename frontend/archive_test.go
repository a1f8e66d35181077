package frontend

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/archive"
)

// The files that the steps of an archive leave.
const (
	partEntries = "part.tsv"
	partData    = "part.data"
	appFile     = "/var/task/app.py"
	lacking     = ".uvlambda-lacking.json"
)

// The steps that leave them, by a part of their names.
const (
	compressStep = "compress"
	copyStep     = "copy the application"
	writeStep    = "write greeting.zip"
)

// packedGreeting builds greeting as an archive, each part of which has these
// files.
func packedGreeting(t *testing.T, opts map[string]string, files ...archive.File) *stub {
	t.Helper()
	entries, data, err := archive.Pack(files)
	require.NoError(t, err)
	var list strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&list, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", e.Name, e.Mode, e.Method, e.CRC, e.Packed, e.Size, e.Offset, e.Owner[0], e.Owner[1])
	}
	s := newStub(greeting(), opts)
	s.leaves(compressStep, partEntries, list.String())
	s.leaves(compressStep, lacking, "[]")
	s.leaves(compressStep, partData, string(data))
	s.leaves(copyStep, appFile, greeting()["app.py"])
	s.leaves(writeStep, "greeting.json", `{"CodeSha256": "abc"}`+"\n")
	return s
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

// The client gets the facts of an archive that a step wrote, with a key for each
// platform.
func TestArchiveFacts(t *testing.T) {
	t.Parallel()
	for platforms, keys := range map[string][]string{
		"linux/amd64":             {MetadataArchive},
		"linux/amd64,linux/arm64": {MetadataArchive + "/linux/amd64", MetadataArchive + "/linux/arm64"},
	} {
		s := packedGreeting(t, map[string]string{"target": "zip", "platform": platforms})
		res, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		for _, key := range keys {
			assert.Equal(t, `{"CodeSha256":"abc"}`, string(res.Metadata[key]))
		}
		assert.True(t, solves(s, writeStep))
		assert.False(t, solves(s, "compress the application"), "it is small")
		assert.Empty(t, s.warnings)
	}
}

// An archive that has to go through S3 is warned of: one of more than 50 MiB.
func TestLargeArchive(t *testing.T) {
	t.Parallel()
	const large = "greeting.zip has 52428801 bytes, and Lambda takes at most 52428800 directly: " +
		"upload it to S3 and name it by --s3-bucket and --s3-key, or build an image"
	// Both parts have the same entry of so many bytes, behind a header of 31, and
	// the directory has 69.
	for packed, warnings := range map[int]([]string){26214334: nil, 26214335: {large}} {
		s := packedGreeting(t, map[string]string{"target": "zip"})
		s.left[copyStep] = nil
		s.leaves(compressStep, partEntries, fmt.Sprintf("a\t420\t8\t0\t%d\t0\t0\tlarge\t1\n", packed))
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
	return takenFile{c.files[name]}, nil
}

// takenFile needs no closing.
type takenFile struct{ io.Writer }

func (takenFile) Close() error { return nil }

// build runs a build whose archives are taken.
func (c *taken) build(t *testing.T, s *stub) (*gwclient.Result, error) {
	t.Helper()
	c.files = map[string]*bytes.Buffer{}
	return Build(t.Context(), s, Options{Today: testDay, Create: c.create})
}

// A client that takes archives gets them put together of what the steps made
// and of the application, without a step that would write them.
func TestArchiveIsTaken(t *testing.T) {
	t.Parallel()
	// It cannot be compressed, and takes two calls to read.
	library := make([]byte, 2<<20+1)
	_, err := rand.NewChaCha8([32]byte{}).Read(library)
	require.NoError(t, err)
	for platforms, folders := range map[string][]string{
		"linux/amd64":             {""},
		"linux/amd64,linux/arm64": {"linux_amd64/", "linux_arm64/"},
	} {
		s := packedGreeting(t, map[string]string{"target": "zip", "platform": platforms}, archive.File{Name: "library.so", Data: library})
		var c taken
		res, err := c.build(t, s)
		require.NoError(t, err)
		assert.Nil(t, res.Ref)
		assert.False(t, solves(s, writeStep))
		assert.Len(t, c.files, 2*len(folders))
		for _, folder := range folders {
			content := c.files[folder+"greeting.zip"].Bytes()
			r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
			require.NoError(t, err)
			require.Len(t, r.File, 2)
			for i, want := range []string{greeting()["app.py"], string(library)} {
				open, err := r.File[i].Open()
				require.NoError(t, err)
				got, err := io.ReadAll(open)
				require.NoError(t, err)
				assert.Equal(t, sha256.Sum256([]byte(want)), sha256.Sum256(got), r.File[i].Name)
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
			s := packedGreeting(t, map[string]string{"target": "zip"})
			s.left[copyStep] = tt.files
			_, err := buildForTest(t.Context(), s)
			require.NoError(t, err)
			assert.Equal(t, tt.packed, solves(s, "compress the application"))
		})
	}
}

// A mistake that prevents an archive is reported before anything is written.
func TestArchiveMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*stub)
		fail   error
		want   string
	}{
		"too large": {func(s *stub) { s.leaves(compressStep, partEntries, "a\t420\t8\t0\t0\t262144001\t0\tlarge\t1.0\n") }, nil,
			"pyproject.toml:7: greeting.zip: the archive has 262144001 bytes unzipped, over Lambda's limit of 262144000; " +
				"the largest packages are large 262.1 MB: leave some out, or build an image, which may have 10 GB"},
		"unreadable entries": {func(s *stub) { s.leaves(compressStep, partEntries, "a") }, nil, `reading the entries of an archive: "a": it has not nine fields`},
		"lost part": {func(s *stub) { delete(s.left[compressStep], partData) }, nil,
			"writing greeting.zip: reading part.data of the build: open part.data: file does not exist"},
		"no place": {func(*stub) {}, errors.New("the disk is full"), "the disk is full"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := taken{fail: tt.fail}
			s := packedGreeting(t, map[string]string{"target": "zip"})
			s.left[copyStep] = nil
			tt.change(s)
			_, err := c.build(t, s)
			require.EqualError(t, err, tt.want)
			assert.NotContains(t, c.files, "greeting.json")
		})
	}
}
