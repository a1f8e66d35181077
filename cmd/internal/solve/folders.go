package solve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// withFolders runs a build function that is in this process with the folders of
// this process at hand: files of theirs that it looks at are read here, and not
// transferred to the daemon and asked back from it.
func withFolders(build gwclient.BuildFunc, folders map[string]string) gwclient.BuildFunc {
	return func(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
		local := &folderClient{Client: c, roots: map[string]*os.Root{}, answered: map[digest.Digest]gwclient.SolveRequest{}}
		defer local.close()
		for name, folder := range folders {
			root, err := os.OpenRoot(folder)
			if err != nil {
				return nil, fmt.Errorf("opening the %s folder: %w", name, err)
			}
			local.roots[name] = root
		}
		return build(ctx, local)
	}
}

// folderClient answers solves of nothing but single files of a folder.
type folderClient struct {
	gwclient.Client
	// roots are the folders by the names that the daemon knows them by.
	roots map[string]*os.Root

	mu sync.Mutex
	// answered are the solves that the daemon does not know of, by vertex.
	answered map[digest.Digest]gwclient.SolveRequest
}

func (c *folderClient) close() {
	for _, root := range c.roots {
		_ = root.Close()
	}
}

// Solve answers with a reference to the folder when only files are looked for.
func (c *folderClient) Solve(ctx context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	name, vertex, ok := singleFiles(req)
	root := c.roots[name]
	if !ok || root == nil {
		return c.Client.Solve(ctx, req)
	}
	c.mu.Lock()
	c.answered[vertex] = req
	c.mu.Unlock()
	result := gwclient.NewResult()
	result.SetRef(&folderRef{root: root, daemon: sync.OnceValues(func() (gwclient.Reference, error) {
		result, err := c.Client.Solve(ctx, req)
		if err != nil {
			return nil, err
		}
		return result.SingleRef()
	})})
	return result, nil
}

// Inputs are none: the command has no states to give.
func (c *folderClient) Inputs(context.Context) (map[string]llb.State, error) { return nil, nil }

// Warn makes the vertex that warns known: clients show no warning of another.
func (c *folderClient) Warn(ctx context.Context, vertex digest.Digest, msg string, opts gwclient.WarnOpts) error {
	c.mu.Lock()
	req, ok := c.answered[vertex]
	delete(c.answered, vertex)
	c.mu.Unlock()
	if ok {
		req.Evaluate = true
		if _, err := c.Client.Solve(ctx, req); err != nil {
			return err
		}
	}
	return c.Client.Warn(ctx, vertex, msg, opts)
}

// singleFiles tells a solve that reads single files of a client's folder, and
// gives the folder's name and the vertex.
func singleFiles(req gwclient.SolveRequest) (folder string, vertex digest.Digest, ok bool) {
	// Two operations: the folder, and the graph's end.
	if req.Evaluate || req.Definition == nil || len(req.Definition.Def) != 2 {
		return "", "", false
	}
	data := req.Definition.Def[0]
	var op pb.Op
	if err := op.Unmarshal(data); err != nil || op.GetSource() == nil {
		return "", "", false
	}
	attrs := op.GetSource().Attrs
	folder, ok = strings.CutPrefix(op.GetSource().Identifier, "local://")
	ok = ok && attrs[pb.AttrFollowPaths] != "" && attrs[pb.AttrIncludePatterns] == "" && attrs[pb.AttrExcludePatterns] == ""
	return folder, digest.FromBytes(data), ok
}

// folderRef reads files of a folder. What it can't tell as the daemon would, it
// asks the daemon: where links lead that lead out of the folder.
type folderRef struct {
	root   *os.Root
	daemon func() (gwclient.Reference, error)
}

func (r *folderRef) ReadFile(ctx context.Context, req gwclient.ReadRequest) ([]byte, error) {
	data, err := r.read(req)
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoFile) {
		return data, err
	}
	ref, err := r.daemon()
	if err != nil {
		return nil, err
	}
	return ref.ReadFile(ctx, req)
}

// errNoFile is what has no content to read: who opens a pipe, here or in an
// older daemon, waits for some.
var errNoFile = errors.New("this is no regular file")

// read reads a file, or the asked part of it.
func (r *folderRef) read(req gwclient.ReadRequest) ([]byte, error) {
	name := filepath.FromSlash(req.Filename)
	info, err := r.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	file, err := r.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if req.Range == nil {
		return io.ReadAll(file)
	}
	return io.ReadAll(io.NewSectionReader(file, int64(req.Range.Offset), int64(req.Range.Length)))
}

func (r *folderRef) StatFile(ctx context.Context, req gwclient.StatRequest) (*fstypes.Stat, error) {
	info, err := r.root.Stat(filepath.FromSlash(req.Path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil {
		return &fstypes.Stat{Path: info.Name(), Mode: uint32(info.Mode()), Size: info.Size(), ModTime: info.ModTime().UnixNano()}, nil
	}
	ref, err := r.daemon()
	if err != nil {
		return nil, err
	}
	return ref.StatFile(ctx, req)
}

func (r *folderRef) ReadDir(ctx context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	ref, err := r.daemon()
	if err != nil {
		return nil, err
	}
	return ref.ReadDir(ctx, req)
}

func (r *folderRef) ToState() (llb.State, error) {
	ref, err := r.daemon()
	if err != nil {
		return llb.State{}, err
	}
	return ref.ToState()
}

func (r *folderRef) Evaluate(ctx context.Context) error {
	ref, err := r.daemon()
	if err != nil {
		return err
	}
	return ref.Evaluate(ctx)
}
