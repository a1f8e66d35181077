package planner

import (
	"cmp"
	"path"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// machines are Lambda's names of architectures.
var machines = map[string]string{"amd64": "x86_64", "arm64": "arm64"}

// planArchive keeps the steps that an archive or folder is made of, and names
// it. What they install and copy is what the image has.
func (p *planning) planArchive() error {
	a := &plan.Archive{
		Name:  cmp.Or(p.plan.Function, p.plan.Project),
		Limit: plan.LimitUnzipped,
		Facts: plan.Facts{
			Handler:      p.plan.Config.Cmd[0],
			Runtime:      "python" + p.plan.Python.Version,
			Architecture: machines[p.Platform.Architecture],
		},
		Source: p.Spec.Locate(),
	}
	switch p.plan.Output {
	case plan.OutputImage, plan.OutputTest, plan.OutputLock:
		return nil
	case plan.OutputLayer:
		if p.plan.Dependencies == nil {
			return source.Errorf(p.projectLocation(), "%s has no third-party dependencies to make a layer of: build --target zip", p.root.Name)
		}
		a.Name += "-layer"
		a.Prefix = p.layerPrefix()
		a.Facts.Handler = ""
		p.plan.Members, p.plan.App, p.unlisted = nil, nil, nil
	case plan.OutputApp:
		if len(p.plan.Members) == 0 && p.plan.App == nil {
			return source.Errorf(p.Spec.Locate("handler"), "%s has no code of its own to archive: build --target zip", p.root.Name)
		}
		a.Name += "-app"
		if p.plan.Dependencies != nil {
			a.Beside = p.layerPrefix()
		}
	}
	p.plan.Config = nil
	if p.plan.Output != plan.OutputDir {
		p.plan.Archive = a
	}
	return nil
}

// layerPrefix is where a layer holds packages:
// https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
func (p *planning) layerPrefix() string {
	return path.Join("python/lib", "python"+p.plan.Python.Version, "site-packages")
}
