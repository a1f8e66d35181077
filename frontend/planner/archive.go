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
	if err := p.checkPlaces(); err != nil {
		return err
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
		// Nothing is known to be missing but what this output has.
		p.work.members, p.unlisted, p.leftOut = nil, nil, nil
		if err := p.copyTrees(); err != nil {
			return err
		}
	case plan.OutputApp:
		if len(p.work.members) == 0 && len(p.work.files) == 0 && p.work.app == nil {
			return source.Errorf(p.Spec.Locate("handler"), "%s has no code of its own to archive: build --target zip", p.root.Name)
		}
		a.Name += "-app"
		if p.work.installs() {
			a.Beside = p.layerPrefix()
		}
	}
	if p.work.hasFiles(plan.LayerRoot) {
		a.Opt = p.layerOfFiles()
	}
	if err := p.checkArchiveCommand(); err != nil {
		return err
	}
	p.keepHandler()
	if p.plan.Output != plan.OutputDir {
		p.work.archive = a
	}
	return nil
}

// checkArchiveCommand refuses a command that Lambda cannot take for the handler of
// an archive.
func (p *planning) checkArchiveCommand() error {
	if len(p.Spec.Command) < 2 || p.plan.Output == plan.OutputDir || p.plan.Output == plan.OutputLayer {
		return nil
	}
	return source.Errorf(p.Spec.Locate("command"), "an archive has a handler and no command, and the adapter of a layer runs the file that the handler names: write these words into a script such as run.sh, set command = [\"run.sh\"], or build an image")
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
