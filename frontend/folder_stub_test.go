package frontend

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/require"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// folderStub is a stub with a folder as its context. Each transfer has the files of
// the folder that a client would send.
type folderStub struct {
	*stub
	t *testing.T
	// folders are by the names of the transfers.
	folders map[string]string
	// sent counts the transfers.
	sent int
}

// newFolderStub has a build file in the folder, by its path.
func newFolderStub(t *testing.T, dir, buildFile string, opts map[string]string) *folderStub {
	t.Helper()
	opts["filename"] = path.Base(buildFile)
	return &folderStub{stub: newStub(nil, opts), t: t, folders: map[string]string{
		"local://context": dir, "local://dockerfile": filepath.Join(dir, path.Dir(buildFile)),
	}}
}

func (s *folderStub) Solve(ctx context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	source := transferOf(req)
	folder := s.folders[source.GetIdentifier()]
	if folder == "" {
		return s.stub.Solve(ctx, req)
	}
	s.mu.Lock()
	s.sent++
	s.mu.Unlock()
	res := gwclient.NewResult()
	res.SetRef(&folderStubRef{dir: folder, sent: s.transfer(folder, source.GetAttrs())})
	return res, nil
}

// transfer gives the paths that a client sends.
func (s *folderStub) transfer(folder string, attrs map[string]string) []string {
	all, err := fsutil.NewFS(folder)
	require.NoError(s.t, err)
	sent, err := sentBy(all, attrs)
	require.NoError(s.t, err)
	return sent
}

// folderStubRef holds what was sent of a folder.
type folderStubRef struct {
	stubRef
	dir  string
	sent []string
}

// ReadFile gives nothing of an empty file, as a daemon does.
func (r *folderStubRef) ReadFile(ctx context.Context, req gwclient.ReadRequest) ([]byte, error) {
	if !slices.Contains(r.sent, path.Clean(req.Filename)) {
		return nil, fs.ErrNotExist
	}
	data, err := os.ReadFile(filepath.Join(r.dir, req.Filename))
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, nil
	}
	return (&stubRef{map[string]string{path.Clean(req.Filename): string(data)}}).ReadFile(ctx, req)
}

func (r *folderStubRef) StatFile(_ context.Context, req gwclient.StatRequest) (*fstypes.Stat, error) {
	if !slices.Contains(r.sent, path.Clean(req.Path)) {
		return nil, fs.ErrNotExist
	}
	info, err := os.Stat(filepath.Join(r.dir, req.Path))
	if err != nil {
		return nil, err
	}
	return &fstypes.Stat{Path: info.Name(), Mode: uint32(info.Mode()), Size: info.Size()}, nil
}

func (r *folderStubRef) ReadDir(ctx context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	var list []*fstypes.Stat
	for _, name := range r.sent {
		if path.Dir(name) != path.Clean(req.Path) {
			continue
		}
		st, err := r.StatFile(ctx, gwclient.StatRequest{Path: name})
		if err != nil {
			return nil, err
		}
		list = append(list, st)
	}
	return list, nil
}

// buildNear runs Build with the folders at hand.
func (s *folderStub) buildNear(t *testing.T) (*gwclient.Result, error) {
	t.Helper()
	folders := map[string]string{}
	for address, dir := range s.folders {
		folders[strings.TrimPrefix(address, "local://")] = dir
	}
	return Build(t.Context(), s, Options{Today: testDay, Folders: folders})
}

// steps are the containers and the copies of all solves, without their inputs from
// other steps: a transfer has another name in each build.
func (s *folderStub) steps() []string {
	var steps []string
	for _, req := range s.solved {
		for _, op := range operations(req) {
			if op.GetExec() == nil && op.GetFile() == nil {
				continue
			}
			for _, input := range op.Inputs {
				input.Digest = ""
			}
			if text := op.String(); !slices.Contains(steps, text) {
				steps = append(steps, text)
			}
		}
	}
	slices.Sort(steps)
	return steps
}
