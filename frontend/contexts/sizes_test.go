package contexts

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/fixture"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/plan"
)

func TestParseListing(t *testing.T) {
	t.Parallel()
	data := fixture.Listing(t,
		&fstypes.Stat{Path: "data", Mode: uint32(fs.ModeDir | 0o755)},
		&fstypes.Stat{Path: "data/a.bin", Mode: 0o644, Size: 1 << 33},
		&fstypes.Stat{Path: "data/link", Mode: uint32(fs.ModeSymlink), Linkname: "a.bin"},
	)
	sent, err := parseListing([]byte(data))
	require.NoError(t, err)
	assert.Equal(t, []lint.Sent{{Path: "data/a.bin", Size: 1 << 33}}, sent)
	for _, broken := range []string{data[:2], data[:len(data)-1], "\xff\xff\xff\xff", "\x01\x00\x00\x00\xff"} {
		_, err := parseListing([]byte(broken))
		assert.Error(t, err, "%q", broken)
	}
}

func FuzzParseListing(f *testing.F) {
	f.Add([]byte("\x03\x00\x00\x00\x0a\x01a"))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sent, err := parseListing(data)
		if err == nil {
			assert.LessOrEqual(t, len(sent), len(data)/4)
		}
	})
}

// A plan is sent the folders that it reads, and only of the whole context some
// folders are left out.
func TestSentFor(t *testing.T) {
	t.Parallel()
	all := []lint.Sent{{Path: ".venv/x"}, {Path: "a/.venv/x"}, {Path: "a/b.py"}, {Path: "ab.py"}}
	for dir, want := range map[string][]lint.Sent{
		".": {{Path: "a/b.py"}, {Path: "ab.py"}},
		"a": {{Path: "a/.venv/x"}, {Path: "a/b.py"}},
		"c": nil,
	} {
		p := &plan.Plan{}
		p.AddMember(&plan.Member{Path: dir}, nil, plan.Location{})
		sent, err := SentFor(p, all)
		require.NoError(t, err)
		assert.Equal(t, want, sent, dir)
	}
}
