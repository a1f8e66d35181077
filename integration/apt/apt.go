// Package apt puts Debian packages in place that the project's scripts need
// on a fresh machine.
package apt

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// Package is the name of a Debian package.
type Package string

// Packages the project's scripts run.
const (
	// Runc runs containers for buildkitd.
	Runc Package = "runc"
	// Mmdebstrap unpacks Debian root filesystems of any architecture.
	Mmdebstrap Package = "mmdebstrap"
	// Pip downloads wheels of any platform.
	Pip Package = "python3-pip"
	// Docker is an engine, with the command that talks to it.
	Docker Package = "docker.io"
	// Iptables is looked for by the engine, even when told not to use it.
	Iptables Package = "iptables"
	// Git fetches build contexts, on the machine that buildkitd runs on.
	Git Package = "git"
	// SSHServer gives repositories to those who have a key, and makes the keys.
	SSHServer Package = "openssh-server"
	// QEMU runs programs of other architectures.
	QEMU Package = "qemu-user-static"
	// Zip is Info-ZIP's zip.
	Zip Package = "zip"
	// Curl sends requests of HTTP.
	Curl Package = "curl"
	// Chromium shows pages, without a screen too.
	Chromium Package = "chromium"
	// Graphviz draws graphs.
	Graphviz Package = "graphviz"
	// JQ reads JSON in shells.
	JQ Package = "jq"
	// NPM installs Node programs, and Node itself with them.
	NPM Package = "npm"
	// Binutils has strip, which removes symbols from native libraries.
	Binutils Package = "binutils"
	// Faketime shows programs another time than the machine's.
	Faketime Package = "faketime"
)

// command shows by its presence that the package, or another that does the
// same, is installed.
func (p Package) command() string {
	switch p {
	case Binutils:
		return "strip"
	case Pip:
		return "pip3"
	case Docker:
		return "dockerd"
	case Graphviz:
		return "dot"
	case SSHServer:
		return "/usr/sbin/sshd"
	case QEMU:
		return "qemu-aarch64-static"
	default:
		return string(p)
	}
}

// Ensure installs the packages whose command is not on PATH. Without root it
// installs nothing and returns an error that holds the command to run.
func Ensure(ctx context.Context, log io.Writer, root bool, packages ...Package) error {
	names := missing(packages, exec.LookPath)
	if len(names) == 0 {
		return nil
	}
	install := "apt-get install -y --no-install-recommends " + strings.Join(names, " ")
	if !root {
		return fmt.Errorf("system packages are missing; run: sudo %s", install)
	}
	fmt.Fprintf(log, "system packages: installing %s\n", strings.Join(names, ", "))
	// Lists are absent or stale on a fresh machine. A repository that is not
	// ours may fail to update without harm: the installation decides.
	update := run(ctx, "apt-get update -q")
	if err := run(ctx, "DEBIAN_FRONTEND=noninteractive "+install+" -o DPkg::Lock::Timeout=300"); err != nil {
		if update != nil {
			err = fmt.Errorf("%w\n%w", update, err)
		}
		return fmt.Errorf("installing system packages: %w", err)
	}
	return nil
}

func missing(packages []Package, lookPath func(string) (string, error)) []string {
	var names []string
	for _, p := range packages {
		if _, err := lookPath(p.command()); err != nil {
			names = append(names, string(p))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func run(ctx context.Context, command string) error {
	out, err := exec.CommandContext(ctx, "sh", "-c", command).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", command, err, out)
	}
	return nil
}
