package emulate

import (
	"fmt"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// runtimeSpec describes a function's container to an OCI runtime. It is as
// Lambda's in what a function can come to depend on: an unprivileged user
// without capabilities, a root filesystem that is only read, and /tmp. The
// network is this machine's, where the Runtime API listens.
func runtimeSpec(p process, rootfs string, memory int) *specs.Spec {
	spec := &specs.Spec{
		Version: specs.Version,
		Process: &specs.Process{
			Args:            p.args,
			Env:             p.env,
			Cwd:             p.dir,
			User:            specs.User{UID: p.user.uid, GID: p.user.gid},
			NoNewPrivileges: true,
			Capabilities:    &specs.LinuxCapabilities{},
			// The number of open files that the Developer Guide's "Lambda quotas"
			// names.
			Rlimits: []specs.POSIXRlimit{{Type: "RLIMIT_NOFILE", Soft: 1024, Hard: 1024}},
		},
		Root:     &specs.Root{Path: rootfs, Readonly: true},
		Hostname: "function",
		Mounts:   mounts(),
		Linux: &specs.Linux{
			Namespaces: []specs.LinuxNamespace{
				{Type: specs.PIDNamespace},
				{Type: specs.IPCNamespace},
				{Type: specs.UTSNamespace},
				{Type: specs.MountNamespace},
			},
			MaskedPaths:   []string{"/proc/kcore", "/proc/keys", "/proc/timer_list"},
			ReadonlyPaths: []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"},
		},
	}
	spec.Linux.Seccomp = seccompProfile(spec)
	if memory > 0 {
		limit := int64(memory) << 20
		spec.Linux.Resources = &specs.LinuxResources{Memory: &specs.LinuxMemory{Limit: &limit}}
	}
	return spec
}

// mounts are the filesystems of a function besides its image. Name resolution
// is this machine's, as the network is.
func mounts() []specs.Mount {
	return []specs.Mount{
		{Destination: "/proc", Type: "proc", Source: "proc"},
		{Destination: "/dev", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "strictatime", "mode=755", "size=65536k"}},
		{Destination: "/sys", Type: "none", Source: "/sys", Options: []string{"rbind", "nosuid", "noexec", "nodev", "ro"}},
		{Destination: "/tmp", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "nodev", "mode=1777", fmt.Sprintf("size=%dm", temporary)}},
		{Destination: "/etc/resolv.conf", Type: "bind", Source: "/etc/resolv.conf", Options: []string{"bind", "ro"}},
		{Destination: "/etc/hosts", Type: "bind", Source: "/etc/hosts", Options: []string{"bind", "ro"}},
	}
}
