package run

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	fstypes "github.com/tonistiigi/fsutil/types"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// TestCheckNames looks at the files of a member.
func TestCheckNames(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{}
	p.AddMember(&plan.Member{Path: "libs/core", Exclude: []string{"dist"}}, nil, plan.Location{File: "libs/core/pyproject.toml", Line: 1})
	for name, want := range map[string]string{
		"libs/core/\ufffd.md":      "",
		"libs/core/dist/\xff":      "",
		"libs/\xff":                "",
		"libs/core/caf\xe9 [1].md": `libs/core/pyproject.toml:1: the name of the file "libs/core/caf\xe9 [1].md" is not UTF-8: rename it, or leave it out by the line libs/core/caf? [\[]1[\]].md in .dockerignore`,
		"libs/core/\xff/a.md":      `libs/core/pyproject.toml:1: the name of the file "libs/core/\xff" is not UTF-8: rename it, or leave it out by the line libs/core/? in .dockerignore`,
	} {
		ref := namedFiles{"libs/core/pyproject.toml", name}
		err := checkNames(t.Context(), p, ref.ReadDir)
		if want == "" {
			require.NoError(t, err, "%q", name)
			continue
		}
		assert.EqualError(t, err, want, "%q", name)
	}
}

// namedFiles is a result with files of these paths.
type namedFiles []string

func (n namedFiles) ReadDir(_ context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	entries := map[string]*fstypes.Stat{}
	for _, file := range n {
		rel := file
		if req.Path != "." {
			var below bool
			if rel, below = strings.CutPrefix(file, req.Path+"/"); !below {
				continue
			}
		}
		name, _, isFolder := strings.Cut(rel, "/")
		entry := &fstypes.Stat{Path: name}
		if isFolder {
			entry.Mode = uint32(fs.ModeDir)
		}
		entries[name] = entry
	}
	return slices.Collect(maps.Values(entries)), nil
}
