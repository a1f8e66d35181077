package frontend

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// transfers are the paths of the transfers of single files of the client's
// folder, in the order that they were asked for.
func (s *stub) transfers() [][]string {
	var all [][]string
	for _, req := range s.solved {
		if paths := followed(req); paths != nil {
			all = append(all, paths)
		}
	}
	return all
}

// followed are the single files of the client's folder that a solve is a transfer
// of.
func followed(req gwclient.SolveRequest) []string {
	ops := operations(req)
	if len(ops) != 2 || ops[0].GetSource().GetIdentifier() != "local://context" {
		return nil
	}
	var paths []string
	_ = json.Unmarshal([]byte(ops[0].GetSource().GetAttrs()[pb.AttrFollowPaths]), &paths)
	return paths
}

func TestIgnoreComesWithTheProjectFiles(t *testing.T) {
	t.Parallel()
	files := greeting()
	files[".dockerignore"] = "unrelated\n"
	s := newStub(files, nil)
	buildStub(t, s)
	found := 0
	for _, paths := range s.transfers() {
		if slices.Contains(paths, ".dockerignore") {
			found++
			assert.Contains(t, paths, "uv.lock")
		}
	}
	assert.Positive(t, found)
}

func TestIgnoreHidesProjectFiles(t *testing.T) {
	t.Parallel()
	files := greeting()
	files[".dockerignore"] = "uv.lock\n"
	_, err := buildForTest(t.Context(), newStub(files, nil))
	require.ErrorContains(t, err, ".dockerignore")
}

// TestFolderOfAnotherSession reads the folder from the session that has it:
// targets of one docker buildx bake share a folder.
func TestFolderOfAnotherSession(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), map[string]string{"local-sessionid:context": "other"})
	buildStub(t, s)
	found := 0
	for _, req := range s.solved {
		if followed(req) != nil {
			found++
			assert.Equal(t, "other", operations(req)[0].GetSource().GetAttrs()[pb.AttrLocalSessionID])
		}
	}
	assert.Positive(t, found)
}

// TestEveryVertexHasLines but the transfer of the build file, which is what
// the lines are read from.
func TestEveryVertexHasLines(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), nil)
	buildStub(t, s)
	seen := map[string]bool{}
	for _, req := range s.solved {
		for _, data := range req.Definition.Def {
			var op pb.Op
			require.NoError(t, op.UnmarshalVT(data))
			if op.Op == nil || op.GetSource().GetIdentifier() == "local://dockerfile" {
				continue
			}
			id, _, _ := strings.Cut(op.GetSource().GetIdentifier(), "://")
			seen[id] = true
			lines := req.Definition.Source.GetLocations()[digest.FromBytes(data).String()].GetLocations()
			assert.NotEmpty(t, lines, "%s", op.String())
		}
	}
	assert.True(t, seen["local"], "transfers")
	assert.True(t, seen["docker-image"], "images")
}
