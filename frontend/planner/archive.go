package planner

import (
	"cmp"
	"path"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// smallApp is how large an application may be that the frontend compresses. Each
// file is a call to the daemon.
func smallApp() plan.Small { return plan.Small{Files: 100, Bytes: 1 << 20} }

// planArchive keeps the work that an archive or folder is made of, and names the
// archive. They install and copy the same as the image.
func (p *planning) planArchive() error {
	a := &plan.Archive{
		Name:  cmp.Or(p.plan.Function, p.plan.Project),
		Limit: plan.LimitUnzipped,
		Small: smallApp(),

		ByClient: p.TakesFiles,
		Facts: plan.Facts{
			Handler:      p.plan.Config.Cmd[0],
			Runtime:      "python" + p.plan.Python.Version,
			Architecture: plan.ArchitectureOfOCI(p.Platform.Architecture).Lambda,
		},
	}
	switch p.plan.Output {
	case plan.OutputImage, plan.OutputTest, plan.OutputLock:
		return nil
	case plan.OutputLayer:
		if !p.work.installs() {
			return source.Errorf(p.projectLocation(), "%s has no third-party dependencies to make a layer of: build --target zip", p.root.Name)
		}
		a.Name += "-layer"
		a.Prefix = p.layerPrefix()
		a.Facts.Handler = ""
		p.work.members, p.work.app, p.unlisted = nil, nil, nil
	case plan.OutputApp:
		if len(p.work.members) == 0 && p.work.app == nil {
			return source.Errorf(p.Spec.Locate("handler"), "%s has no code of its own to archive: build --target zip", p.root.Name)
		}
		a.Name += "-app"
		if p.work.installs() {
			a.Beside = p.layerPrefix()
		}
	}
	p.keepHandler()
	if p.plan.Output != plan.OutputDir {
		p.work.archive = a
	}
	return nil
}

// pack says how the dependencies stand in an archive, be it this one or the layer
// that goes with it. It is nil for an output without an archive.
func (p *planning) pack() *plan.Pack {
	output := p.Output
	if output == plan.OutputTest {
		output = p.TestFor
	}
	switch output {
	case plan.OutputZip:
		return &plan.Pack{}
	case plan.OutputLayer, plan.OutputApp:
		return &plan.Pack{Prefix: p.layerPrefix()}
	}
	return nil
}

// layerPrefix is where a layer holds packages:
// https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
func (p *planning) layerPrefix() string {
	return path.Join("python/lib", "python"+p.plan.Python.Version, "site-packages")
}
