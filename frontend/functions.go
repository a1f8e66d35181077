package frontend

import (
	"context"
	"path"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// Functions are the functions of a build file.
type Functions struct {
	// Project is the normalized name of the project.
	Project string
	// Names are the functions' in file order; there are none when the project
	// is the function.
	Names []string
	// HasSyntax is set when the file's first line leads clients to a frontend.
	HasSyntax bool
}

// ReadFunctions reads the functions of a build file, which is relative to a
// local folder, the build context.
func ReadFunctions(ctx context.Context, dir, filename string) (*Functions, error) {
	folder, err := contexts.OpenFolder(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	name := path.Clean(filename)
	buildFile, err := contexts.LocalBuildFile(folder, name)
	if err != nil {
		return nil, err
	}
	table, err := load.Parse(name, buildFile)
	if err != nil {
		return nil, err
	}
	local, err := contexts.NewLocal(folder, contexts.NewTexts(buildFile))
	if err != nil {
		return nil, err
	}
	// A lock may be large, and has no say in this.
	own := path.Dir(name)
	read, err := local.Read(ctx, []string{path.Join(own, DefaultFilename)})
	if err != nil {
		return nil, err
	}
	w, err := planner.NewWorkspace(own, read, nil)
	if err != nil {
		return nil, err
	}
	_, _, _, hasSyntax := parser.DetectSyntax(buildFile.Text)
	return &Functions{
		Project:   project.NormalizeName(planner.Input{Spec: table, Workspace: w}.ProjectName()),
		Names:     table.Functions(),
		HasSyntax: hasSyntax,
	}, nil
}
