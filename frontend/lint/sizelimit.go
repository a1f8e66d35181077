package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// unpacked is how much larger than its wheel a package is in the task root:
// ten much used packages, bytecode excluded, have 2.95 times the size of their
// wheels together, most of them between 2.4 and 3.9.
const unpacked = 3

// sizeLimit finds dependencies that are near or over a limit of Lambda.
func sizeLimit() Rule {
	return Rule{
		Name:        "SizeLimit",
		Description: "The dependencies should fit into what Lambda takes",
		CheckOnly:   true,
		Why: "Lambda takes archives up to 262,144,000 bytes unzipped, layers included, and images up to 10 GB. `uv.lock` has the sizes of the wheels: three times as much is taken for what they unpack to, " +
			"which is what ten much used packages came to. Pure data packs better, and bytecode adds to Python code. The warning starts at 80 % of the limit of what `--target` names; " +
			"packages whose size the lock does not have are left out. It is an estimate before anything is downloaded: a build measures, and fails when an archive is too large or what it installs is too large for an image.",
		Bad:  Example{Flags: "--target zip", Files: sizeExample(112_000_000)},
		Good: Example{Flags: "--target image", Files: sizeExample(112_000_000)},
		find: findSize,
	}
}

func findSize(in *Input) []finding {
	limit, of := int64(plan.LimitUnzipped), "the 262 MB that Lambda takes of an unzipped archive"
	switch in.Output {
	case plan.OutputZip, plan.OutputLayer, plan.OutputDir:
	case plan.OutputImage:
		limit, of = plan.LimitImage, "the 10 GB that Lambda takes of an image"
	default:
		return nil
	}
	type sized struct {
		*project.Package
		size int64
	}
	var packages []sized
	var total int64
	for _, p := range in.thirdParty() {
		if in.leftOut(p) {
			continue
		}
		size := p.DownloadSize(in.Runtime, in.Platform.Architecture)
		packages = append(packages, sized{p, size})
		total += size
	}
	estimate := unpacked * total
	if estimate < limit*8/10 {
		return nil
	}
	slices.SortStableFunc(packages, func(a, b sized) int { return int(b.size - a.size) })
	var largest []string
	for _, p := range packages[:min(len(packages), 3)] {
		largest = append(largest, fmt.Sprintf("%s (%d MB)", p.Name, megabytes(p.size)))
	}
	relation := "near"
	if estimate > limit {
		relation = "over"
	}
	return found(fmt.Sprintf("the dependencies come to about %d MB, three times what uv.lock says of their wheels, which is %s %s: leave some out; the largest wheels belong to %s",
		megabytes(estimate), relation, of, strings.Join(largest, ", ")), in.projectLocation())
}

// leftOut tells whether [tool.uvlambda.slim] leaves a package out.
func (in *Input) leftOut(p *project.Package) bool {
	return slices.Contains(in.Spec.Slim, spec.SlimBoto3) && slices.Contains([]string{"boto3", "botocore", "s3transfer"}, p.Name)
}

// projectLocation is where the dependencies of the project stand.
func (in *Input) projectLocation() plan.Location {
	return in.Root.Doc.Locate("project", "dependencies")
}

// sizeExample is a function with a large package.
func sizeExample(size int) string {
	return lockedExample("large-model", "3.0.0", fmt.Sprintf(`wheels = [
    { url = "https://packages.example.com/large_model-3.0.0-py3-none-any.whl", hash = "sha256:00", size = %d },
]`, size))
}
