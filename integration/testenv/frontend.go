package testenv

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// pushFrontend makes the frontend image of the program that `make build`
// compiled.
func (e *Env) pushFrontend(ctx context.Context) error {
	e.Frontend = e.Registry + "/uvlambda:test"
	return e.pushProgram(ctx, e.Frontend, filepath.Join(e.Root, "Dockerfile"), e.Binary("uvlambda-frontend"))
}

// DockerfileFrontend pushes BuildKit's own Dockerfile frontend, of the version
// of the builder, as an image, and gives its reference.
func (e *Env) DockerfileFrontend(t T) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/moby/buildkit")
	list.Dir = filepath.Join(e.Root, "tools", "buildkit")
	out, err := list.Output()
	require.NoError(t, err)
	dockerfile := filepath.Join(strings.TrimSpace(string(out)), "frontend", "dockerfile", "cmd", "dockerfile-frontend", "Dockerfile")
	ref := e.Registry + "/dockerfile:test"
	require.NoError(t, e.pushProgram(t.Context(), ref, dockerfile, e.Binary("tools/dockerfile-frontend")))
	return ref
}

// pushProgram makes a frontend image of a compiled program and the
// configuration that a Dockerfile gives it, which takes a second where a build
// of the Dockerfile takes minutes.
func (e *Env) pushProgram(ctx context.Context, ref, dockerfile, program string) error {
	recipe, err := os.ReadFile(dockerfile)
	if err != nil {
		return fmt.Errorf("reading the frontend's Dockerfile: %w", err)
	}
	config, err := lastStageConfig(recipe)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return fmt.Errorf("reading the frontend: %w", err)
	}
	image, err := standin.ProgramImage(runtime.GOARCH, config, content)
	if err != nil {
		return fmt.Errorf("assembling the frontend image: %w", err)
	}
	parsed, err := name.ParseReference(ref, name.Insecure)
	if err != nil {
		return fmt.Errorf("pushing the frontend image: %w", err)
	}
	if err := remote.Write(parsed, image, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("pushing the frontend image: %w", err)
	}
	return nil
}

// lastStageConfig reads the labels and the entrypoint of a Dockerfile's last
// stage and of the stages that it starts from.
func lastStageConfig(dockerfile []byte) (v1.Config, error) {
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		return v1.Config{}, fmt.Errorf("parsing the frontend's Dockerfile: %w", err)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return v1.Config{}, fmt.Errorf("parsing the frontend's Dockerfile: %w", err)
	}
	lex := shell.NewLex(parsed.EscapeToken)
	unquote := func(word string) (string, error) {
		value, _, err := lex.ProcessWord(word, shell.EnvsFromSlice(nil))
		return value, err
	}
	config := v1.Config{Labels: map[string]string{}}
	for _, command := range inherited(stages) {
		switch command := command.(type) {
		case *instructions.LabelCommand:
			if err := command.Expand(unquote); err != nil {
				return v1.Config{}, fmt.Errorf("parsing the frontend's Dockerfile: %w", err)
			}
			for _, label := range command.Labels {
				config.Labels[label.Key] = label.Value
			}
		case *instructions.EntrypointCommand:
			config.Entrypoint = command.CmdLine
		}
	}
	if len(config.Entrypoint) != 1 {
		return v1.Config{}, fmt.Errorf("the frontend's Dockerfile has the entrypoint %q; this test expects one program", config.Entrypoint)
	}
	return config, nil
}

// inherited are the commands of the last stage, after the commands of the stages
// that it starts from.
func inherited(stages []instructions.Stage) []instructions.Command {
	last := len(stages) - 1
	commands := stages[last].Commands
	if base, ok := instructions.HasStage(stages[:last], stages[last].BaseName); ok {
		return append(inherited(stages[:base+1]), commands...)
	}
	return commands
}
