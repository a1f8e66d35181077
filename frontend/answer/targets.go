package answer

import (
	"github.com/moby/buildkit/frontend/subrequests/targets"

	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/frontend/planner"
)

// targets lists what --target takes. It needs the build file only.
func (r Request) targets() (*targets.List, error) {
	table, err := load.Parse(r.BuildFile.Name, r.BuildFile)
	if err != nil {
		return nil, err
	}
	var list targets.List
	sources := answerSources{texts: r.Texts}
	for _, t := range planner.Targets(table) {
		list.Targets = append(list.Targets, targets.Target{
			Name:        t.String(),
			Default:     t.Default,
			Description: t.Output.Description(),
			Location:    sources.optional(t.Source),
		})
	}
	list.Sources = sources.data()
	return &list, nil
}
