package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/containerd/console"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session/filesync"
	"github.com/moby/buildkit/util/progress/progressui"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// delivery brings the result of one build to where it was asked for.
type delivery struct {
	exports []client.ExportEntry
	// outputs are what the request asks for, and where to.
	outputs []buildflags.Output
	// mu guards files: the files for several platforms are made at once.
	mu    sync.Mutex
	files []*file
	// zips are the zip archives with a chosen name.
	zips []*zipFile
	// pushes are the names that docker pushes once the engine has the image.
	pushes []string
	// cacheOnly is set when the request wants no output.
	cacheOnly bool
	terminal  Terminal
	// log receives what docker says on the way.
	log io.Writer
}

// newDelivery prepares the outputs of a request for the kind of daemon.
func newDelivery(ctx context.Context, daemon Daemon, opts Options) (*delivery, error) {
	d := &delivery{terminal: opts.Terminal, log: opts.Terminal.Stderr}
	if opts.Progress == progressui.QuietMode {
		d.log = io.Discard
	}
	outputs := opts.Request.Outputs
	if daemon.Engine {
		store, err := hasImageStore(ctx, daemon.Client)
		if err != nil {
			return nil, err
		}
		if outputs, d.pushes, err = forEngine(outputs, opts.Request.Names, store); err != nil {
			return nil, err
		}
	}
	d.outputs = outputs
	for _, out := range outputs {
		if out.Type == "cacheonly" {
			d.cacheOnly = true
			continue
		}
		entry, err := d.export(ctx, out)
		if err != nil {
			return nil, err
		}
		d.exports = append(d.exports, entry)
	}
	return d, nil
}

// export turns one output into BuildKit's form.
func (d *delivery) export(ctx context.Context, out buildflags.Output) (client.ExportEntry, error) {
	entry := client.ExportEntry{Type: out.Type, Attrs: out.Attrs}
	switch {
	case out.Folder:
		entry.OutputDir = out.Dest
	case out.Type == client.ExporterLocal:
		a := newZipFile(out.Dest)
		d.zips = append(d.zips, a)
		entry.OutputDir = a.temp
	case out.Loads():
		load, err := dockerLoad(ctx, d.log, d.terminal.Stderr)
		if err != nil {
			return entry, err
		}
		entry.Output = load
	case out.Dest == "-":
		if _, err := console.ConsoleFromFile(d.terminal.Stdout); err == nil {
			return entry, fmt.Errorf("type=%s is not written to a terminal: add dest=FILE, or redirect standard output", out.Type)
		}
		entry.Output = toWriter(d.terminal.Stdout)
	case out.Dest != "":
		f := &file{path: out.Dest}
		d.files = append(d.files, f)
		entry.Output = f.open
	}
	return entry, nil
}

// finish puts the files of a successful build in place and pushes its images.
func (d *delivery) finish(ctx context.Context) error {
	for _, f := range d.files {
		if err := f.commit(); err != nil {
			return err
		}
	}
	for _, a := range d.zips {
		if err := a.commit(); err != nil {
			return err
		}
	}
	for _, name := range d.pushes {
		if err := docker.Push(ctx, name, d.log, d.terminal.Stderr); err != nil {
			return err
		}
	}
	return nil
}

// discard removes what an unfinished build has written.
func (d *delivery) discard() {
	for _, f := range d.files {
		f.discard()
	}
	for _, a := range d.zips {
		a.discard()
	}
}

// toWriter is an output that leaves its writer open.
func toWriter(w io.Writer) filesync.FileOutputFunc {
	return func(map[string]string) (io.WriteCloser, error) {
		return openWriter{w}, nil
	}
}

// openWriter ignores being closed.
type openWriter struct{ io.Writer }

func (openWriter) Close() error { return nil }

// hasImageStore reports whether an engine keeps images in containerd's store,
// which brings BuildKit's full set of exporters. The engine says so by naming
// a snapshotter.
func hasImageStore(ctx context.Context, c *client.Client) (bool, error) {
	workers, err := c.ListWorkers(ctx)
	if err != nil {
		return false, fmt.Errorf("asking the docker engine what it can build: %w", err)
	}
	for _, w := range workers {
		if w.Labels["org.mobyproject.buildkit.worker.snapshotter"] != "" {
			return true, nil
		}
	}
	return false, nil
}

// forEngine changes outputs to what the BuildKit inside an engine offers: an
// image goes to the engine, also when no output is asked for, and an engine
// without containerd's image store has docker push it. The names to push that
// way are returned.
func forEngine(outputs []buildflags.Output, names string, store bool) ([]buildflags.Output, []string, error) {
	if len(outputs) == 0 {
		outputs = []buildflags.Output{{Type: client.ExporterImage, Attrs: map[string]string{}}}
		if names != "" {
			outputs[0].Attrs["name"] = names
		}
	}
	var changed []buildflags.Output
	var pushes []string
	for _, out := range outputs {
		switch {
		case out.Type == client.ExporterImage || out.Loads():
			out.Type = "moby"
			if out.Pushes() && !store {
				pushes = append(pushes, strings.Split(out.Attrs["name"], ",")...)
				delete(out.Attrs, "push")
			}
		case !store && (out.Type == client.ExporterOCI || out.Type == client.ExporterDocker):
			return nil, nil, errors.New("this docker engine cannot write image archives: turn on its containerd image store, or build with another --builder")
		}
		changed = append(changed, out)
	}
	return changed, pushes, nil
}
