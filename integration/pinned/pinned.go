// Package pinned puts programs of package registries in place that tests run:
// the versions that a file of pins names, in a cache folder, once for each
// state of that file.
package pinned

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// Python is a virtual environment.
type Python struct {
	dir string
}

// InstallPython makes the environment that a requirements.txt pins, which has
// to pin uv too. It goes to a folder of that name below the cache folder.
// Progress goes to log; root says whether system packages may be installed.
func InstallPython(ctx context.Context, cache, name string, requirements []byte, log io.Writer, root bool) (Python, error) {
	if err := checkRequirements(requirements); err != nil {
		return Python{}, err
	}
	p := Python{dir: folder(cache, name, requirements)}
	pins, err := writePins(p.dir, "requirements.txt", requirements)
	if err != nil {
		return Python{}, err
	}
	if _, err := os.Stat(p.Program("uv")); err != nil {
		fmt.Fprintf(log, "%s: installing (once)\n", name)
		if err := p.create(ctx, pins, log, root); err != nil {
			return Python{}, err
		}
	}
	// It does nothing, offline too, when all packages are there.
	return p, run(ctx, p.dir, p.Program("uv"), "pip", "sync", "--no-config", "--quiet", "--python", p.Program("python"), pins)
}

// create makes the environment with nothing but uv in it. Debian's Python can
// make one by itself as long as pip does not have to be in it.
func (p Python) create(ctx context.Context, pins string, log io.Writer, root bool) error {
	if err := apt.Ensure(ctx, log, root, apt.Pip); err != nil {
		return err
	}
	venv := filepath.Join(p.dir, "venv")
	if err := run(ctx, p.dir, "python3", "-m", "venv", "--without-pip", venv); err != nil {
		return err
	}
	return run(ctx, p.dir, "pip3", "--python", p.Program("python"), "install", "--quiet", "--constraint", pins, "uv")
}

// Program is the path of an installed program.
func (p Python) Program(name string) string {
	return filepath.Join(p.Bin(), name)
}

// Bin is the folder of the programs.
func (p Python) Bin() string {
	return filepath.Join(p.dir, "venv", "bin")
}

// Node is a folder with the packages of a package.json.
type Node struct {
	dir string
}

// InstallNode installs what a package.json pins with npm, which has to be on
// PATH, to a folder of that name below the cache folder.
func InstallNode(ctx context.Context, cache, name string, packageJSON []byte) (Node, error) {
	if err := checkPackageJSON(packageJSON); err != nil {
		return Node{}, err
	}
	n := Node{dir: folder(cache, name, packageJSON)}
	installed := filepath.Join(n.dir, "installed")
	if _, err := os.Stat(installed); err == nil {
		return n, nil
	}
	if _, err := writePins(n.dir, "package.json", packageJSON); err != nil {
		return Node{}, err
	}
	if err := run(ctx, n.dir, "npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"); err != nil {
		return Node{}, err
	}
	return n, os.WriteFile(installed, nil, 0o644)
}

// Program is the path of an installed program.
func (n Node) Program(name string) string {
	return n.File(".bin/" + name)
}

// File is the path of an installed file, from its package's name on.
func (n Node) File(name string) string {
	return filepath.Join(n.dir, "node_modules", filepath.FromSlash(name))
}

// folder is a folder for a name and a state of its pins.
func folder(cache, name string, pins []byte) string {
	sum := sha256.Sum256(pins)
	return filepath.Join(cache, name+"-"+hex.EncodeToString(sum[:4]))
}

func writePins(dir, name string, pins []byte) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("creating the folder of pinned programs: %w", err)
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, pins, 0o644); err != nil {
		return "", fmt.Errorf("writing the pins of programs: %w", err)
	}
	return file, nil
}

// checkRequirements refuses requirements that could be another version
// tomorrow.
func checkRequirements(requirements []byte) error {
	exact := regexp.MustCompile(`^[A-Za-z0-9._-]+==[^ *]+( ; .*)?$`)
	for line := range strings.Lines(string(requirements)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !exact.MatchString(line) {
			return fmt.Errorf("requirement %q is not pinned: write NAME==VERSION", line)
		}
	}
	return nil
}

// checkPackageJSON does the same for packages of npm.
func checkPackageJSON(packageJSON []byte) error {
	var node struct{ Dependencies map[string]string }
	if err := json.Unmarshal(packageJSON, &node); err != nil {
		return fmt.Errorf("reading the pins of Node programs: %w", err)
	}
	exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	for _, name := range slices.Sorted(maps.Keys(node.Dependencies)) {
		if version := node.Dependencies[name]; !exact.MatchString(version) {
			return fmt.Errorf("dependency %q is not pinned at %q: write MAJOR.MINOR.PATCH", name, version)
		}
	}
	return nil
}

func run(ctx context.Context, dir, program string, args ...string) error {
	command := exec.CommandContext(ctx, program, args...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("running %s %s: %w\n%s", filepath.Base(program), args[0], err, out)
	}
	return nil
}
