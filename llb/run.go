package llb

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/llb/steps"
	"github.com/uvlambda/uvlambda/plan"
)

// Paths inside the containers of a build.
const (
	// scriptsPath is the folder of the scripts that a step needs.
	scriptsPath = "/uvlambda/steps"
	// DriverPath is the script that steps run; its first argument is the step.
	DriverPath   = scriptsPath + "/driver.py"
	settingsPath = "/uvlambda/uv.toml"
	uvPath       = "/uvlambda/uv"
	pylockPath   = "/uvlambda/pylock.toml"
	cachePath    = "/uvlambda/cache"
	// basePath has the function's base, for a step that builds in another image.
	basePath  = "/uvlambda/base"
	caPath    = "/uvlambda/ca.pem"
	netrcPath = "/root/.netrc"
	// PackPath is the script that compresses a part of an archive, JoinPath the
	// one that writes an archive out of its parts.
	PackPath = scriptsPath + "/pack.py"
	JoinPath = scriptsPath + "/join.py"
	// SourcePath is the folder that files of the context are mounted below.
	SourcePath = plan.SourcePath
	layerPath  = "/layer"
	// ReportPath is a mount where a step leaves what failed, so that the frontend
	// can say what went wrong.
	ReportPath = "/report"
	// ReportFile is the name of a failed step's report, as JSON, below ReportPath.
	ReportFile = "failure.json"
)

// Names that clients know, of what the steps with the network share.
const (
	// CacheID is the id of uv's cache, below the client's namespace.
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
	opts []bkllb.RunOption
	// scripts is the folder of the step's own script and the scripts that it
	// imports.
	scripts scripts
	// reports is set when what the step reports is wanted of a success too.
	reports bool
}

// run starts a step on root and gives the exec, to which outputs are added.
func (c *converter) run(root bkllb.State, s step) bkllb.ExecState {
	// The user of an image's configuration may write into no mount.
	root = root.User("")
	opts := []bkllb.RunOption{
		bkllb.Args(s.args),
		bkllb.Dir("/"),
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
		c.mount(uvPath, c.in.UV, bkllb.SourcePath("/uv")),
		bkllb.AddEnv("UV_PYTHON_DOWNLOADS", "never"),
	)
	return s
}

// runUV runs uv on the builder without the driver, which takes half the time.
func (c *converter) runUV(s step) bkllb.ExecState {
	return c.run(c.in.Builder, c.withUV(s))
}

// runDriver runs uv through the driver.
func (c *converter) runDriver(s step) bkllb.ExecState {
	if s.scripts == "" {
		s.scripts = installScripts
	}
	return c.runScript(DriverPath, c.withUV(s))
}

// scripts is a folder of our Python programs. A step mounts one, since each mount
// takes a snapshot, and only the scripts that it runs decide whether it runs
// again.
type scripts string

const (
	installScripts     scripts = "/install"
	installPackScripts scripts = "/install-pack"
	packScripts        scripts = "/pack"
	joinScripts        scripts = "/join"
)

// prepareScripts makes the folders of all steps in one vertex.
func (c *converter) prepareScripts(loc plan.Location) bkllb.State {
	var files []plan.File
	add := func(folder scripts, name string, text []byte) {
		files = append(files, plan.File{Path: path.Join(string(folder), name), Content: string(text)})
	}
	for _, folder := range []scripts{installScripts, installPackScripts} {
		add(folder, "driver.py", steps.Driver())
		add(folder, "sizes.py", steps.Sizes())
		add(folder, "libraries.py", steps.Libraries())
	}
	for _, folder := range []scripts{installPackScripts, packScripts} {
		add(folder, "pack.py", steps.Pack())
	}
	add(packScripts, "sizes.py", steps.Sizes())
	add(joinScripts, "join.py", steps.Join())
	var action *bkllb.FileAction
	if c.opt.Again != "" {
		action = mkdir(nil, path.Join("/again", c.opt.Again))
	}
	return bkllb.Scratch().File(writeFiles(action, files), c.named(loc, internal("prepare the build steps"))...)
}

// writeFiles adds files, and the folders that they are in, to an action, which
// may be nil.
func writeFiles(action *bkllb.FileAction, files []plan.File) *bkllb.FileAction {
	made := map[string]bool{"/": true}
	created := bkllb.WithCreatedTime(epoch)
	for _, f := range files {
		name := path.Join("/", f.Path)
		if folder := path.Dir(name); !made[folder] {
			made[folder] = true
			action = mkdir(action, folder)
		}
		if action == nil {
			action = bkllb.Mkfile(name, 0o644, []byte(f.Content), created)
		} else {
			action = action.Mkfile(name, 0o644, []byte(f.Content), created)
		}
	}
	return action
}

// mkdir adds a folder and those above it to an action, which may be nil.
func mkdir(action *bkllb.FileAction, folder string) *bkllb.FileAction {
	options := []bkllb.MkdirOption{bkllb.WithParents(true), bkllb.WithCreatedTime(epoch)}
	if action == nil {
		return bkllb.Mkdir(folder, 0o755, options...)
	}
	return action.Mkdir(folder, 0o755, options...)
}

// copyOf adds a copy of a place of the context, at that place, to an action,
// which may be nil.
func (c *converter) copyOf(action *bkllb.FileAction, name string, info *bkllb.CopyInfo) *bkllb.FileAction {
	name = path.Join("/", name)
	if action == nil {
		return bkllb.Copy(c.in.Context, name, name, info)
	}
	return action.Copy(c.in.Context, name, name, info)
}

// runScript runs one of the scripts on the builder.
func (c *converter) runScript(at string, s step) bkllb.ExecState {
	s.args = slices.Concat([]string{c.plan.Python.Executable}, isolated(), []string{at}, s.args)
	s.opts = append(s.opts, c.mount(scriptsPath, c.prepareScripts(s.loc), bkllb.SourcePath(string(s.scripts))))
	exec := c.run(c.in.Builder, s)
	var report []bkllb.MountOption
	if !s.reports {
		// BuildKit keeps it of a failure all the same, and has one output less
		// to record of every success.
		report = c.writable()
	}
	exec.AddMount(ReportPath, bkllb.Scratch(), report...)
	return exec
}

// isolated are the options of the Python that runs our scripts: without
// site-packages and without what the environment says.
func isolated() []string { return []string{"-I", "-S"} }

// sealed are the options of a step that writes into its mounts only, which
// spares BuildKit the record of its root.
func sealed() []bkllb.RunOption {
	return []bkllb.RunOption{bkllb.ReadonlyRootFS(), bkllb.AddMount("/tmp", bkllb.Scratch(), bkllb.Tmpfs())}
}

// uvEnv are the settings of uv that make its results depend on its inputs only.
func uvEnv() []bkllb.RunOption {
	env := [][2]string{
		{"PYC_INVALIDATION_MODE", "UNCHECKED_HASH"},
		{"SOURCE_DATE_EPOCH", strconv.Itoa(plan.Epoch)},
		{"UV_LINK_MODE", "copy"},
		{"UV_NO_INSTALLER_METADATA", "1"},
		{"UV_NO_PROGRESS", "1"},
		{"UV_PREVIEW_FEATURES", "pylock"},
	}
	opts := make([]bkllb.RunOption, 0, len(env))
	for _, kv := range env {
		opts = append(opts, bkllb.AddEnv(kv[0], kv[1]))
	}
	return opts
}

// variables gives a step environment variables, which become part of its cache
// key.
func variables(all map[string]string) []bkllb.RunOption {
	opts := make([]bkllb.RunOption, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		opts = append(opts, bkllb.AddEnv(name, all[name]))
	}
	return opts
}

// cache gives a step uv's cache.
func (c *converter) cache() []bkllb.RunOption {
	return []bkllb.RunOption{
		bkllb.AddMount(cachePath, bkllb.Scratch(), bkllb.AsPersistentCacheDir(path.Join(c.opt.CacheNamespace, CacheID), bkllb.CacheMountShared)),
		bkllb.AddEnv("UV_CACHE_DIR", cachePath),
	}
}

// network gives a step uv's cache, the [tool.uv] settings and the build's
// optional secrets.
func (c *converter) network(st *plan.Step, settings string) []bkllb.RunOption {
	opts := append(c.cache(),
		bkllb.AddSecret(netrcPath, bkllb.SecretID(SecretNetrc), bkllb.SecretOptional),
		bkllb.AddSecret(caPath, bkllb.SecretID(SecretCA), bkllb.SecretOptional),
	)
	if settings != "" {
		file := bkllb.Scratch().File(
			bkllb.Mkfile("/uv.toml", 0o644, []byte(settings), bkllb.WithCreatedTime(epoch)),
			c.named(st.Source, internal("prepare the settings of uv%s", forPackage(st)))...)
		opts = append(opts, c.mount(settingsPath, file, bkllb.SourcePath("/uv.toml")))
	}
	if c.supports(pb.CapExecSecretEnv) {
		for _, s := range st.Secrets {
			opts = append(opts, bkllb.AddSecretWithDest(s.ID, nil, bkllb.SecretAsEnvName(s.Env), bkllb.SecretOptional))
		}
	}
	return opts
}

// offline keeps a step off the network.
func (c *converter) offline() []bkllb.RunOption {
	if !c.supports(pb.CapExecMetaNetwork) {
		return nil
	}
	return []bkllb.RunOption{bkllb.Network(pb.NetMode_NONE)}
}

// project is the part of the project that a step reads, at its places below
// SourcePath.
type project struct {
	// files are copied from the context, folders too, without what they exclude.
	files   []string
	folders []plan.Folder
	// written are files that the plan gives. They replace copied ones.
	written []plan.File
}

// mountProject mounts part of the project for something. The content of that part
// and nothing else is the step's cache key. It is copied into one folder first,
// since each mount takes a snapshot.
func (c *converter) mountProject(st *plan.Step, what string, p project) bkllb.RunOption {
	var action *bkllb.FileAction
	for _, f := range p.folders {
		action = c.copyOf(action, f.Path, c.copyInfo(f.Exclude))
	}
	for _, name := range p.files {
		if !slices.ContainsFunc(p.written, func(f plan.File) bool { return f.Path == name }) {
			action = c.copyOf(action, name, &bkllb.CopyInfo{FollowSymlinks: true, CreateDestPath: true, CreatedTime: &epoch})
		}
	}
	action = writeFiles(action, p.written)
	files := bkllb.Scratch().File(action, c.named(st.Source, internal("prepare the project files for the %s", what))...)
	return c.mount(SourcePath, files)
}

// mount gives a step what it reads. The mount is writable, and its writes are
// thrown away: of a failed step BuildKit 0.34 releases the input of a read-only
// mount twice when another mount, or another failed step of the build, has the
// same input. All that is left of the failure then is "releasing already released
// reference". Of a writable mount it keeps a snapshot.
func (c *converter) mount(at string, st bkllb.State, opts ...bkllb.MountOption) bkllb.RunOption {
	if keep := c.writable(); keep != nil {
		return bkllb.AddMount(at, st, append(keep, opts...)...)
	}
	return bkllb.AddMount(at, st, append(opts, bkllb.Readonly)...)
}

// writable are the options of a mount that a step may write into and whose
// writes nobody wants. Without an output the step's cache key is the content
// of the mount.
func (c *converter) writable() []bkllb.MountOption {
	if !c.supports(pb.CapExecMountBindReadWriteNoOutput) {
		return nil
	}
	return []bkllb.MountOption{bkllb.ForceNoOutput}
}

// hostOptions are the client's settings of the containers of a build.
func (c *converter) hostOptions() []bkllb.RunOption {
	var opts []bkllb.RunOption
	if c.opt.Network != pb.NetMode_UNSET && c.supports(pb.CapExecMetaNetwork) {
		opts = append(opts, bkllb.Network(c.opt.Network))
	}
	for _, h := range c.opt.ExtraHosts {
		opts = append(opts, bkllb.AddExtraHost(h.Host, h.IP))
	}
	if c.supports(pb.CapExecMetaUlimit) {
		for _, u := range c.opt.Ulimits {
			opts = append(opts, bkllb.AddUlimit(bkllb.UlimitName(u.Name), u.Soft, u.Hard))
		}
	}
	if c.opt.ShmSize > 0 && c.supports(pb.CapExecMountTmpfsSize) {
		opts = append(opts, bkllb.AddMount("/dev/shm", bkllb.Scratch(), bkllb.Tmpfs(bkllb.TmpfsSize(c.opt.ShmSize))))
	}
	if c.opt.CgroupParent != "" && c.supports(pb.CapExecMetaCgroupParent) {
		opts = append(opts, bkllb.WithCgroupParent(c.opt.CgroupParent))
	}
	if r := c.opt.Resources; r != nil && c.supports(pb.CapExecMetaLinuxResources) {
		opts = append(opts, bkllb.WithLinuxResources(bkllb.LinuxResources{
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
		opts = append(opts, bkllb.WithProxy(*p))
	}
	return opts
}

// proxyEnv collects the proxy build arguments, in either case as Docker has
// them. BuildKit keeps them out of cache keys.
func proxyEnv(args map[string]string) *bkllb.ProxyEnv {
	var p bkllb.ProxyEnv
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
