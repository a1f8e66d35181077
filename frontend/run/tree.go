package run

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// treeName tells the trees of a function apart: they are its parts, and each of
// the packages that are installed by themselves.
type treeName struct {
	part plan.Part
	pkg  string
}

// String is the tree for people.
func (n treeName) String() string {
	if n.pkg != "" {
		return n.pkg
	}
	return n.part.String()
}

// tree is one of the trees that lie over one another in the task root.
type tree struct {
	treeName
	// open gives the tree itself, which is made once. A builder that has it in a
	// remote cache fetches all of it to read in it.
	open func() (gwclient.Reference, error)
	// contents gives what is known of the tree without it. It is nil when only the
	// tree knows.
	contents func() (*contents, error)
}

// contents are the files of a tree, by their paths below the task root.
type contents struct {
	// names are the entries of each folder, by the folder: true stands for a folder.
	names map[string]map[string]bool
	// sums are the SHA-256 of files, in the form that RECORD has, as far as they are
	// known.
	sums map[string]string
	// owners are the distributions that have the files.
	owners map[string]string
	// lacking is the report of missing libraries, nil when there is none.
	lacking []byte
	// most is the size in bytes that all files have at most.
	most int64
	// compiled tells the bytecode that the packages are compiled to, in the words of
	// a file's name: "cpython-313". It is empty when they are not.
	compiled string
}

// openTrees are the trees of a solved plan, the lowest first. Nothing is asked of
// the daemon before something is read in them. The context's listing knows the
// files of the application. What packages record of their files is read when the
// client imports a cache: the tree may be there, and not here. Else the tree
// itself is the shorter way.
func (b *Builder) openTrees(ctx context.Context, g *graph) ([]*tree, error) {
	records := sync.OnceValues(func() (gwclient.Reference, error) {
		return b.solve(ctx, g, func(r *llb.Result) bkllb.State { return *r.Records })
	})
	var trees []*tree
	for i, made := range g.result.Trees {
		t := &tree{treeName: treeName{made.Part, made.Package}, open: sync.OnceValues(func() (gwclient.Reference, error) {
			return b.solve(ctx, g, func(r *llb.Result) bkllb.State { return r.Trees[i].State })
		})}
		switch {
		case made.Part == plan.PartApp:
			shipped, err := planner.Shipped(plan.First[plan.App](g.plan).Copies, g.decided.Input.Listing)
			if err != nil {
				return nil, err
			}
			t.contents = func() (*contents, error) { return &contents{names: byFolder(shipped)}, nil }
		case g.result.Records != nil && made.HasRecords() && len(b.client.CacheImports) > 0:
			t.contents = sync.OnceValues(func() (*contents, error) {
				ref, err := records()
				if err != nil {
					return nil, err
				}
				return readRecords(ctx, ref, made.Records(), compiledTag(g.plan, made.Part))
			})
		}
		trees = append(trees, t)
	}
	return trees, nil
}

// compiledTag tells the bytecode that a part is compiled to, empty for none
// (https://peps.python.org/pep-3147/).
func compiledTag(p *plan.Plan, part plan.Part) string {
	compiled := false
	if part == plan.PartMembers {
		compiled = plan.First[plan.Member](p).CompileBytecode
	} else {
		compiled = p.Installs()[0].CompileBytecode
	}
	if !compiled {
		return ""
	}
	return "cpython-" + strings.ReplaceAll(p.Python.Version, ".", "")
}

// list gives the entries of a folder below the task root; true stands for a
// folder.
func (t *tree) list(ctx context.Context, dir string) (map[string]bool, error) {
	if t.contents != nil {
		known, err := t.contents()
		if err != nil {
			return nil, err
		}
		return known.names[dir], nil
	}
	ref, err := t.open()
	if err != nil {
		return nil, err
	}
	entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: path.Join(plan.TaskRoot, dir)})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", t.treeName, err)
	}
	names := map[string]bool{}
	for _, st := range entries {
		names[path.Base(st.Path)] = fs.FileMode(st.Mode).IsDir()
	}
	return names, nil
}

// ready makes what list reads, and gives the error of that.
func (t *tree) ready() (err error) {
	if t.contents != nil {
		_, err = t.contents()
	} else {
		_, err = t.open()
	}
	return err
}

// read reads a file below the task root.
func (t *tree) read(ctx context.Context, file string) ([]byte, error) {
	ref, err := t.open()
	if err != nil {
		return nil, err
	}
	return gateway.ReadAll(ctx, ref, path.Join(plan.TaskRoot, file))
}

// sum is the SHA-256 of a file, in the form that RECORD has.
func (t *tree) sum(ctx context.Context, file string) (string, error) {
	if t.contents != nil {
		known, err := t.contents()
		if err != nil {
			return "", err
		}
		if sum, ok := known.sums[file]; ok {
			return sum, nil
		}
	}
	content, err := t.read(ctx, file)
	sum := sha256.Sum256(content)
	return sumPrefix + base64.RawURLEncoding.EncodeToString(sum[:]), err
}

// compiledFrom gives the compiled modules of a source.
func (t *tree) compiledFrom(ctx context.Context, source string) ([]string, error) {
	var compiled []string
	folder, err := t.list(ctx, path.Dir(source))
	if err != nil {
		return nil, err
	}
	cache := path.Join(path.Dir(source), "__pycache__")
	if folder["__pycache__"] {
		entries, err := t.list(ctx, cache)
		if err != nil {
			return nil, err
		}
		for name := range entries {
			module := path.Join(cache, name)
			if from, ok := files.CompiledFrom(module); ok && from == source {
				compiled = append(compiled, module)
			}
		}
	}
	if t.contents == nil {
		return compiled, nil
	}
	known, err := t.contents()
	if err == nil && known.compiled != "" {
		// No distribution records it.
		compiled = append(compiled, path.Join(cache, strings.TrimSuffix(path.Base(source), ".py")+"."+known.compiled+".pyc"))
	}
	return compiled, err
}

// owners tells which distribution has which file.
func (t *tree) owners(ctx context.Context) (map[string]string, error) {
	if t.contents != nil {
		known, err := t.contents()
		if err != nil {
			return nil, err
		}
		return known.owners, nil
	}
	ref, err := t.open()
	if err != nil {
		return nil, err
	}
	known, err := readRecords(ctx, ref, plan.TaskRoot, "")
	if err != nil {
		return nil, err
	}
	return known.owners, nil
}

// byFolder gives the entries of each folder that paths lead through.
func byFolder(paths []string) map[string]map[string]bool {
	names := map[string]map[string]bool{".": {}}
	for _, p := range paths {
		for isDir := false; p != "."; p, isDir = path.Dir(p), true {
			dir := path.Dir(p)
			if names[dir] == nil {
				names[dir] = map[string]bool{}
			}
			names[dir][path.Base(p)] = isDir
		}
	}
	return names
}
