package testenv

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// buildFile is the build file of a case that names no other.
const buildFile = "pyproject.toml"

// Door is a way to run a build. All doors take docker buildx build's flags,
// so that a case is written once.
type Door struct {
	// Name is for the names of subtests.
	Name string

	env *Env
	// program and prefix are the command up to the case's own flags.
	program string
	prefix  []string
}

// Result is what a build left behind.
type Result struct {
	Stdout string
	// Stderr is what was printed beside the progress: warnings and the error.
	Stderr string
	// Trace is the progress.
	Trace Trace
	// Err is set when the command failed.
	Err error
}

// CLI is `uvlambda build`, with the build function in the command's process.
func (e *Env) CLI() Door {
	return Door{Name: "cli", env: e, program: e.Binary("uvlambda"), prefix: []string{"build"}}
}

// Program is CLI with another program of the command.
func (e *Env) Program(name, program string) Door {
	return Door{Name: name, env: e, program: program, prefix: []string{"build"}}
}

// Syntax is `docker buildx build` with the frontend image.
func (e *Env) Syntax() Door {
	return Door{Name: "syntax", env: e, program: e.Binary("tools/buildx"),
		prefix: []string{"build", "--build-arg", "BUILDKIT_SYNTAX=" + e.Frontend}}
}

// SyntaxLine is `docker buildx build` with nothing but a first line in the
// build file to lead to the frontend image; see SetSyntaxLine.
func (e *Env) SyntaxLine() Door {
	return Door{Name: "syntax line", env: e, program: e.Binary("tools/buildx"), prefix: []string{"build"}}
}

// Doors are the two that every case goes through.
func (e *Env) Doors() []Door {
	return []Door{e.CLI(), e.Syntax()}
}

// SetSyntaxLine makes the frontend image the build file's own, in place of the
// one that its first line names.
func (e *Env) SetSyntaxLine(t T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	if bytes.HasPrefix(content, []byte("# syntax=")) {
		_, content, _ = bytes.Cut(content, []byte("\n"))
	}
	require.NoError(t, os.WriteFile(file, append([]byte("# syntax="+e.Frontend+"\n"), content...), 0o644))
}

// Build runs a build of the context folder with further flags. Without -f it
// builds the context's pyproject.toml, which buildx would not by itself.
func (d Door) Build(t T, contextDir string, flags ...string) Result {
	t.Helper()
	return run(d.env.Command(t.Context(), d.program, d.arguments(contextDir, flags)...))
}

// MustBuild is Build for a build that has to succeed.
func (d Door) MustBuild(t T, contextDir string, flags ...string) Result {
	t.Helper()
	result := d.Build(t, contextDir, flags...)
	if result.Err != nil {
		require.FailNow(t, "the build failed", "%v\n%s\n%s", result.Err, result.Stderr, result.Trace.Log())
	}
	return result
}

// run runs a build whose progress is --progress=rawjson.
func run(command *exec.Cmd) Result {
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	trace, text := readTrace(stderr.Bytes())
	return Result{Stdout: stdout.String(), Stderr: text, Trace: trace, Err: err}
}

func (d Door) arguments(contextDir string, flags []string) []string {
	args := slices.Clone(d.prefix)
	if !hasFlag(flags, "-f", "--file") {
		args = append(args, "-f", filepath.Join(contextDir, buildFile))
	}
	if !hasFlag(flags, "--progress") {
		args = append(args, "--progress", "rawjson")
	}
	return append(append(args, flags...), contextDir)
}

func hasFlag(flags []string, names ...string) bool {
	return slices.ContainsFunc(flags, func(flag string) bool {
		name, _, _ := strings.Cut(flag, "=")
		return slices.Contains(names, name)
	})
}

// installBuildx makes buildx a plugin of the docker command, which then uses
// it for `docker build` too.
func (e *Env) installBuildx() error {
	plugins := filepath.Join(e.dir, "docker", "cli-plugins")
	if err := os.MkdirAll(plugins, 0o755); err != nil {
		return fmt.Errorf("installing buildx as a plugin of docker: %w", err)
	}
	if err := os.Symlink(e.Binary("tools/buildx"), filepath.Join(plugins, "docker-buildx")); err != nil {
		return fmt.Errorf("installing buildx as a plugin of docker: %w", err)
	}
	return nil
}

// Buildctl prepares buildctl, for looking at buildkitd itself.
func (e *Env) Buildctl(ctx context.Context, args ...string) *exec.Cmd {
	return e.Command(ctx, e.Binary("tools/buildctl"), append([]string{"--addr", e.Address}, args...)...)
}
