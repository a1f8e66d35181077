package contexts

import (
	"context"
	"errors"
	"io/fs"
	"path"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/opencontainers/go-digest"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// BuildFile is the build file. A client sends it on its own, by its base name.
type BuildFile struct {
	// Name is the client's name for the file, and Text its content.
	Name string
	Text []byte
	// SourceMap has the text for people, see source.Masked.
	SourceMap *bkllb.SourceMap
	// ignore is the ignore file of its own; nil when there is none, or when only
	// BuildKit knows.
	ignore *planner.IgnoreFile
	warn   func(ctx context.Context, text string, opts gwclient.WarnOpts)
}

// ReadBuildFile reads the build file: from the folder that has it, if near gives one
// of that name, or through the gateway.
func ReadBuildFile(ctx context.Context, c *gateway.Client, near func(name string) *Folder) (*BuildFile, error) {
	name := c.Option(gateway.KeyFilename)
	local, ok, err := buildFileFolder(ctx, c)
	if err != nil {
		return nil, buildFileError(name, err)
	}
	var e *BuildFile
	switch {
	case !ok:
		e, err = readElsewhere(ctx, c, name)
	case near(local) != nil:
		e, err = readNear(ctx, c, near(local), local, name)
	default:
		e, err = readSent(ctx, c, local, name)
	}
	if err != nil {
		return nil, buildFileError(name, err)
	}
	return e, nil
}

// buildFileFolder gives the name of the client's folder that has the build file.
// There is none when the build file comes with a git repository or a URL, or is
// another build's result.
func buildFileFolder(ctx context.Context, c *gateway.Client) (name string, ok bool, err error) {
	if named := c.Option("dockerfilekey"); named != "" {
		return named, true, nil
	}
	if c.Option(dockerui.DefaultLocalNameContext) != "" || c.Option("contextkey") != "" {
		return "", false, nil
	}
	given, err := isInput(ctx, c, dockerui.DefaultLocalNameDockerfile)
	return dockerui.DefaultLocalNameDockerfile, !given, err
}

// readElsewhere has BuildKit find the build file.
func readElsewhere(ctx context.Context, c *gateway.Client, name string) (*BuildFile, error) {
	read, err := c.ReadEntrypoint(ctx, "TOML")
	if err != nil {
		return nil, err
	}
	e := newBuildFile(read.State, read.Definition, name, read.Data)
	// It may have found the file under another name.
	e.SourceMap.Filename, e.warn = read.Filename, read.Warn
	return e, nil
}

// transferBuildFile is the transfer of the build file, with the ignore file of its
// own. BuildKit's frontend for Dockerfiles names it the same.
func transferBuildFile(ctx context.Context, c *gateway.Client, local, name string) (bkllb.State, *bkllb.Definition, error) {
	st := bkllb.Local(local,
		only([]string{name, name + dockerignore}),
		bkllb.SessionID(session(c, local)),
		bkllb.SharedKeyHint(local),
		dockerui.WithInternalName("load build definition from "+name),
		bkllb.Differ(bkllb.DiffNone, false),
	)
	def, err := c.Marshal(ctx, st)
	return st, def, err
}

// readSent reads the build file of a client's folder through the gateway.
func readSent(ctx context.Context, c *gateway.Client, local, name string) (*BuildFile, error) {
	st, def, err := transferBuildFile(ctx, c, local, name)
	if err != nil {
		return nil, err
	}
	ref, err := c.SolveDefinition(ctx, def, false)
	if err != nil {
		return nil, err
	}
	set, err := readListed(ctx, ref, []string{name, name + dockerignore})
	if err != nil {
		return nil, err
	}
	switch set[name].Kind {
	case files.Regular:
	case files.Missing:
		return nil, fs.ErrNotExist
	default:
		return nil, &notAFileError{set[name].Kind}
	}
	e := newBuildFile(&st, def, name, set[name].Data)
	if err := e.setIgnore(set[name+dockerignore]); err != nil {
		return nil, err
	}
	vertex, err := def.Head()
	e.warn = func(ctx context.Context, text string, opts gwclient.WarnOpts) { warn(ctx, c, vertex, text, opts) }
	return e, err
}

// readNear reads the build file of a folder of this machine. The daemon only
// gets it when there is something to warn of: a client shows no warning of a
// vertex that it does not know.
func readNear(ctx context.Context, c *gateway.Client, folder *Folder, local, name string) (*BuildFile, error) {
	st, def, err := transferBuildFile(ctx, c, local, name)
	if err != nil {
		return nil, err
	}
	e, err := LocalBuildFile(folder, name)
	if err != nil {
		return nil, err
	}
	e.SourceMap.State, e.SourceMap.Definition = &st, def
	vertex, err := def.Head()
	e.warn = func(ctx context.Context, text string, opts gwclient.WarnOpts) {
		// A warning that cannot be shown is no reason to fail.
		if _, err := c.SolveDefinition(ctx, def, true); err == nil {
			warn(ctx, c, vertex, text, opts)
		}
	}
	return e, err
}

// LocalBuildFile reads a build file of a folder of this machine, by its path in it.
// Without a client there is nobody to warn.
func LocalBuildFile(folder *Folder, name string) (*BuildFile, error) {
	if planner.Outside(name) {
		return nil, buildFileError(name, errors.New("it is outside of the build context"))
	}
	data, err := folder.readFile(name)
	if err != nil {
		return nil, buildFileError(name, err)
	}
	e := newBuildFile(nil, nil, name, data)
	e.warn = func(context.Context, string, gwclient.WarnOpts) {}
	return e, e.setIgnore(contentOf(folder.readFile(name + dockerignore)))
}

// newBuildFile is a build file that came by a transfer, both nil without one.
func newBuildFile(st *bkllb.State, def *bkllb.Definition, name string, text []byte) *BuildFile {
	m := bkllb.NewSourceMap(st, name, "TOML", source.Masked(text))
	m.Definition = def
	return &BuildFile{Name: name, Text: text, SourceMap: m}
}

// setIgnore sets the ignore file of the build file's own, if there is one.
func (e *BuildFile) setIgnore(file files.Entry) error {
	name := path.Base(e.Name) + dockerignore
	switch file.Kind {
	case files.Missing:
		return nil
	case files.Regular:
		ignore, err := parseIgnore(name, file.Data)
		e.ignore = &ignore
		return err
	default:
		return source.Errorf(plan.Location{File: name}, "%w", &notAFileError{file.Kind})
	}
}

// warn sends a warning of the build file.
func warn(ctx context.Context, c *gateway.Client, vertex digest.Digest, text string, opts gwclient.WarnOpts) {
	if opts.Level == 0 {
		opts.Level = 1
	}
	// A warning that cannot be shown is no reason to fail.
	_ = c.GatewayClient().Warn(ctx, vertex, text, opts)
}

// buildFileError explains a build file that could not be read.
func buildFileError(name string, err error) error {
	if _, located := errors.AsType[*source.Error](err); located {
		return err
	}
	at := plan.Location{File: name}
	if kind, ok := errors.AsType[*notAFileError](err); ok {
		return source.Errorf(at, "%w", kind)
	}
	return source.Errorf(at, "the build file cannot be read (%w): check -f, and that the file is in the context", gateway.Innermost(err))
}
