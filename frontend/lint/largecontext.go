package lint

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// largeUnused is how many bytes may be sent for nothing.
const largeUnused = 50_000_000

// largeContext finds files that are sent and not needed.
func largeContext() Rule {
	return Rule{
		Name:        "LargeContext",
		Description: "No more than 50 MB should be sent that nothing is made of",
		CheckOnly:   true,
		Why: "A build has the client send only the folders that its steps read. Of a packaged project that is the project's whole folder, less what `.dockerignore` names. " +
			"Data, archives and virtual environments in it are sent to the builder, which takes time and room in its cache, and a change in them builds the wheel again.\n\n" +
			"This counts the files that the steps leave out, such as `dist` and what `exclude` names, and of a packaged project's folder all that is neither in `src`, nor in the folder of its module, nor at the top: " +
			"a build backend usually leaves those out, though it need not. Only a check looks, with a list of files and sizes that is sent in place of the files; older versions of BuildKit do not have that, and say nothing.",
		Bad:  Example{Files: contextExample("dist/\n"), Large: "data/training.parquet"},
		Good: Example{Files: contextExample("dist/\ndata/\n"), Large: "data/training.parquet"},
		find: findLarge,
	}
}

func findLarge(in *Input) []finding {
	var total int64
	folders := map[string]int64{}
	inputs := in.inputs()
	for _, file := range in.Context.Sent {
		if reads(inputs, file.Path) {
			continue
		}
		total += file.Size
		folders[in.folderOf(file.Path)] += file.Size
	}
	if total <= largeUnused {
		return nil
	}
	names := slices.SortedFunc(maps.Keys(folders), func(a, b string) int {
		return cmp.Or(cmp.Compare(folders[b], folders[a]), strings.Compare(a, b))
	})
	var largest []string
	for _, name := range names[:min(len(names), 3)] {
		if folders[name] < total/10 {
			break
		}
		largest = append(largest, fmt.Sprintf("%s (%d MB)", name, megabytes(folders[name])))
	}
	return found(fmt.Sprintf("%d MB are sent to the builder and probably not needed, most of it in %s: name what the project is not built from in .dockerignore",
		megabytes(total), strings.Join(largest, ", ")), in.projectLocation())
}

// input is what a step reads of a folder, or a file.
type input struct {
	from string
	// leavesOut tells what the step does not read, by the path below from.
	leavesOut func(rel string) bool
}

// inputs are the known paths that the steps of the plan read. Of the folder of a
// package that is not all: its build backend chooses.
func (in *Input) inputs() []input {
	var all []input
	for _, st := range in.Plan.Steps {
		for _, r := range st.Reads {
			excluded := excluding(r.Exclude)
			all = append(all, input{r.Path, func(rel string) bool {
				return r.Package != "" && !isSource(r.Package, rel) || excluded(rel)
			}})
		}
	}
	return all
}

// excluding tells what patterns leave out. The planner has checked them.
func excluding(patterns []string) func(rel string) bool {
	matches, err := files.Matcher(patterns)
	return func(rel string) bool {
		if err != nil {
			return false
		}
		matched, err := matches(rel)
		return err == nil && matched
	}
}

// reads tells whether one of the inputs is known to have a file.
func reads(inputs []input, file string) bool {
	return slices.ContainsFunc(inputs, func(i input) bool {
		rel, ok := inside(i.from, file)
		return ok && !i.leavesOut(rel)
	})
}

// isSource tells whether a file of a package's folder usually gets into its
// wheel or says how that is made.
func isSource(name, rel string) bool {
	top, _, below := strings.Cut(rel, "/")
	module := strings.ReplaceAll(project.NormalizeName(name), "-", "_")
	return !below || top == "src" || project.NormalizeName(top) == project.NormalizeName(module)
}

// inside gives a path relative to a folder that it is in, or is.
func inside(dir, file string) (rel string, ok bool) {
	if dir == "." || dir == file {
		return file, true
	}
	return strings.CutPrefix(file, dir+"/")
}

// folderOf gives the folder of a file that people would name: the first one below
// the package's folder. Directly in that folder it is the file.
func (in *Input) folderOf(file string) string {
	for _, st := range in.Plan.Steps {
		for _, r := range st.Reads {
			rel, ok := inside(r.Path, file)
			if top, _, below := strings.Cut(rel, "/"); ok && below && r.Package != "" {
				return path.Join(r.Path, top) + "/"
			}
		}
	}
	return file
}

// contextExample is a packaged project with a .dockerignore.
func contextExample(ignored string) string {
	return `-- .dockerignore --
` + ignored + `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.uvlambda]
handler = "greeting.handler"
-- src/greeting/__init__.py --
def handler(event, context):
    return "hello"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0.0"
source = { editable = "." }
`
}
