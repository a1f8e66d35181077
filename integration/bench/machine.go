package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/integration/standin"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

// machine is what the figures were measured on, and with.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memory"` // bytes
	Kernel string `json:"kernel"`
	// Versions are lines such as "BuildKit v1.2.3".
	Versions []string `json:"versions"`
}

// thisMachine looks at the machine and the environment.
func thisMachine(ctx context.Context, env *testenv.Env) (machine, error) {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return machine{}, fmt.Errorf("finding the kernel's version: %w", err)
	}
	cpus, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return machine{}, fmt.Errorf("finding the processor's name: %w", err)
	}
	memory, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return machine{}, fmt.Errorf("finding the size of the memory: %w", err)
	}
	m := machine{
		CPU:    firstMatch(cpuModel, cpus),
		Cores:  runtime.NumCPU(),
		Memory: kilobytes(memory, "MemTotal"),
		Kernel: "Linux " + strings.TrimSpace(string(kernel)),
	}
	for _, tool := range []struct{ name, folder, module string }{
		{"BuildKit", "buildkit", "github.com/moby/buildkit"},
		{"buildx", "buildx", "github.com/docker/buildx"},
	} {
		version, err := moduleVersion(ctx, filepath.Join(env.Root, "tools", tool.folder), tool.module)
		if err != nil {
			return machine{}, err
		}
		m.Versions = append(m.Versions, tool.name+" "+version)
	}
	m.Versions = append(m.Versions, "uv "+tag(standin.UVNewest)+" (the guide's: "+tag(standin.UVGuide)+")", runtime.Version())
	if hosts := env.StandIns(); len(hosts) > 0 {
		m.Versions = append(m.Versions, "stand-ins for the images of "+strings.Join(hosts, ", "))
	}
	return m, nil
}

// text is the machine in a line.
func (m machine) text() string {
	return fmt.Sprintf("%d × %s, %.0f GiB, %s; %s", m.Cores, m.CPU, float64(m.Memory)/(1<<30), m.Kernel, strings.Join(m.Versions, ", "))
}

var cpuModel = regexp.MustCompile(`(?m)^model name\s*: (.*)$`)

// firstMatch is the expression's first group where it matches.
func firstMatch(expression *regexp.Regexp, text []byte) string {
	found := expression.FindSubmatch(text)
	if found == nil {
		return "unknown processor"
	}
	return string(found[1])
}

// kilobytes is a field of the kernel's "NAME: N kB" lines, in bytes; 0 when
// it is not there.
func kilobytes(status []byte, field string) int64 {
	for line := range strings.Lines(string(status)) {
		rest, ok := strings.CutPrefix(line, field+":")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err == nil {
			return n << 10
		}
	}
	return 0
}

// moduleVersion is the version that a folder's go.mod has of a module.
func moduleVersion(ctx context.Context, dir, module string) (string, error) {
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", module)
	list.Dir = dir
	out, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("finding the version of %s: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// tag is the tag of an image reference.
func tag(ref string) string { return ref[strings.LastIndex(ref, ":")+1:] }
