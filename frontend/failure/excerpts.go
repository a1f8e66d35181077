package failure

import (
	"cmp"
	"slices"

	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// excerpt is a part of a file to show, with the lines to mark in it.
type excerpt struct {
	file   string
	ranges []*pb.Range
}

// apart is how many lines two ranges are apart when they are shown one by one:
// clients print all that is between the ranges of one excerpt.
const apart = 12

// excerpts are the parts to show for errors: their own lines in the first
// one's file, and then those that explain them. Clients print each excerpt by
// itself and do not say which error it is for, so other files are left out.
func excerpts(located []*source.Error) []excerpt {
	if len(located) == 0 {
		return nil
	}
	var own, related []plan.Location
	for _, e := range located {
		if e.Location.File == located[0].Location.File {
			own = append(own, e.Location)
			related = append(related, e.Related...)
		}
	}
	var files []string
	ranges := map[string][]plan.Location{}
	for _, loc := range append(own, related...) {
		if _, known := ranges[loc.File]; !known {
			files = append(files, loc.File)
		}
		ranges[loc.File] = append(ranges[loc.File], loc)
	}
	var all []excerpt
	for _, file := range files {
		all = append(all, excerptsOf(file, ranges[file])...)
	}
	return all
}

// excerptsOf divides the lines of one file.
func excerptsOf(file string, lines []plan.Location) []excerpt {
	slices.SortFunc(lines, func(a, b plan.Location) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.EndLine, b.EndLine))
	})
	var all []excerpt
	end := 0
	for i, loc := range slices.Compact(lines) {
		if i == 0 || loc.Line-end > apart {
			all = append(all, excerpt{file: file})
		}
		end = max(end, loc.EndLine)
		last := &all[len(all)-1]
		last.ranges = append(last.ranges, contexts.Range(loc))
	}
	return all
}
