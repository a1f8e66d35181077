package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// including is a change of the base with an `include`, in lines 9 and on, and the
// files that it may name.
func including(lines string) map[string]string {
	return with(keys("handler = 'app.handler'\ninclude = [\n"+lines+"\n]"), "run.sh", "#!/bin/sh\n", "page.html", "\n", "conf/a.toml", "\n", "ext/one.sh", "\n")
}

// placed gives the copies of a plan's steps of files as "IMAGE FROM -> TO", in
// their order.
func placed(p *plan.Plan) []string {
	var copies []string
	for _, work := range plan.Each[plan.Files](p) {
		for _, c := range work.Copies {
			copies = append(copies, work.From()+": "+c.From+" -> "+c.To)
		}
	}
	return copies
}

// A file goes into a folder that every image has by its own name: in the place of
// the folder it would take everything away that is in it.
func TestPlacesOfFiles(t *testing.T) {
	t.Parallel()
	const image, context = "adapter:1: ", "the context: "
	for include, want := range map[string]string{
		"{ image = 'adapter:1', from = 'x', to = '/opt' }":             image + "/x -> /opt/",
		"{ image = 'adapter:1', from = 'x', to = '/opt/' }":            image + "/x -> /opt/",
		"{ image = 'adapter:1', from = 'x', to = '/usr/local' }":       image + "/x -> /usr/local/",
		"{ image = 'adapter:1', from = 'x', to = '/srv/x' }":           image + "/x -> /srv/x",
		"{ image = 'adapter:1', from = 'x', to = '/opt/extensions/' }": image + "/x -> /opt/extensions/",
		"{ image = 'adapter:1', from = 'x', to = '.' }":                image + "/x -> /var/task/",
		"{ image = 'adapter:1', from = 'x', to = '/var/task' }":        image + "/x -> /var/task/",
		"{ image = 'adapter:1', from = 'x', to = 'bin/' }":             image + "/x -> /var/task/bin/",
		"{ image = 'adapter:1', from = 'x', to = 'bin/y' }":            image + "/x -> /var/task/bin/y",
		"{ from = 'run.sh', to = '/opt' }":                             context + "run.sh -> /opt/run.sh",
		"{ from = 'run.sh', to = '/srv' }":                             context + "run.sh -> /srv/run.sh",
		"{ from = 'run.sh', to = '/opt/bin/' }":                        context + "run.sh -> /opt/bin/run.sh",
		"{ from = 'run.sh', to = '/opt/bin' }":                         context + "run.sh -> /opt/bin",
		"{ from = 'conf', to = '/usr/share/' }":                        context + "conf -> /usr/share",
		"{ from = 'conf', to = '/opt/conf' }":                          context + "conf -> /opt/conf",
	} {
		p, err := newPlan(contextOf(change(including(include))), client{})
		require.NoError(t, err, include)
		assert.Equal(t, []string{want}, placed(p), include)
	}
}

// Each output has the places that it can have. A layer beside an archive has what
// goes below /opt.
func TestPlacesOfOutputs(t *testing.T) {
	t.Parallel()
	const include = "  { image = 'adapter:1', from = 'x', to = '/opt/x' },\n  { image = 'adapter:1', from = 'y', to = 'y' },\n  { image = 'model:2', from = 'm', to = 'm' },\n" +
		"  { from = 'run.sh', to = '/opt/extensions/' },\n  'conf',"
	below, adapter := "adapter:1: /x -> /opt/x", "adapter:1: /y -> /var/task/y"
	model, script := "model:2: /m -> /var/task/m", "the context: run.sh -> /opt/extensions/run.sh"
	contents := change(with(including(include), "uv.lock", sizedLock(1)))
	for output, want := range map[plan.Output]struct {
		placed, app []string
		opt         string
	}{
		plan.OutputImage: {[]string{below, adapter, model, script}, []string{"app.py -> app.py", "conf -> conf"}, ""},
		plan.OutputTest:  {[]string{below, adapter, model, script}, []string{"app.py -> app.py", "conf -> conf"}, ""},
		plan.OutputZip:   {[]string{below, adapter, model, script}, []string{"app.py -> app.py", "conf -> conf"}, "api-opt"},
		plan.OutputApp:   {[]string{adapter, model}, []string{"app.py -> app.py", "conf -> conf"}, ""},
		plan.OutputDir:   {[]string{adapter, model}, []string{"app.py -> app.py", "conf -> conf"}, ""},
		plan.OutputLayer: {[]string{below, script}, nil, "api-opt"},
	} {
		p, err := newPlan(contextOf(contents), client{target: string(output)})
		require.NoError(t, err, output)
		assert.Equal(t, want.placed, placed(p), output)
		assert.Equal(t, want.app, copied(p), output)
		opt := ""
		if archive := plan.First[plan.Archive](p); archive != nil {
			opt = archive.Opt
		}
		assert.Equal(t, want.opt, opt, output)
	}
}

// The layer beside the archive of a function has that function's name, since other
// functions of the project may have one too.
func TestLayerOfFilesIsTheFunctions(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{
		"pyproject.toml": baseProject + "[tool.uvlambda]\ninclude = [{ from = 'run.sh', to = '/opt/' }]\n[tool.uvlambda.functions.orders]\nhandler = 'app.handler'\n",
		"run.sh":         "\n",
	})
	p, err := newPlan(contextOf(contents), client{target: "orders/zip"})
	require.NoError(t, err)
	assert.Equal(t, "orders-opt", plan.First[plan.Archive](p).Opt)
}

func TestPlacesThatArchivesDoNotHave(t *testing.T) {
	t.Parallel()
	const reach = " is out of reach of an archive, since Lambda unpacks archives to /var/task and layers to /opt: choose a place there, or build an image"
	files := with(including("  { from = 'page.html', to = '/srv/' },\n  { from = 'run.sh', to = '/opt/' },\n  { image = 'fonts:1', from = 'f', to = '/usr/share/fonts' },"), "uv.lock", sizedLock(1))
	var mistakes []mistake
	for _, output := range []plan.Output{plan.OutputZip, plan.OutputApp, plan.OutputLayer} {
		mistakes = append(mistakes, mistake{
			name: string(output), files: files, client: client{target: string(output)},
			want: "pyproject.toml:10: /srv/" + reach + "\npyproject.toml:12: /usr/share/fonts" + reach,
		})
	}
	checkMistakes(t, mistakes)

	p, err := newPlan(contextOf(change(files)), client{target: "dir"})
	require.NoError(t, err)
	line := func(n int) plan.Location { return plan.Location{File: "pyproject.toml", Line: n, EndLine: n} }
	assert.Equal(t, []plan.Warning{
		{Message: "/srv/ is no part of the task root, and left out: build an image", Source: line(10)},
		{Message: "/opt/ is no part of the task root, and left out: --target zip writes it to the layer api-opt.zip", Source: line(11)},
		{Message: "/usr/share/fonts is no part of the task root, and left out: build an image", Source: line(12)},
	}, p.Warnings)

	p, err = newPlan(contextOf(change(files)), client{})
	require.NoError(t, err)
	assert.Empty(t, p.Warnings, "an image has all places")
}

// Files of images may be Python modules, so that an import of one that is nowhere
// else is for the finished function to tell; files that go elsewhere are none.
func TestImportsThatAnImageMayBring(t *testing.T) {
	t.Parallel()
	for include, want := range map[string][2][]string{
		"{ image = 'model:2', from = 'm', to = 'm/' }":    {nil, {"nowhere"}},
		"{ image = 'model:2', from = 'm', to = '/opt/' }": {{"nowhere"}, nil},
		"{ from = 'conf', to = 'conf' }":                  {{"nowhere"}, nil},
	} {
		in, err := newInput(contextOf(change(with(including(include), "app.py", importing("import nowhere")))), client{})
		require.NoError(t, err)
		readImports(in)
		decided := decideAll(t, in)
		assert.Equal(t, want, [2][]string{tops(decided.Unfound), tops(decided.Open)}, include)
	}
}
