// Command demo builds examples/fastapi, starts the image and sends it uv's
// example event. It is what `make demo` runs, from the repository's root.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/standin"
)

const (
	uvlambda = "bin/uvlambda"
	project  = "examples/fastapi"
	// wantBody is what the function answers, as JSON.
	wantBody = `"Hello, world!"`
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

// demo is one run: every step is timed, and said when it is done.
type demo struct {
	ctx      context.Context
	progress io.Writer
	times    []string
}

func run(ctx context.Context, out, progress io.Writer) error {
	dir, err := os.MkdirTemp("", "uvlambda-demo-")
	if err != nil {
		return fmt.Errorf("creating a folder for the image: %w", err)
	}
	defer os.RemoveAll(dir)
	d := &demo{ctx: ctx, progress: progress}
	var found string
	if err := d.step("find a BuildKit", func() (err error) { found, err = d.findBuilder(); return err }); err != nil {
		return err
	}
	fmt.Fprintln(progress, strings.TrimSpace(found))
	var contexts []string
	if err := d.step("find the base images", func() (err error) { contexts, err = d.buildContexts(); return err }); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(project, "uv.lock")); err != nil {
		lock := append([]string{"build", "--target", "lock", "-o", project}, append(contexts, project)...)
		if err := d.step("write uv.lock", func() error { return d.uvlambda(nil, lock...) }); err != nil {
			return err
		}
	}
	// An engine keeps images itself; other builders write them to a folder.
	image, output := filepath.Join(dir, "image"), []string{"-o", "type=oci,tar=false,dest=" + filepath.Join(dir, "image")}
	if strings.Contains(found, "docker engine") {
		image, output = "uvlambda-demo", []string{"--load", "-t", "uvlambda-demo"}
	}
	build := append(append([]string{"build"}, output...), append(contexts, project)...)
	if err := d.step("build the image", func() error { return d.uvlambda(nil, build...) }); err != nil {
		return err
	}
	var response bytes.Buffer
	invoke := func() error {
		return d.uvlambda(&response, "invoke", image, "--event", filepath.Join(project, "event.json"))
	}
	if err := d.step("start it and send the event", invoke); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nThe function's response:\n%s\n\n%s\n", strings.TrimSpace(response.String()), strings.Join(d.times, "\n"))
	return check(response.Bytes())
}

// step runs one step and notes how long it took.
func (d *demo) step(name string, run func() error) error {
	start := time.Now()
	if err := run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	d.times = append(d.times, fmt.Sprintf("%7.2f s  %s", time.Since(start).Seconds(), name))
	return nil
}

// findBuilder starts a private builder when there is no other BuildKit.
func (d *demo) findBuilder() (string, error) {
	if exec.CommandContext(d.ctx, "docker", "info").Run() != nil {
		if err := apt.Ensure(d.ctx, d.progress, os.Geteuid() == 0, apt.Runc); err != nil {
			return "", err
		}
	}
	var found bytes.Buffer
	err := d.uvlambda(&found, "builder", "find")
	return found.String(), err
}

// buildContexts are the flags that put stand-ins in the place of images that
// can't be reached.
func (d *demo) buildContexts() ([]string, error) {
	source, err := standin.NewSource(d.ctx, d.progress)
	if err != nil {
		return nil, err
	}
	var flags []string
	for _, ref := range []string{standin.Python313, standin.UVNewest} {
		image, ok, err := source.Get(d.ctx, ref)
		if err != nil {
			return nil, err
		}
		if ok {
			flags = append(flags, "--build-context", image.BuildContext())
		}
	}
	return flags, nil
}

func (d *demo) uvlambda(out io.Writer, args ...string) error {
	command := exec.CommandContext(d.ctx, uvlambda, args...)
	command.Stdout, command.Stderr = out, d.progress
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", uvlambda, strings.Join(args, " "), err)
	}
	return nil
}

// check holds the response against uv's guide.
func check(response []byte) error {
	var answer struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	if err := json.Unmarshal(response, &answer); err != nil {
		return fmt.Errorf("the response is no JSON: %w", err)
	}
	if answer.StatusCode != 200 || answer.Body != wantBody {
		return fmt.Errorf("the response has status %d and body %s; it should have 200 and %s", answer.StatusCode, answer.Body, wantBody)
	}
	return nil
}
