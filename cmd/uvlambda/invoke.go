package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate/runtimeapi"
	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

const invokeLong = `Run a function's image on this machine and call it once, as Lambda would.

IMAGE is an image reference, an image archive (from uvlambda build -o type=oci or
type=docker), an OCI layout folder, or the unpacked root filesystem of a Lambda
image, which needs --handler. An image is pulled without TLS from a registry on
loopback.

The image runs in the Docker engine when one answers, else in runc. As in Lambda,
the function runs as an unprivileged user, can write to /tmp only, and gets its
event from a Runtime API. The Runtime API listens on loopback, and the function
has this machine's network.

runc needs no root where the kernel allows user namespaces. All files of the image
then belong to the function's user, whose ID is 0 there, and --memory cannot be
set. The unpacked layers are cached in $XDG_CACHE_HOME/uvlambda/layers (by default
below ~/.cache), up to 4 GB.

The response goes to standard output, and the function's log to standard error.

Exit status: 0 when the function returned a response; 1 when it raised an
exception, whose traceback is printed, when it timed out, or when it could not
be run.`

const invokeExample = `  # Call an image with an event
  uvlambda invoke hello --event event.json

  # Write the event on the command line
  uvlambda invoke hello --event '{"n": 1}'

  # Build an archive and call it, without a registry
  uvlambda build -o type=oci,dest=hello.tar . && uvlambda invoke hello.tar

  # Call another function of the image, with an environment
  echo '{"n": 1}' | uvlambda invoke hello --event - --handler app.other.handler --env STAGE=test`

// invokeOptions are the invoke command's flags.
type invokeOptions struct {
	event    string
	handler  string
	env      []string
	timeout  timeLimit
	memory   int
	platform string
}

// newInvokeCmd makes `uvlambda invoke`.
func newInvokeCmd() *cobra.Command {
	o := &invokeOptions{}
	cmd := &cobra.Command{
		Use:     "invoke [flags] IMAGE",
		Short:   "Call a function's image with an event",
		Long:    invokeLong,
		Example: invokeExample,
		Args:    oneImage,
		RunE: func(cmd *cobra.Command, args []string) error {
			if emulate.NeedsRoot(cmd.Context(), args[0]) {
				return rootless.Run(cmd.Context())
			}
			return runInvoke(cmd.Context(), o, args[0])
		},
	}
	set := cmd.Flags()
	set.StringVar(&o.event, "event", "", "`event` as JSON: a file, - for standard input, or the text itself (default {})")
	set.StringVar(&o.handler, "handler", "", "`function` to call instead of the image's, MODULE.FUNCTION")
	set.StringArrayVarP(&o.env, "env", "e", nil, "environment variable `KEY[=VALUE]`; without a value, the value of this environment")
	o.timeout = defaultLimit
	set.Var(&o.timeout, "timeout", "`time` that the function may take for the event, in seconds or as in 2m")
	set.IntVar(&o.memory, "memory", 0, "memory limit in `MB`; without one the function has no limit and sees 128")
	set.StringVar(&o.platform, "platform", "", "`platform` to run, for an image of several")
	completeValues(cmd, "platform", "linux/amd64", "linux/arm64")
	return cmd
}

// keptLayersLimit is how much is kept of unpacked layers, in bytes.
const keptLayersLimit = 4 << 30

// keptLayers are the unpacked layers of all images that run here. They are nil for
// a user without a cache folder.
func keptLayers() *emulate.Layers {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	return emulate.NewLayers(filepath.Join(cache, "uvlambda", "layers"), keptLayersLimit)
}

// runInvoke calls the function and prints its response.
func runInvoke(ctx context.Context, o *invokeOptions, image string) error {
	event, err := readEvent(o.event)
	if err != nil {
		return err
	}
	if o.memory < 0 {
		return errNegativeMemory
	}
	response, err := emulate.Run(ctx, emulate.Options{
		Image:    image,
		Handler:  o.handler,
		Env:      variables(o.env),
		Timeout:  time.Duration(o.timeout),
		Memory:   o.memory,
		Platform: o.platform,
		Log:      os.Stderr,
		Layers:   keptLayers(),
	}, event)
	var raised *runtimeapi.FunctionError
	if errors.As(err, &raised) && len(raised.Stack) > 0 {
		fmt.Fprint(os.Stderr, raised.Traceback())
	}
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(response))
	return err
}

// readEvent reads the event's JSON: from a file, from standard input, or from
// the flag itself.
func readEvent(flag string) ([]byte, error) {
	event, place := []byte(flag), "--event"
	var err error
	switch {
	case flag == "":
		return []byte("{}"), nil
	case flag == "-":
		place = "standard input"
		event, err = plainfile.All("standard input", os.Stdin)
	case !isInline(flag):
		place = flag
		event, err = plainfile.Read(flag)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no event file %s: name one, or write the event itself, as in --event '{\"n\": 1}'", flag)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the event: %w", err)
	}
	return event, checkEvent(place, event)
}

// isInline tells an event from the name of a file.
func isInline(flag string) bool {
	return strings.HasPrefix(strings.TrimSpace(flag), "{") || strings.HasPrefix(strings.TrimSpace(flag), "[")
}

// checkEvent refuses an event that is not JSON, with the place of the mistake.
func checkEvent(place string, event []byte) error {
	var value any
	err := json.Unmarshal(event, &value)
	if err == nil {
		return nil
	}
	// A mistake without an offset is at the end.
	before := event
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && int(syntax.Offset) <= len(event) {
		before = event[:max(0, syntax.Offset-1)]
	}
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf("%s:%d:%d: the event is not JSON, which is all that Lambda passes on: %w", place, line, column, err)
}

// variables completes those without a value from this environment. Unknown
// ones are left out, as docker does.
func variables(flags []string) []string {
	var complete []string
	for _, variable := range flags {
		if strings.Contains(variable, "=") {
			complete = append(complete, variable)
			continue
		}
		if value, ok := os.LookupEnv(variable); ok {
			complete = append(complete, variable+"="+value)
		}
	}
	return complete
}
