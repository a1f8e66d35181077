package standin

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// rootfsPackages are, with a Python, about what the Lambda base images offer to a
// build.
const rootfsPackages = "bash,coreutils,grep,sed,libc-bin,libstdc++6"

// rootfs unpacks a Debian release for an architecture. No maintainer script
// runs, so any architecture can be unpacked on any other. With compile the
// standard library is compiled, which runs the Python that was unpacked.
func (s Store) rootfs(ctx context.Context, recipe lambdaRecipe, arch string, compile bool) (tree, error) {
	if err := apt.Ensure(ctx, s.Log, s.Root, apt.Mmdebstrap); err != nil {
		return nil, err
	}
	args := []string{
		"--quiet", "--variant=extract", "--format=tar", "--arch=" + arch, "--include=" + recipe.packages + "," + rootfsPackages,
		// A mirror may have dropped what updated an old release, and be behind with
		// a new one.
		`--setup-hook=sed -i "/security\|updates/d" "$1/etc/apt/sources.list"`,
		`--aptopt=Acquire::Check-Valid-Until "false"`,
	}
	if compile {
		args = append(args, fmt.Sprintf(`--extract-hook=chroot "$1" /usr/bin/python%s -m compileall -q `+
			`--invalidation-mode unchecked-hash -x "/(test|idlelib|pydoc_data|lib2to3)/" /usr/lib/python%[1]s`, recipe.python))
	}
	command := exec.CommandContext(ctx, "mmdebstrap", append(args, recipe.suite, "-")...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("unpacking Debian %s for %s: %w\n%s", recipe.suite, arch, err, problems.Bytes())
	}
	t, err := readTar(&out)
	if err != nil {
		return nil, err
	}
	return slim(mergeUsr(t)), nil
}

// mergeUsr moves /bin, /lib, /lib64 and /sbin below /usr where a release
// leaves that to a maintainer script, and makes bash the shell, as on Lambda.
func mergeUsr(t tree) tree {
	merged := tree{}
	for name, e := range t {
		top, _, below := strings.Cut(name, "/")
		if !slices.Contains([]string{"bin", "lib", "lib64", "sbin"}, top) {
			merged[name] = e
			continue
		}
		merged.symlink(top, "usr/"+top)
		if below {
			merged["usr/"+name] = e
		}
	}
	merged.symlink("usr/bin/sh", "bash")
	return merged
}

// slim leaves out what no build and no function reads. The marker that keeps
// installers out of Debian's Python goes too: Lambda's Python has none.
func slim(t tree) tree {
	unused := []string{
		"dev", "proc", "sys", "run", "var/cache", "var/lib/apt", "var/lib/dpkg", "var/log", "etc/apt", "etc/dpkg",
		"usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian",
		"usr/share/bash-completion", "usr/share/perl5", "usr/share/bug", "usr/share/gdb",
	}
	kept := tree{}
	for name, e := range t {
		drop := strings.Contains(name, "/gconv/") || strings.HasSuffix(name, "/EXTERNALLY-MANAGED") ||
			slices.ContainsFunc(unused, func(dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") })
		if !drop {
			kept[name] = e
		}
	}
	for _, dir := range []string{"dev", "proc", "sys", "run"} {
		kept.dir(dir, 0o755)
	}
	kept.dir("tmp", 0o1777)
	kept.dir("root", 0o700)
	kept.file("etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"))
	kept.file("etc/group", 0o644, []byte("root:x:0:\nnogroup:x:65534:\n"))
	return kept
}

// shareBytecode gives a root filesystem the compiled modules of another
// architecture, for the modules that both have alike.
func shareBytecode(from, to tree) {
	for name, e := range from {
		dir, file, ok := strings.Cut(name, "__pycache__/")
		if !ok {
			continue
		}
		module, _, _ := strings.Cut(file, ".")
		source := dir + module + ".py"
		if bytes.Equal(from[source].data, to[source].data) && to[source].data != nil {
			to[name] = e
		}
	}
}
