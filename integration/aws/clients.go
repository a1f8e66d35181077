// Package aws puts the programs in place that people deploy with (the AWS
// command line, SAM, the CDK, the linters of their files), and a server on
// loopback that answers them in AWS's place.
package aws

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// requirements pins every Python package, and is made from requirements.in.
//
//go:embed requirements.txt
var requirements []byte

// packageJSON pins the CDK's command, which is a Node program.
//
//go:embed package.json
var packageJSON []byte

// ErrNoNode says that the machine has no Node, which the CDK runs on.
var ErrNoNode = errors.New("the CDK needs node and npm, which are not on PATH")

// Clients are installed programs.
type Clients struct {
	dir string
}

// Install puts the pinned Python programs into a virtual environment below the
// cache folder, once for each set of pins. Progress goes to log; root says
// whether system packages may be installed.
func Install(ctx context.Context, cache string, log io.Writer, root bool) (Clients, error) {
	c := Clients{dir: filepath.Join(cache, "aws-"+key(requirements))}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return Clients{}, fmt.Errorf("creating the folder of the AWS clients: %w", err)
	}
	pins := filepath.Join(c.dir, "requirements.txt")
	if err := os.WriteFile(pins, requirements, 0o644); err != nil {
		return Clients{}, fmt.Errorf("writing the pins of the AWS clients: %w", err)
	}
	if _, err := os.Stat(c.Program("uv")); err != nil {
		if err := c.create(ctx, pins, log, root); err != nil {
			return Clients{}, err
		}
	}
	// It does nothing, offline too, when all packages are there.
	return c, run(ctx, c.dir, c.Program("uv"), "pip", "sync", "--no-config", "--quiet", "--python", c.Program("python"), pins)
}

// create makes the environment with nothing but uv in it. Debian's Python can
// make one by itself as long as pip does not have to be in it.
func (c Clients) create(ctx context.Context, pins string, log io.Writer, root bool) error {
	fmt.Fprintln(log, "AWS clients: installing (once)")
	if err := apt.Ensure(ctx, log, root, apt.Pip); err != nil {
		return err
	}
	venv := filepath.Join(c.dir, "venv")
	if err := run(ctx, c.dir, "python3", "-m", "venv", "--without-pip", venv); err != nil {
		return err
	}
	return run(ctx, c.dir, "pip3", "--python", c.Program("python"), "install", "--quiet", "--constraint", pins, "uv")
}

// Program is the path of an installed program, such as "aws".
func (c Clients) Program(name string) string {
	return filepath.Join(c.Bin(), name)
}

// Bin is the folder of the programs.
func (c Clients) Bin() string {
	return filepath.Join(c.dir, "venv", "bin")
}

// CDK is the path of the CDK's own command, which is installed at the first
// call. The error is ErrNoNode where it can't be.
func (c Clients) CDK(ctx context.Context) (string, error) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", ErrNoNode
		}
	}
	dir := filepath.Join(c.dir, "node-"+key(packageJSON))
	command := filepath.Join(dir, "node_modules", ".bin", "cdk")
	if _, err := os.Stat(command); err == nil {
		return command, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("creating the folder of the CDK: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), packageJSON, 0o644); err != nil {
		return "", fmt.Errorf("writing the pin of the CDK: %w", err)
	}
	return command, run(ctx, dir, "npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock")
}

// key tells sets of pins apart.
func key(pins []byte) string {
	sum := sha256.Sum256(pins)
	return hex.EncodeToString(sum[:4])
}

func run(ctx context.Context, dir, program string, args ...string) error {
	command := exec.CommandContext(ctx, program, args...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("running %s %s: %w\n%s", filepath.Base(program), args[0], err, out)
	}
	return nil
}
