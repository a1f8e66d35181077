package testenv

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// pushFrontend makes the frontend image of the program that `make build`
// compiled and the configuration that the Dockerfile gives it, which takes a
// second where a build of the Dockerfile takes minutes.
func (e *Env) pushFrontend(ctx context.Context) error {
	dockerfile, err := os.ReadFile(filepath.Join(e.Root, "Dockerfile"))
	if err != nil {
		return fmt.Errorf("reading the frontend's Dockerfile: %w", err)
	}
	config, err := lastStageConfig(dockerfile)
	if err != nil {
		return err
	}
	program, err := os.ReadFile(e.Binary("uvlambda-frontend"))
	if err != nil {
		return fmt.Errorf("reading the frontend: %w", err)
	}
	image, err := standin.ProgramImage(runtime.GOARCH, config, program)
	if err != nil {
		return fmt.Errorf("assembling the frontend image: %w", err)
	}
	e.Frontend = e.Registry + "/uvlambda:test"
	ref, err := name.ParseReference(e.Frontend, name.Insecure)
	if err != nil {
		return fmt.Errorf("pushing the frontend image: %w", err)
	}
	if err := remote.Write(ref, image, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("pushing the frontend image: %w", err)
	}
	return nil
}

// lastStageConfig reads the labels and the entrypoint of a Dockerfile's last
// stage.
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
	for _, command := range stages[len(stages)-1].Commands {
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
