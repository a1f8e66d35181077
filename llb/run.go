package llb

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/llb/steps"
	"github.com/uvlambda/uvlambda/plan"
)

// Paths inside the containers of a build.
const (
	// DriverPath is the script that steps run; its first argument is the step.
	DriverPath   = "/uvlambda/driver.py"
	settingsPath = "/uvlambda/uv.toml"
	uvPath       = "/uvlambda/uv"
	pylockPath   = "/uvlambda/pylock.toml"
	cachePath    = "/uvlambda/cache"
	caPath       = "/uvlambda/ca.pem"
	netrcPath    = "/root/.netrc"
	// PackPath is the script that compresses a part of an archive, JoinPath the
	// one that writes an archive out of its parts.
	PackPath = "/uvlambda/pack.py"
	JoinPath = "/uvlambda/join.py"
	// sizesPath is a module of both.
	sizesPath = "/uvlambda/sizes.py"
	// SourcePath is the folder that files of the context are mounted below.
	SourcePath = "/src"
	layerPath  = "/layer"
	// ReportPath is a mount where a step leaves what failed, so that the frontend
	// can say what went wrong.
	ReportPath = "/report"
	// ReportFile is the name of what a failed step says of itself, as JSON, below
	// ReportPath.
	ReportFile = "failure.json"
)

// What the steps that use the network share, by the names that clients know.
const (
	// CacheID is that of uv's cache, below the client's namespace.
	CacheID = "uvlambda/uv"
	// SecretNetrc is a netrc file with credentials.
	SecretNetrc = "netrc"
	// SecretCA is a certificate authority, PEM.
	SecretCA = "ca"
)

// step is one container run on the builder.
type step struct {
	kind plan.StepKind
	loc  plan.Location
	name string
	args []string
	opts []llb.RunOption
	// modules are the scripts that the step's own script imports.
	modules []string
	// reports is set when what the step reports is wanted of a success too.
	reports bool
}

// run starts a step on root and gives the exec, to which outputs are added.
func (c *converter) run(root llb.State, s step) llb.ExecState {
	opts := []llb.RunOption{
		llb.Args(s.args),
		llb.Dir("/"),
	}
	for _, o := range c.constraints(s.kind, s.loc, s.name) {
		opts = append(opts, o)
	}
	opts = append(opts, c.hostOptions()...)
	if c.opt.Hostname != "" {
		root = root.Hostname(c.opt.Hostname)
	}
	return root.Run(append(opts, s.opts...)...)
}

// withUV is a step that has uv.
func (c *converter) withUV(s step) step {
	s.opts = append(s.opts,
		llb.AddMount(uvPath, c.in.UV, llb.SourcePath("/uv"), llb.Readonly),
		llb.AddEnv("UV_PYTHON_DOWNLOADS", "never"),
	)
	return s
}

// runUV runs uv by itself on the builder, which takes half the time of what
// the driver does around it.
func (c *converter) runUV(s step) llb.ExecState {
	return c.run(c.in.Builder, c.withUV(s))
}

// runDriver runs uv through the driver.
func (c *converter) runDriver(s step) llb.ExecState {
	s = c.withUV(s)
	s.modules = append(s.modules, sizesPath)
	return c.runScript(DriverPath, s)
}

// scripts are our Python programs. All steps share the folder, of which each
// mounts what it runs: folders of their own would be vertices of their own.
func (c *converter) scripts(loc plan.Location) llb.State {
	created := llb.WithCreatedTime(epoch)
	return llb.Scratch().File(
		llb.Mkfile("/driver.py", 0o644, steps.Driver(), created).
			Mkfile("/pack.py", 0o644, steps.Pack(), created).
			Mkfile("/join.py", 0o644, steps.Join(), created).
			Mkfile("/sizes.py", 0o644, steps.Sizes(), created),
		c.named(loc, internal("prepare the build steps"))...)
}

// runScript runs one of the scripts on the builder.
func (c *converter) runScript(at string, s step) llb.ExecState {
	files := c.scripts(s.loc)
	s.args = slices.Concat([]string{c.plan.Python.Executable}, isolated(), []string{at}, s.args)
	for _, script := range append([]string{at}, s.modules...) {
		s.opts = append(s.opts, llb.AddMount(script, files, llb.SourcePath(path.Join("/", path.Base(script))), llb.Readonly))
	}
	exec := c.run(c.in.Builder, s)
	var report []llb.MountOption
	if !s.reports {
		// BuildKit keeps it of a failure all the same, and has one output less
		// to record of every success.
		report = c.writable()
	}
	exec.AddMount(ReportPath, llb.Scratch(), report...)
	return exec
}

// isolated are the options of the Python that runs our scripts: without
// site-packages and without what the environment says.
func isolated() []string { return []string{"-I", "-S"} }

// sealed are the options of a step that writes into its mounts only, which
// spares BuildKit the record of its root.
func sealed() []llb.RunOption {
	return []llb.RunOption{llb.ReadonlyRootFS(), llb.AddMount("/tmp", llb.Scratch(), llb.Tmpfs())}
}

// uvEnv are the settings of uv that make its results depend on its inputs only.
func uvEnv() []llb.RunOption {
	env := [][2]string{
		{"PYC_INVALIDATION_MODE", "UNCHECKED_HASH"},
		{"SOURCE_DATE_EPOCH", strconv.Itoa(plan.Epoch)},
		{"UV_LINK_MODE", "copy"},
		{"UV_NO_INSTALLER_METADATA", "1"},
		{"UV_NO_PROGRESS", "1"},
		{"UV_PREVIEW_FEATURES", "pylock"},
	}
	opts := make([]llb.RunOption, 0, len(env))
	for _, kv := range env {
		opts = append(opts, llb.AddEnv(kv[0], kv[1]))
	}
	return opts
}

// cache gives a step uv's cache.
func (c *converter) cache() []llb.RunOption {
	return []llb.RunOption{
		llb.AddMount(cachePath, llb.Scratch(), llb.AsPersistentCacheDir(path.Join(c.opt.CacheNamespace, CacheID), llb.CacheMountShared)),
		llb.AddEnv("UV_CACHE_DIR", cachePath),
	}
}

// network gives a step uv's cache, the [tool.uv] settings and the build's
// optional secrets.
func (c *converter) network(st *plan.Step, settings string) []llb.RunOption {
	opts := append(c.cache(),
		llb.AddSecret(netrcPath, llb.SecretID(SecretNetrc), llb.SecretOptional),
		llb.AddSecret(caPath, llb.SecretID(SecretCA), llb.SecretOptional),
	)
	if settings != "" {
		file := llb.Scratch().File(
			llb.Mkfile("/uv.toml", 0o644, []byte(settings), llb.WithCreatedTime(epoch)),
			c.named(st.Source, internal("prepare the settings of uv"))...)
		opts = append(opts, llb.AddMount(settingsPath, file, llb.SourcePath("/uv.toml"), llb.Readonly))
	}
	if c.supports(pb.CapExecSecretEnv) {
		for _, s := range st.Secrets {
			opts = append(opts, llb.AddSecretWithDest(s.ID, nil, llb.SecretAsEnvName(s.Env), llb.SecretOptional))
		}
	}
	return opts
}

// offline keeps a step off the network.
func (c *converter) offline() []llb.RunOption {
	if !c.supports(pb.CapExecMetaNetwork) {
		return nil
	}
	return []llb.RunOption{llb.Network(pb.NetMode_NONE)}
}

// mountFiles mounts single files of a state read-only, so that the step's
// cache key is the content of these files and of nothing else.
func mountFiles(st llb.State, files []string) []llb.RunOption {
	opts := make([]llb.RunOption, 0, len(files))
	for _, f := range files {
		opts = append(opts, mountFile(f, st, path.Join("/", f)))
	}
	return opts
}

// mountFile mounts one file of a state where the context's file of that name
// is read.
func mountFile(name string, st llb.State, from string) llb.RunOption {
	return llb.AddMount(path.Join(SourcePath, name), st, llb.SourcePath(from), llb.Readonly)
}

// mountProject mounts project files for something, some of them in the form that
// the plan gives.
func (c *converter) mountProject(st *plan.Step, what string, files []string, reduced []plan.File) []llb.RunOption {
	var opts []llb.RunOption
	var write *llb.FileAction
	for i, f := range reduced {
		name := "/" + strconv.Itoa(i)
		if write == nil {
			write = llb.Mkfile(name, 0o644, []byte(f.Content), llb.WithCreatedTime(epoch))
		} else {
			write = write.Mkfile(name, 0o644, []byte(f.Content), llb.WithCreatedTime(epoch))
		}
	}
	if write != nil {
		written := llb.Scratch().File(write, c.named(st.Source, internal("prepare the project files for the %s", what))...)
		for i, f := range reduced {
			opts = append(opts, mountFile(f.Path, written, "/"+strconv.Itoa(i)))
		}
	}
	isReduced := func(name string) bool {
		return slices.ContainsFunc(reduced, func(f plan.File) bool { return f.Path == name })
	}
	return append(opts, mountFiles(c.in.Context, slices.DeleteFunc(slices.Clone(files), isReduced))...)
}

// writable are the options of a mount that a step may write into and whose
// writes nobody wants. Without an output the step's cache key is the content
// of the mount.
func (c *converter) writable() []llb.MountOption {
	if !c.supports(pb.CapExecMountBindReadWriteNoOutput) {
		return nil
	}
	return []llb.MountOption{llb.ForceNoOutput}
}

// hostOptions are the client's settings of the containers of a build.
func (c *converter) hostOptions() []llb.RunOption {
	var opts []llb.RunOption
	if c.opt.Network != pb.NetMode_UNSET && c.supports(pb.CapExecMetaNetwork) {
		opts = append(opts, llb.Network(c.opt.Network))
	}
	for _, h := range c.opt.ExtraHosts {
		opts = append(opts, llb.AddExtraHost(h.Host, h.IP))
	}
	if c.supports(pb.CapExecMetaUlimit) {
		for _, u := range c.opt.Ulimits {
			opts = append(opts, llb.AddUlimit(llb.UlimitName(u.Name), u.Soft, u.Hard))
		}
	}
	if c.opt.ShmSize > 0 && c.supports(pb.CapExecMountTmpfsSize) {
		opts = append(opts, llb.AddMount("/dev/shm", llb.Scratch(), llb.Tmpfs(llb.TmpfsSize(c.opt.ShmSize))))
	}
	if c.opt.CgroupParent != "" && c.supports(pb.CapExecMetaCgroupParent) {
		opts = append(opts, llb.WithCgroupParent(c.opt.CgroupParent))
	}
	if r := c.opt.Resources; r != nil && c.supports(pb.CapExecMetaLinuxResources) {
		opts = append(opts, llb.WithLinuxResources(llb.LinuxResources{
			Memory:     r.Memory,
			MemorySwap: r.MemorySwap,
			CPUShares:  r.CpuShares,
			CPUPeriod:  r.CpuPeriod,
			CPUQuota:   r.CpuQuota,
			CpusetCpus: r.CpusetCpus,
			CpusetMems: r.CpusetMems,
		}))
	}
	if p := proxyEnv(c.opt.BuildArgs); p != nil {
		opts = append(opts, llb.WithProxy(*p))
	}
	return opts
}

// proxyEnv collects the proxy build arguments, in either case as Docker has
// them. BuildKit keeps them out of cache keys.
func proxyEnv(args map[string]string) *llb.ProxyEnv {
	var p llb.ProxyEnv
	fields := []struct {
		name  string
		value *string
	}{
		{"http_proxy", &p.HTTPProxy},
		{"https_proxy", &p.HTTPSProxy},
		{"ftp_proxy", &p.FTPProxy},
		{"no_proxy", &p.NoProxy},
		{"all_proxy", &p.AllProxy},
	}
	found := false
	for _, f := range fields {
		for _, name := range []string{strings.ToUpper(f.name), f.name} {
			if v, ok := args[name]; ok {
				*f.value, found = v, true
			}
		}
	}
	if !found {
		return nil
	}
	return &p
}
