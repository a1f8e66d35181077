package frontend

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/patternmatcher/ignorefile"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// chunk is how much of a file one gateway call reads, of which the connection
// keeps several copies for a while; its messages are limited to 16 MiB.
const chunk = 2 << 20

// notProjects are folders that hold no project of this repository, and may be
// large.
var notProjects = []string{"**/.git", "**/.venv", "**/node_modules"}

// gatewayContext reads the client's build context through the gateway.
type gatewayContext struct {
	client *dockerui.Client
	solver *solver
	// read are all paths read so far: each transfer asks for them all, so the
	// newest state holds them all and the client sends only what is new.
	read []string
	// rounds counts the transfers. Each has its own key on the daemon, so that
	// the same round of the next build finds its files and sends changes only.
	rounds int
	// folder is the newest transfer of the client's folder, with .dockerignore.
	folder gwclient.Reference
	// known are the entries of all files read so far.
	known files.Set
	// source gives the transfers the lines that ask for them.
	source llb.ConstraintsOpt
}

// files is the context as the loader sees it.
func (g *gatewayContext) files() files.Context {
	return files.Context{
		Near: g.client.BuildOpts().Product == Product,
		Read: g.Read, Stat: g.Stat, Find: g.Find, Glob: g.Glob, List: g.List,
		Look: g.Look, Ignored: g.Ignored, IgnoreFiles: g.IgnoreFiles,
	}
}

// Read gives the entries of files, with their contents.
func (g *gatewayContext) Read(ctx context.Context, paths []string) (files.Set, error) {
	g.read = append(g.read, paths...)
	slices.Sort(g.read)
	g.read = slices.Compact(g.read)
	g.rounds++
	set, err := g.readRound(ctx, paths)
	if err != nil {
		return nil, contextError(err, projectFiles)
	}
	maps.Copy(g.known, set)
	return set, checkReadable(set)
}

// projectFiles is what Read transfers, for people.
const projectFiles = "project files"

// readRound reads paths from a transfer of all that is read.
func (g *gatewayContext) readRound(ctx context.Context, paths []string) (files.Set, error) {
	opts := g.transfer(projectFiles, fmt.Sprintf("files-%d", g.rounds))
	folder, err := clientFolder(ctx, g.client)
	if err != nil {
		return nil, err
	}
	if folder {
		return g.readFolder(ctx, paths, opts)
	}
	st, err := mainContext(ctx, g.client, append(opts, only(g.read))...)
	if err != nil {
		return nil, err
	}
	ref, err := g.solver.solve(ctx, *st, false)
	if err != nil {
		return nil, err
	}
	return readPaths(ctx, ref, paths)
}

// readFolder reads files of the client's folder, whatever .dockerignore says.
// That comes in the same transfer, and hides what it matches: one after the
// other would be a round trip more in every build.
func (g *gatewayContext) readFolder(ctx context.Context, paths []string, opts []llb.LocalOption) (set files.Set, err error) {
	ref, err := g.solveFolder(ctx, append(opts, only(append(slices.Clone(g.read), dockerui.DefaultDockerignoreName))))
	if err != nil {
		return nil, err
	}
	g.folder = ref
	var ignored []string
	eg, ctx := newGroup(ctx)
	eg.Go(func() (err error) {
		ignored, err = g.client.DockerIgnorePatterns(ctx)
		return contextError(err, ".dockerignore")
	})
	eg.Go(func() (err error) {
		set, err = readPaths(ctx, ref, paths)
		return err
	})
	eg.Go(func() error { return checkIgnoreFile(ctx, ref) })
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	return set, hide(set, ignored)
}

// checkIgnoreFile refuses a .dockerignore that is no file, which dockerui takes
// for none.
func checkIgnoreFile(ctx context.Context, ref gwclient.Reference) error {
	const name = dockerui.DefaultDockerignoreName
	st, err := ref.StatFile(ctx, gwclient.StatRequest{Path: name})
	if err != nil || isLink(st) {
		// Most projects have none.
		return nil //nolint:nilerr // see above
	}
	if err := checkFile(fs.FileMode(st.Mode)); err != nil {
		return source.Errorf(plan.Location{File: name}, "%w", err)
	}
	return nil
}

// solveFolder transfers a part of the client's folder, whatever .dockerignore
// says.
func (g *gatewayContext) solveFolder(ctx context.Context, opts []llb.LocalOption) (gwclient.Reference, error) {
	opts = append(opts, llb.SessionID(contextSession(g.client.BuildOpts())))
	return g.solver.solve(ctx, llb.Local(dockerui.DefaultLocalNameContext, opts...), false)
}

// Ignored gives the patterns of the ignore file that counts. A context that is
// no folder has none, and a named one in its place is read with its own.
func (g *gatewayContext) Ignored(ctx context.Context) ([]string, error) {
	if g.client.BuildOpts().Opts["context:"+mainContextName] != "" {
		return nil, nil
	}
	patterns, err := g.client.DockerIgnorePatterns(ctx)
	return patterns, contextError(err, ".dockerignore")
}

// IgnoreFiles gives the ignore files that there are, which may hide
// themselves. When the patterns are those of .dockerignore, it is here already.
func (g *gatewayContext) IgnoreFiles(ctx context.Context, names []string) (files.Set, error) {
	if g.folder != nil {
		patterns, err := g.Ignored(ctx)
		if err != nil {
			return nil, err
		}
		e := readFile(ctx, g.folder, dockerui.DefaultDockerignoreName, maxRead)
		if read, err := ignorefile.ReadAll(bytes.NewReader(e.Data)); err == nil && slices.Equal(read, patterns) {
			g.known[dockerui.DefaultDockerignoreName] = e
			return files.Set{dockerui.DefaultDockerignoreName: e}, nil
		}
	}
	folder, err := clientFolder(ctx, g.client)
	if err != nil || !folder {
		return nil, err
	}
	ref, err := g.solveFolder(ctx, append(g.transfer("ignore files", "ignore"), only(names)))
	if err != nil {
		return nil, contextError(err, ".dockerignore")
	}
	set, err := readPaths(ctx, ref, names)
	if err != nil {
		return nil, err
	}
	maps.Copy(g.known, set)
	return set, nil
}

// Look gives the entries of files and folders, whatever .dockerignore hides of
// them. Of a folder nothing is transferred but the folder itself.
func (g *gatewayContext) Look(ctx context.Context, paths []string) (files.Set, error) {
	folder, err := clientFolder(ctx, g.client)
	if err != nil || !folder {
		return nil, err
	}
	var below []string
	for _, p := range slices.Sorted(slices.Values(paths)) {
		below = append(below, "!"+files.Exactly(p), files.Exactly(p)+"/*")
	}
	ref, err := g.solveFolder(ctx, append(g.transfer("hidden files", "hidden"), only(paths), llb.ExcludePatterns(below)))
	if err != nil {
		return nil, contextError(err, "hidden files")
	}
	return eachPath(ctx, paths, func(ctx context.Context, p string) files.Entry { return statPath(ctx, ref, p) })
}

// readPaths reads files of a reference.
func readPaths(ctx context.Context, ref gwclient.Reference, paths []string) (files.Set, error) {
	return eachPath(ctx, paths, func(ctx context.Context, p string) files.Entry { return readFile(ctx, ref, p, readLimit(p)) })
}

// eachPath asks for entries side by side: each is a call to the daemon.
func eachPath(ctx context.Context, paths []string, entry func(context.Context, string) files.Entry) (files.Set, error) {
	entries := make([]files.Entry, len(paths))
	eg, ctx := newGroup(ctx)
	for i, p := range paths {
		eg.Go(func() error {
			entries[i] = entry(ctx, p)
			return nil
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	set := files.Set{}
	for i, p := range paths {
		set[p] = entries[i]
	}
	return set, nil
}

// Stat gives the entries of files and folders, without contents. It transfers
// them, which the build would do next anyway.
func (g *gatewayContext) Stat(ctx context.Context, paths []string) (files.Set, error) {
	ref, err := g.solve(ctx, "included files", "include", only(paths))
	if err != nil {
		return nil, err
	}
	return eachPath(ctx, paths, func(ctx context.Context, p string) files.Entry { return statPath(ctx, ref, p) })
}

// Find gives the sorted paths of all files of that name.
func (g *gatewayContext) Find(ctx context.Context, name string) ([]string, error) {
	found, err := g.list(ctx, "every "+name, "find", []string{"**/" + files.Exactly(name)})
	return slices.DeleteFunc(found, func(p string) bool { return path.Base(p) != name }), err
}

// Glob gives the sorted paths of all files that one of the patterns matches.
func (g *gatewayContext) Glob(ctx context.Context, patterns []string, hidden bool) ([]string, error) {
	if !hidden {
		return g.list(ctx, "events", "events", patterns)
	}
	folder, err := clientFolder(ctx, g.client)
	if err != nil || !folder {
		return nil, err
	}
	opts := append(g.transfer("hidden events", "hidden-events"), llb.IncludePatterns(patterns), llb.ExcludePatterns(notProjects), llb.Differ(llb.DiffNone, false))
	ref, err := g.solveFolder(ctx, opts)
	if err != nil {
		return nil, contextError(err, "hidden events")
	}
	return allFiles(ctx, ref)
}

// list gives the sorted paths of all files that are included by patterns.
func (g *gatewayContext) list(ctx context.Context, what, hint string, patterns []string) ([]string, error) {
	ignored, err := g.client.DockerIgnorePatterns(ctx)
	if err != nil {
		return nil, contextError(err, ".dockerignore")
	}
	ref, err := g.solve(ctx, what, hint,
		llb.IncludePatterns(patterns),
		llb.ExcludePatterns(slices.Concat(ignored, notProjects)),
		llb.Differ(llb.DiffNone, false))
	if err != nil {
		return nil, err
	}
	return allFiles(ctx, ref)
}

// allFiles gives the sorted paths of all files of a reference.
func allFiles(ctx context.Context, ref gwclient.Reference) ([]string, error) {
	var found []string
	err := walk(ctx, ref, ".", func(p string) { found = append(found, p) })
	slices.Sort(found)
	return found, err
}

// solve transfers a part of the context.
func (g *gatewayContext) solve(ctx context.Context, what, hint string, opts ...llb.LocalOption) (gwclient.Reference, error) {
	st, err := mainContext(ctx, g.client, append(g.transfer(what, hint), opts...)...)
	if err != nil {
		return nil, contextError(err, what)
	}
	ref, err := g.solver.solve(ctx, *st, false)
	return ref, contextError(err, what)
}

// followed are paths of the sources and the files read so far, of which every
// transfer of sources brings the same.
func (g *gatewayContext) followed(paths []string) llb.LocalOption {
	return only(append(slices.Clone(paths), g.read...))
}

// transfer names a transfer for people, and for the daemon, which keeps what it
// has of each.
func (g *gatewayContext) transfer(what, hint string) []llb.LocalOption {
	return []llb.LocalOption{llb.SharedKeyHint("uvlambda-" + hint), dockerui.WithInternalName("load " + what), g.source}
}

// readFile reads a file, of a large one only the first part. What cannot be
// read is missing: a transfer that failed has failed before.
func readFile(ctx context.Context, ref gwclient.Reference, p string, limit int) files.Entry {
	var parts [][]byte
	left := limit
	for part, err := range chunks(ctx, ref, p) {
		if err != nil {
			return contentOf(nil, err)
		}
		parts = append(parts, part[:min(left, len(part))])
		if left -= len(part); left <= 0 {
			break
		}
	}
	return contentOf(bytes.Join(parts, nil), nil)
}

// chunks are the parts of a file, of which a gateway call reads one. An error
// ends them.
func chunks(ctx context.Context, ref gwclient.Reference, p string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for offset := 0; ; offset += chunk {
			part, err := ref.ReadFile(ctx, gwclient.ReadRequest{
				Filename: p,
				Range:    &gwclient.FileRange{Offset: offset, Length: chunk},
			})
			if !yield(part, err) || err != nil || len(part) < chunk {
				return
			}
		}
	}
}

// statPath looks at a path; what is missing may be a link that leads out.
func statPath(ctx context.Context, ref gwclient.Reference, p string) files.Entry {
	if st, err := ref.StatFile(ctx, gwclient.StatRequest{Path: p}); err == nil && !isLink(st) {
		if st.IsDir() {
			return files.Entry{Kind: files.Folder}
		}
		return files.Entry{Kind: files.Regular}
	}
	entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: path.Dir(p), IncludePattern: files.Exactly(path.Base(p))})
	if err != nil {
		return files.Entry{}
	}
	for _, st := range entries {
		if st.Path == path.Base(p) && isLink(st) {
			return files.Entry{Kind: files.Outside, Link: st.Linkname}
		}
	}
	return files.Entry{}
}

func isLink(st *fstypes.Stat) bool { return fs.FileMode(st.Mode)&fs.ModeSymlink != 0 }

// walk visits the files below dir.
func walk(ctx context.Context, ref gwclient.Reference, dir string, visit func(string)) error {
	entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: dir})
	if err != nil {
		return fmt.Errorf("listing %s: %w", dir, err)
	}
	for _, st := range entries {
		p := path.Join(dir, st.Path)
		if st.IsDir() {
			if err := walk(ctx, ref, p, visit); err != nil {
				return err
			}
			continue
		}
		visit(p)
	}
	return nil
}
