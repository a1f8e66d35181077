package frontend

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/require"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/llb"
)

// stub is a client without a daemon: its context is in memory, it runs no step,
// and it remembers what it was asked. A transfer brings the files that it names,
// and a step leaves what the test says.
type stub struct {
	opts    gwclient.BuildOpts
	context map[string]string
	// left are the files that steps leave, by a part of the step's name.
	left map[string]map[string]string
	// listing is what a transfer without contents leaves.
	listing string
	// fail may give the error of a solve.
	fail func([]*pb.Op) error
	// resolve may give the error of an image.
	resolve func(ref string) error
	// report is what a failed step left.
	report string

	mu       sync.Mutex
	solved   []gwclient.SolveRequest
	resolved []string
	// modes are how the images were to be resolved.
	modes    map[string]bool
	warnings []string
	// remarks are what came with them.
	remarks []gwclient.WarnOpts
}

// newStub is a stub of the newest BuildKit.
func newStub(context map[string]string, opts map[string]string) *stub {
	platform := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	left := map[string]map[string]string{lookAtBase: {llb.BaseFile: madeFromAWS}}
	return &stub{context: context, left: left, modes: map[string]bool{}, opts: gwclient.BuildOpts{
		Opts:    opts,
		LLBCaps: pb.Caps.CapSet(pb.Caps.All()),
		Caps:    gwpb.Caps.CapSet(gwpb.Caps.All()),
		Workers: []gwclient.WorkerInfo{{Platforms: []ocispecs.Platform{platform}}},
	}}
}

// lookAtBase is in the name of the step that looks at a base, and madeFromAWS what
// it leaves for one that is made from AWS's.
const (
	lookAtBase  = "look at the base image"
	madeFromAWS = `{"executable": "/var/lang/bin/python3.13", "version": "3.13.5", "implementation": "cpython", "glibc": 34, "client": true}`
)

// without takes capabilities from the stub.
func (s *stub) without(ids ...apicaps.CapID) *stub {
	kept := pb.Caps.All()
	for i := range kept {
		if slices.Contains(ids, apicaps.CapID(kept[i].ID)) {
			kept[i].Enabled = false
		}
	}
	s.opts.LLBCaps = pb.Caps.CapSet(kept)
	return s
}

// leaves adds a file to those that the steps with such a name leave.
func (s *stub) leaves(step, name, text string) {
	if s.left[step] == nil {
		s.left[step] = map[string]string{}
	}
	s.left[step][name] = text
}

func (s *stub) BuildOpts() gwclient.BuildOpts { return s.opts }

func (s *stub) Inputs(context.Context) (map[string]bkllb.State, error) { return nil, nil }

func (s *stub) Solve(_ context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	s.mu.Lock()
	s.solved = append(s.solved, req)
	s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(operations(req)); err != nil {
			return nil, err
		}
	}
	files, err := s.result(req)
	if err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.SetRef(&stubRef{files})
	return res, nil
}

// result gives the files that a solve leaves.
func (s *stub) result(req gwclient.SolveRequest) (map[string]string, error) {
	if source := transferOf(req); source != nil {
		if source.Attrs[pb.AttrMetadataTransfer] != "" {
			return map[string]string{".fsutil-metadata": s.listing}, nil
		}
		sent, err := sentBy(memoryFolder(s.context), source.Attrs)
		files := map[string]string{}
		for _, name := range sent {
			if text, regular := s.context[name]; regular {
				files[name] = text
			}
		}
		return files, err
	}
	files := map[string]string{}
	for step, left := range s.left {
		if strings.Contains(lastStep(req), step) {
			maps.Copy(files, left)
		}
	}
	return files, nil
}

// transferOf gives the source that a request transfers, nil when it does more.
func transferOf(req gwclient.SolveRequest) *pb.SourceOp {
	// Two operations: the transfer, and the graph's end.
	ops := operations(req)
	if len(ops) != 2 || strings.HasPrefix(ops[0].GetSource().GetIdentifier(), "docker-image://") {
		return nil
	}
	return ops[0].GetSource()
}

// lastStep gives the name of the step that a request asks the result of.
func lastStep(req gwclient.SolveRequest) string {
	ops := operations(req)
	if len(ops) == 0 {
		return ""
	}
	return req.Definition.Metadata[ops[len(ops)-1].Inputs[0].Digest].GetDescription()["llb.customname"]
}

// sentBy gives the paths that a client sends of a folder: fsutil is what clients
// use.
func sentBy(folder fsutil.FS, attrs map[string]string) ([]string, error) {
	var opt fsutil.FilterOpt
	for key, list := range map[string]*[]string{
		pb.AttrIncludePatterns: &opt.IncludePatterns, pb.AttrExcludePatterns: &opt.ExcludePatterns, pb.AttrFollowPaths: &opt.FollowPaths,
	} {
		if attrs[key] == "" {
			continue
		}
		if err := json.Unmarshal([]byte(attrs[key]), list); err != nil {
			return nil, err
		}
	}
	filtered, err := fsutil.NewFilterFS(folder, &opt)
	if err != nil {
		return nil, err
	}
	var sent []string
	err = filtered.Walk(context.Background(), "", func(name string, _ fs.DirEntry, err error) error {
		sent = append(sent, filepath.ToSlash(name))
		return err
	})
	return sent, err
}

// memoryFolder is a folder of files by their paths.
type memoryFolder map[string]string

// Walk visits the folder target and what is below it, in the order of a client.
func (m memoryFolder) Walk(_ context.Context, target string, visit fs.WalkDirFunc) error {
	entries := map[string]*fstypes.Stat{}
	for name, text := range m {
		entries[name] = &fstypes.Stat{Path: name, Mode: 0o644, Size: int64(len(text))}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			entries[dir] = &fstypes.Stat{Path: dir, Mode: uint32(fs.ModeDir | 0o755)}
		}
	}
	byParts := func(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) }
	var skipped string
	for _, name := range slices.SortedFunc(maps.Keys(entries), byParts) {
		if target != "" && name != target && !strings.HasPrefix(name, target+"/") || skipped != "" && strings.HasPrefix(name, skipped) {
			continue
		}
		err := visit(name, &fsutil.DirEntryInfo{Stat: entries[name]}, nil)
		switch {
		case errors.Is(err, fs.SkipDir) && entries[name].IsDir():
			skipped = name + "/"
		case errors.Is(err, fs.SkipDir) && path.Dir(name) == ".":
			return nil
		case errors.Is(err, fs.SkipDir):
			skipped = path.Dir(name) + "/"
		case err != nil:
			return err
		}
	}
	return nil
}

// Open reads a file, as nobody asks for here.
func (m memoryFolder) Open(name string) (io.ReadCloser, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}

// operations decodes the vertices of a request.
func operations(req gwclient.SolveRequest) []*pb.Op {
	var ops []*pb.Op
	for _, data := range req.Definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(data); err == nil {
			ops = append(ops, &op)
		}
	}
	return ops
}

// execs are the containers of all solves.
func (s *stub) execs() []*pb.ExecOp {
	var all []*pb.ExecOp
	for _, req := range s.solved {
		for _, op := range operations(req) {
			if exec := op.GetExec(); exec != nil {
				all = append(all, exec)
			}
		}
	}
	return all
}

func (s *stub) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	s.mu.Lock()
	s.resolved = append(s.resolved, ref)
	s.modes[opt.ImageOpt.ResolveMode] = true
	s.mu.Unlock()
	if s.resolve != nil {
		if err := s.resolve(ref); err != nil {
			return "", "", nil, err
		}
	}
	config, err := json.Marshal(dockerspec.DockerOCIImage{
		Image:  ocispecs.Image{Platform: *opt.ImageOpt.Platform},
		Config: dockerspec.DockerOCIImageConfig{ImageConfig: ocispecs.ImageConfig{Entrypoint: []string{"/entrypoint"}, Env: []string{"A=1"}}},
	})
	return ref, digest.FromString(ref), config, err
}

func (s *stub) ResolveSourceMetadata(ctx context.Context, op *pb.SourceOp, opt sourceresolver.Opt) (*sourceresolver.MetaResponse, error) {
	ref, isImage := strings.CutPrefix(op.Identifier, "docker-image://")
	if !isImage {
		return &sourceresolver.MetaResponse{}, nil
	}
	_, resolved, config, err := s.ResolveImageConfig(ctx, ref, opt)
	return &sourceresolver.MetaResponse{Op: op, Image: &sourceresolver.ResolveImageResponse{Digest: resolved, Config: config}}, err
}

func (s *stub) Warn(_ context.Context, _ digest.Digest, message string, opts gwclient.WarnOpts) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warnings = append(s.warnings, message)
	s.remarks = append(s.remarks, opts)
	return nil
}

func (s *stub) NewContainer(context.Context, gwclient.NewContainerRequest) (gwclient.Container, error) {
	return stubContainer{report: s.report}, nil
}

// stubRef is a result that holds files.
type stubRef struct{ files map[string]string }

func (r *stubRef) ToState() (bkllb.State, error) { return bkllb.Scratch(), nil }

func (r *stubRef) Evaluate(context.Context) error { return nil }

func (r *stubRef) ReadFile(_ context.Context, req gwclient.ReadRequest) ([]byte, error) {
	text, ok := r.files[path.Clean(req.Filename)]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: req.Filename, Err: fs.ErrNotExist}
	}
	if req.Range == nil {
		return []byte(text), nil
	}
	from := min(req.Range.Offset, len(text))
	return []byte(text[from:min(from+req.Range.Length, len(text))]), nil
}

func (r *stubRef) StatFile(_ context.Context, req gwclient.StatRequest) (*fstypes.Stat, error) {
	for name, text := range r.files {
		switch {
		case name == req.Path:
			return &fstypes.Stat{Path: name, Size: int64(len(text))}, nil
		case strings.HasPrefix(name, req.Path+"/"):
			return &fstypes.Stat{Path: req.Path, Mode: uint32(fs.ModeDir)}, nil
		}
	}
	return nil, &fs.PathError{Op: "stat", Path: req.Path, Err: fs.ErrNotExist}
}

func (r *stubRef) ReadDir(_ context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	entries := map[string]*fstypes.Stat{}
	for name, text := range r.files {
		rel := name
		if req.Path != "." {
			var below bool
			if rel, below = strings.CutPrefix(name, req.Path+"/"); !below {
				continue
			}
		}
		first, _, folder := strings.Cut(rel, "/")
		entries[first] = &fstypes.Stat{Path: first, Size: int64(len(text))}
		if folder {
			entries[first].Mode = uint32(fs.ModeDir)
		}
	}
	var list []*fstypes.Stat
	for _, entry := range entries {
		list = append(list, entry)
	}
	return list, nil
}

// saying is the report of a step in which uv failed with some words.
func saying(words string) string {
	if words == "" {
		return ""
	}
	data, _ := json.Marshal(diagnosis.Report{Messages: words})
	return string(data)
}

// stubContainer prints a report, whatever it is told to run.
type stubContainer struct {
	gwclient.Container
	report string
}

func (c stubContainer) Start(_ context.Context, req gwclient.StartRequest) (gwclient.ContainerProcess, error) {
	_, err := io.WriteString(req.Stdout, c.report)
	return stubProcess{}, err
}

func (stubContainer) Release(context.Context) error { return nil }

// stubProcess has ended well.
type stubProcess struct{ gwclient.ContainerProcess }

func (stubProcess) Wait() error { return nil }

// buildStub runs Build and gives the image's configuration.
func buildStub(t *testing.T, s *stub) dockerspec.DockerOCIImage {
	t.Helper()
	res, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	var config dockerspec.DockerOCIImage
	require.NoError(t, json.Unmarshal(res.Metadata["containerimage.config"], &config))
	return config
}

// testDay is the day of all builds of tests.
var testDay = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// buildForTest is Build on that day.
func buildForTest(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
	return Build(ctx, c, Options{Today: testDay})
}
