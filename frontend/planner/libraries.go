package planner

import (
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/plan"
)

// libraryFolders are the folders that a function brings files to and in which
// Lambda's loader looks for libraries
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
var libraryFolders = []string{
	plan.TaskRoot, plan.TaskRoot + "/lib", plan.LayerRoot + "/lib", "/usr/local/lib", "/usr/local/lib64",
}

// BringsLibrary tells whether the application, or what `include` copies, has a
// library where the loader looks. What a folder of another image has is not known,
// so it is taken to have it.
func (d *Decided) BringsLibrary(name string) (bool, error) {
	shipped, err := d.Shipped()
	if err != nil {
		return false, err
	}
	if slices.Contains(shipped, name) || slices.Contains(shipped, "lib/"+name) {
		return true, nil
	}
	found := false
	for _, work := range plan.Each[plan.Files](d.Plan) {
		for _, c := range work.Copies {
			if work.Image != "" {
				found = found || mayBring(c, name)
				continue
			}
			eachCopied(c, d.planning.Listing, func(_, to string, e files.Entry) {
				found = found || (e.Kind == files.Regular || e.Kind == files.Link) && path.Base(to) == name && slices.Contains(libraryFolders, path.Dir(to))
			})
		}
	}
	return found, nil
}

// mayBring tells whether a copy of a file, or of a folder, of another image may
// bring a library to where the loader looks.
func mayBring(c plan.Copy, name string) bool {
	file := path.Base(c.From)
	if !strings.Contains(file, ".so") {
		return slices.Contains(libraryFolders, path.Clean(c.To))
	}
	to := c.To
	if strings.HasSuffix(to, "/") {
		to += file
	}
	return path.Base(to) == name && slices.Contains(libraryFolders, path.Dir(to))
}
