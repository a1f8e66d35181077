package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/build"
	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

const buildLong = `Build a uv project into an AWS Lambda container image or archive.

CONTEXT is the folder that is sent to BuildKit (default "."). It can also be a
git or HTTP URL, which BuildKit fetches, or "-" for a tar archive on standard
input. Files that .dockerignore names are not sent.

The build file is CONTEXT/uvlambda.toml if that file exists, else
CONTEXT/pyproject.toml. A relative -f starts from the working folder, and "-f -"
reads the file from standard input.

When CONTEXT is a member of a workspace, the workspace's root is sent instead,
since it holds uv.lock. With --target lock, -o CONTEXT then means the root too.

The flags are the flags of docker buildx build and mean the same. Not supported
are --check, --debug, --policy, --resource, --memory and --cpu-*. Unlike buildx,
a build adds a provenance attestation only with --provenance: Lambda rejects the
image index that carries one. A cache of type=s3 uses AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY; the builder itself finds the credentials of a profile or
a role. A cache of type=gha is used in a workflow of GitHub Actions only.

Without --push, --load or --output the result stays in the build cache, except
when the builder is a Docker engine, which keeps the image.

Targets are [FUNCTION/]OUTPUT. The default output is image. The outputs are:

%s
The test sends the events of [tool.uvlambda.test]. The target lock keeps the
versions in uv.lock; --build-arg UPGRADE=all, or =PACKAGE,..., upgrades them.

--output names the folder that an output is written to. A zip archive comes with
a NAME.json that has its CodeSha256, its sizes and its contents. "-o dist.zip"
chooses the archive's name; its facts are then in dist.json.

With --output FOLDER the files of an image need an empty or a new folder.
"-o type=local,dest=FOLDER" writes them to any folder. Neither they nor the files
of the target dir are ever written over the project.

Environment:

    BUILDKIT_HOST             address of the BuildKit to use
    DOCKER_DEFAULT_PLATFORM   default of --platform
    SOURCE_DATE_EPOCH         time of the image, in seconds since 1970

Exit status: 0 when the result is in place, 130 when the build was interrupted,
1 for any other error.`

const buildExample = `  # Build and push to a registry
  uvlambda build -t registry.example.com/hello:1 --push .

  # Build for ARM, without emulation, and load the image into docker
  uvlambda build --platform linux/arm64 -t hello --load .

  # Write dist/hello.zip and dist/hello.json
  uvlambda build --target zip -o dist .

  # Build one member of a workspace
  uvlambda build -t api --load services/api

  # Write the image to an archive
  uvlambda build -o type=oci,dest=hello.tar .

  # Write or refresh uv.lock
  uvlambda build --target lock -o . .

  # Use a package index that needs a password
  uvlambda build --secret id=UV_INDEX_PRIVATE_PASSWORD,env=INDEX_PASSWORD .`

// buildOptions are the build command's flags.
type buildOptions struct {
	buildflags.Flags
	builder      string
	call         string
	metadataFile string
	progress     string
	quiet        bool
}

// newBuildCmd makes `uvlambda build`.
func newBuildCmd() *cobra.Command {
	o := &buildOptions{}
	cmd := &cobra.Command{
		Use:     "build [flags] [CONTEXT]",
		Short:   "Build an image from a uv project",
		Long:    fmt.Sprintf(buildLong, outputList()),
		Example: buildExample,
		Args:    atMostOne("CONTEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = cmd.CommandPath()
			question, err := parseCall(o.call)
			if err != nil {
				return err
			}
			if question.name != callBuild {
				return runCall(cmd.Context(), o, question, contextOf(args), cmd.OutOrStdout())
			}
			return runBuild(cmd.Context(), o, contextOf(args))
		},
		ValidArgsFunction: completeFolders,
	}
	set := cmd.Flags()
	o.Register(set)
	o.registerBuilder(cmd)
	set.StringVar(&o.metadataFile, "metadata-file", "", "write the build's results to this `file`, as JSON")
	set.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress, print the image ID")
	set.StringVar(&o.call, "call", callBuild, "`question` to the frontend in place of a build: check, outline or targets, with ,format=json for tools")
	completeValues(cmd, "call", callBuild, callCheck, callOutline, callTargets)
	return cmd
}

// registerBuilder adds --builder and --progress, and registers the completions of
// the build's flags.
func (o *buildOptions) registerBuilder(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringVar(&o.builder, "builder", "", "`name` of the builder to use, as docker buildx ls lists them")
	set.StringVar(&o.progress, "progress", "auto", "`display` of the progress: auto, plain, tty, quiet or rawjson")
	completeValues(cmd, "progress", "auto", "plain", "tty", "quiet", "rawjson")
	completeValues(cmd, "network", "default", "host", "none")
	completeValues(cmd, "platform", "linux/amd64", "linux/arm64")
	completeValues(cmd, "target", outputs()...)
}

// contextOf is the command's argument, the working folder when there is none.
func contextOf(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// display is the progress mode that the flags ask for.
func (o *buildOptions) display() (progressui.DisplayMode, error) {
	switch o.progress {
	case "quiet", "none":
		o.quiet = o.quiet || o.progress == "quiet"
		return progressui.QuietMode, nil
	case "", "auto":
		o.progress = "auto"
		if o.quiet {
			return progressui.QuietMode, nil
		}
	case "plain", "tty", "rawjson":
		if o.quiet {
			return "", fmt.Errorf("--quiet and --progress=%s cannot be used together: leave one out", o.progress)
		}
	default:
		return "", fmt.Errorf("invalid --progress %q: use auto, plain, tty, quiet or rawjson", o.progress)
	}
	return progressui.DisplayMode(o.progress), nil
}

// solveOptions are what the flags ask of a build of a context.
func (o *buildOptions) solveOptions(source string) (build.Options, error) {
	mode, err := o.display()
	if err != nil {
		return build.Options{}, err
	}
	docker := config.LoadDefaultConfigFile(os.Stderr)
	request, err := o.Request(source, environment(docker))
	if err != nil {
		return build.Options{}, err
	}
	return build.Options{
		Request:  request,
		Progress: mode,
		Terminal: build.Terminal{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, NoColour: os.Getenv("NO_COLOR")},
		Docker:   docker,
	}, nil
}

// runBuild builds and reports.
func runBuild(ctx context.Context, o *buildOptions, source string) error {
	opts, err := o.solveOptions(source)
	if err != nil {
		return err
	}
	// An ID of an earlier build must not be taken for this one's.
	if o.IIDFile != "" {
		if err := os.Remove(o.IIDFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the old image ID file: %w", err)
		}
	}
	daemon, err := openDaemon(ctx, o.builder)
	if err != nil {
		return err
	}
	defer daemon.Client.Close()
	result, err := build.Run(ctx, daemon, opts)
	if err != nil {
		return err
	}
	if opts.Progress != progressui.QuietMode && opts.Progress != progressui.RawJSONMode {
		for _, line := range result.Summary {
			fmt.Fprintln(os.Stderr, line)
		}
	}
	return o.writeResult(result)
}

// writeResult writes what the flags ask to know of a build.
func (o *buildOptions) writeResult(result *build.Result) error {
	if o.IIDFile != "" {
		if err := result.WriteImageID(o.IIDFile); err != nil {
			return err
		}
	}
	if o.metadataFile != "" {
		if err := result.WriteMetadata(o.metadataFile); err != nil {
			return err
		}
	}
	if o.quiet && result.ImageID() != "" {
		fmt.Println(result.ImageID())
	}
	return nil
}

// environment is what builds take from this process.
func environment(docker *configfile.ConfigFile) buildflags.Environment {
	proxies := map[string]string{}
	for name, value := range docker.ParseProxyConfig("default", nil) {
		if value != nil {
			proxies[name] = *value
		}
	}
	return buildflags.Environment{LookupEnv: os.LookupEnv, Proxies: proxies}
}
