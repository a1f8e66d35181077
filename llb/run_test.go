package llb_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// everyStep is an image with every kind of step.
func everyStep() *plan.Plan { return stepsWithout() }

// stepsWithout is everyStep without the steps of some kinds.
func stepsWithout(kinds ...plan.StepKind) *plan.Plan {
	at := func(line int) plan.Location {
		return plan.Location{File: "pyproject.toml", Line: line, EndLine: line}
	}
	secrets := []plan.Secret{{ID: "UV_INDEX_OURS_PASSWORD", Env: "UV_INDEX_OURS_PASSWORD"}}
	const settings = "[[index]]\nname = \"ours\"\n"
	p := &plan.Plan{
		Version: plan.Version, Project: "api", Output: plan.OutputImage, Platform: "linux/arm64",
		Python: plan.Python{Version: "3.13", Executable: "/var/lang/bin/python3.13", WheelPlatform: "aarch64-manylinux_2_34"},
		Base:   plan.Image{Source: at(8)},
		Config: &plan.Config{Cmd: []string{"app.handler"}},
	}
	p.AddExport(&plan.Export{Root: "svc", Files: []string{"svc/pyproject.toml", "svc/uv.lock"}, Args: []string{"--group", "prod"}}, at(2))
	p.AddDependencies(&plan.Dependencies{Packages: 2, Install: plan.Install{Args: []string{"--only-binary", ":all:"}, Settings: settings, CompileBytecode: true, Limit: 2000}}, secrets, at(3))
	p.AddMember(&plan.Member{Name: "first", Path: "packages/first", Settings: settings, Limit: 3000}, secrets, at(4))
	p.AddMember(&plan.Member{Name: "second", Path: "packages/second", Settings: settings, Limit: 4000}, secrets, at(5))
	p.AddApp(&plan.App{Copies: []plan.Copy{
		{From: "src/app", To: "app", Exclude: []string{"**/*.pyc"}, Source: at(6)},
		{From: "assets", To: ".", Source: at(7)},
	}}, at(6))
	p.AddLockCheck(&plan.LockCheck{Root: ".", Files: []string{"pyproject.toml", "uv.lock"}}, secrets, at(1))
	p = p.Without(kinds...)
	p.AddImage()
	return p
}

func lockStep() *plan.Plan {
	p := &plan.Plan{
		Version: plan.Version, Project: "api", Output: plan.OutputLock, Platform: "linux/amd64",
		Python: plan.Python{Version: "3.13", Executable: "/var/lang/bin/python3.13"},
	}
	p.AddLock(&plan.Lock{Root: "svc", Exclude: []string{"**/.venv"}, Args: []string{"--upgrade"}},
		[]plan.Secret{{ID: "id", Env: "UV_INDEX_OURS_PASSWORD"}}, plan.Location{File: "pyproject.toml", Line: 9, EndLine: 9})
	return p
}

// everyExec gives the containers of everyStep and lockStep, and of the check.
func everyExec(t *testing.T, opt llb.Options) []vertex {
	t.Helper()
	res, err := llb.Convert(everyStep(), inputs(), opt)
	require.NoError(t, err)
	execs := append(decode(t, output(res)).execs(), decode(t, *res.Check).execs()...)
	execs = append(execs, convertState(t, lockStep(), opt).execs()...)
	require.Len(t, execs, 6)
	return execs
}

func TestHostOptions(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.Network = pb.NetMode_HOST
	opt.ExtraHosts = []bkllb.HostIP{{Host: "index.example.com"}}
	opt.Ulimits = []*pb.Ulimit{{Name: "nofile", Soft: 1024, Hard: 2048}}
	opt.ShmSize = 1 << 20
	opt.Hostname = "builder"
	opt.CgroupParent = "parent"
	opt.Resources = &pb.LinuxResources{Memory: 1, MemorySwap: 2, CpuShares: 3, CpuPeriod: 4, CpuQuota: 5, CpusetCpus: "0-1", CpusetMems: "0"}
	opt.BuildArgs = map[string]string{"HTTPS_PROXY": "http://proxy.example.com", "no_proxy": "localhost", "OTHER": "kept out"}
	for _, exec := range everyExec(t, opt) {
		meta := exec.op.GetExec().Meta
		assert.Len(t, meta.ExtraHosts, 1, exec.name)
		assert.Equal(t, "index.example.com", meta.ExtraHosts[0].Host)
		require.Len(t, meta.Ulimit, 1, exec.name)
		assert.Equal(t, opt.Ulimits[0].String(), meta.Ulimit[0].String(), exec.name)
		assert.Equal(t, int64(1<<20), exec.mount(t, "/dev/shm").TmpfsOpt.Size, exec.name)
		assert.Equal(t, "builder", meta.Hostname, exec.name)
		assert.Equal(t, "parent", meta.CgroupParent, exec.name)
		got := exec.meta.ToPB().LinuxResources
		require.NotNil(t, got, exec.name)
		assert.Equal(t, opt.Resources.String(), got.String(), exec.name)
		assert.Equal(t, "http://proxy.example.com", meta.ProxyEnv.HttpsProxy, exec.name)
		assert.Equal(t, "localhost", meta.ProxyEnv.NoProxy, exec.name)
		assert.Empty(t, meta.ProxyEnv.HttpProxy)
		assert.NotContains(t, meta.String(), "kept out")
		want := pb.NetMode_HOST
		if offline(exec) {
			want = pb.NetMode_NONE
		}
		assert.Equal(t, want, exec.op.GetExec().Network, exec.name)
	}
}

func TestHostOptionsThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	for _, exec := range everyExec(t, options(t)) {
		meta := exec.op.GetExec().Meta
		assert.Empty(t, meta.ExtraHosts, exec.name)
		assert.Empty(t, meta.Ulimit, exec.name)
		assert.Empty(t, meta.Hostname, exec.name)
		assert.Empty(t, meta.CgroupParent, exec.name)
		assert.Nil(t, meta.ProxyEnv, exec.name)
		assert.False(t, exec.has("/dev/shm"), exec.name)
		assert.Equal(t, offline(exec), exec.op.GetExec().Network == pb.NetMode_NONE, exec.name)
	}
}

// TestOldDaemon checks that what a daemon does not know is left out.
func TestOldDaemon(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.Caps = daemon(
		pb.CapExecMetaNetwork, pb.CapExecMetaUlimit, pb.CapExecMountTmpfsSize, pb.CapExecMetaCgroupParent, pb.CapExecMetaLinuxResources,
		pb.CapExecSecretEnv, pb.CapExecMountBindReadWriteNoOutput, pb.CapFileCopyIncludeExcludePatterns, pb.CapExecMetaCDI, pb.CapMergeOp,
	)
	opt.Network = pb.NetMode_HOST
	opt.Ulimits = []*pb.Ulimit{{Name: "nofile"}}
	opt.ShmSize = 1
	opt.CgroupParent = "parent"
	opt.Resources = &pb.LinuxResources{Memory: 1}
	for _, exec := range everyExec(t, opt) {
		op := exec.op.GetExec()
		assert.Equal(t, pb.NetMode_UNSET, op.Network, exec.name)
		assert.Empty(t, op.Meta.Ulimit, exec.name)
		assert.Empty(t, op.Meta.CgroupParent, exec.name)
		assert.Empty(t, op.Secretenv, exec.name)
		assert.Nil(t, exec.meta.ToPB().LinuxResources, exec.name)
		assert.False(t, exec.has("/dev/shm"), exec.name)
	}
	for _, v := range convertState(t, everyStep(), opt).vertices {
		assert.Nil(t, v.op.GetMerge())
		for _, action := range v.op.GetFile().GetActions() {
			if c := action.GetCopy(); c != nil {
				assert.Equal(t, int32(-1), c.Mode, v.name)
				assert.Empty(t, c.ModeStr, v.name)
				assert.Empty(t, c.ExcludePatterns, v.name)
			}
		}
	}
}

// offline tells the steps that need no network.
func offline(exec vertex) bool {
	args := exec.op.GetExec().Meta.Args
	return slices.Contains(args, "export") || slices.Contains(args, "--check")
}

func TestMounts(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.CacheNamespace = "team"
	seen := map[string]bool{}
	for _, exec := range everyExec(t, opt) {
		for _, m := range exec.op.GetExec().Mounts {
			seen[m.Dest] = true
			switch m.Dest {
			case "/uvlambda/steps", "/uvlambda/uv", "/uvlambda/uv.toml", "/uvlambda/pylock.toml":
				assert.NotEmpty(t, m.Selector, "%s of %s", m.Dest, exec.name)
				assert.False(t, m.Readonly, "%s of %s", m.Dest, exec.name)
				assert.Equal(t, int64(pb.SkipOutput), m.Output, "writes to %s of %s must go nowhere", m.Dest, exec.name)
			case "/uvlambda/cache":
				assert.Equal(t, "team/uvlambda/uv", m.CacheOpt.ID, exec.name)
				assert.Equal(t, pb.CacheSharingOpt_SHARED, m.CacheOpt.Sharing, exec.name)
			case "/root/.netrc", "/uvlambda/ca.pem":
				assert.Equal(t, pb.MountType_SECRET, m.MountType, exec.name)
				assert.True(t, m.SecretOpt.Optional, exec.name)
				assert.False(t, offline(exec), exec.name)
			case "/":
				assert.Equal(t, offline(exec), m.Readonly, exec.name)
				assert.Equal(t, offline(exec), m.Output == int64(pb.SkipOutput), exec.name)
			case "/layer", "/out":
				assert.NotEqual(t, int64(pb.SkipOutput), m.Output, "%s of %s", m.Dest, exec.name)
			case llb.ReportPath:
				assert.False(t, m.Readonly, exec.name)
				check := slices.Contains(exec.op.GetExec().Meta.Args, "--check")
				assert.Equal(t, check, m.Output != int64(pb.SkipOutput), exec.name)
			case "/src":
				assert.False(t, m.Readonly, "%s of %s", m.Dest, exec.name)
				assert.Equal(t, int64(pb.SkipOutput), m.Output, "writes to %s of %s must go nowhere", m.Dest, exec.name)
			case "/tmp":
				assert.Equal(t, pb.MountType_TMPFS, m.MountType, exec.name)
			default:
				assert.Fail(t, "unknown mount", "%s of %s", m.Dest, exec.name)
			}
		}
	}
	assert.Equal(t, []string{
		"/", "/layer", "/out", "/report", "/root/.netrc", "/src", "/tmp",
		"/uvlambda/ca.pem", "/uvlambda/cache", "/uvlambda/pylock.toml", "/uvlambda/steps", "/uvlambda/uv", "/uvlambda/uv.toml",
	}, slices.Sorted(maps.Keys(seen)))
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	g := convertState(t, everyStep(), options(t))
	for _, name := range []string{"install 2 packages", "build and install first", "build and install second"} {
		exec := g.named(t, name).op.GetExec()
		require.Len(t, exec.Secretenv, 1, name)
		assert.Equal(t, "UV_INDEX_OURS_PASSWORD", exec.Secretenv[0].ID)
		assert.Equal(t, "UV_INDEX_OURS_PASSWORD", exec.Secretenv[0].Name)
		assert.True(t, exec.Secretenv[0].Optional)
	}
	assert.Empty(t, g.named(t, "export the locked packages").op.GetExec().Secretenv)
	assert.Len(t, convertState(t, lockStep(), options(t)).named(t, "resolve").op.GetExec().Secretenv, 1)
}

// TestSourceLines checks that every step that can fail names its lines, each
// the lines of the part of the plan that it is made from.
func TestSourceLines(t *testing.T) {
	t.Parallel()
	g := convertState(t, everyStep(), options(t))
	for name, line := range map[string]int32{
		"export the locked packages": 2, "install 2 packages": 3,
		"copy the sources of first": 4, "build and install first": 4,
		"copy the sources of second": 5, "build and install second": 5,
		"gather 2 members": 4, "copy the application": 6,
	} {
		assert.Equal(t, []int32{line}, g.named(t, name).lines, name)
	}
	lock := convertState(t, lockStep(), options(t))
	assert.Equal(t, []int32{9}, lock.named(t, "resolve svc/uv.lock").lines)
	assert.Equal(t, []int32{9}, lock.named(t, "copy the project").lines)
	for _, exec := range everyExec(t, options(t)) {
		assert.Len(t, exec.lines, 1, exec.name)
	}
}

func TestNoCache(t *testing.T) {
	t.Parallel()
	kinds := map[plan.StepKind][]string{
		plan.KindExport:       {"export the locked packages"},
		plan.KindDependencies: {"install 2 packages"},
		plan.KindMembers: {
			"copy the sources of first", "build and install first", "copy the sources of second", "build and install second", "gather 2 members",
		},
		plan.KindApp: {"copy the application"},
		"another":    nil,
	}
	for kind, again := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			opt := options(t)
			opt.NoCache = func(k plan.StepKind) bool { return k == kind }
			g := convertState(t, everyStep(), opt)
			ignored := 0
			for _, v := range g.vertices {
				if v.meta.IgnoreCache {
					ignored++
				}
			}
			assert.Equal(t, len(again), ignored)
			for _, name := range again {
				assert.True(t, g.named(t, name).meta.IgnoreCache, name)
			}
		})
	}
}

func TestNoCacheOfTheLockCheck(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		opt := options(t)
		opt.NoCache = func(kind plan.StepKind) bool { return again && kind == plan.KindLockCheck }
		res, err := llb.Convert(everyStep(), inputs(), opt)
		require.NoError(t, err)
		assert.Equal(t, again, decode(t, *res.Check).named(t, "check that uv.lock").meta.IgnoreCache)
	}
}

// TestLockIsNeverCached: what a resolution finds changes with the index.
func TestLockIsNeverCached(t *testing.T) {
	t.Parallel()
	assert.True(t, convertState(t, lockStep(), options(t)).named(t, "resolve").meta.IgnoreCache)
}

// TestTreeOfAMember copies all that a build reads to its place.
func TestTreeOfAMember(t *testing.T) {
	t.Parallel()
	p := everyStep()
	m := plan.First[plan.Member](p)
	m.Beside = []plan.Folder{{Path: "plugin", Exclude: []string{"tests"}}, {Path: ".hgignore"}}
	m.Written = []plan.File{{Path: ".gitignore", Content: "*.tmp\n"}}
	tree := func() (copied, written []string) {
		for _, action := range convertState(t, p, options(t)).named(t, "copy the sources of first").op.GetFile().Actions {
			if c := action.GetCopy(); c != nil {
				assert.Equal(t, c.Src, c.Dest)
				copied = append(copied, c.Src+" less "+strings.Join(c.ExcludePatterns, ","))
				continue
			}
			written = append(written, action.GetMkfile().Path+": "+string(action.GetMkfile().Data))
		}
		return copied, written
	}
	own := strings.Join(m.Exclude, ",")
	copied, written := tree()
	assert.Equal(t, []string{"/packages/first less " + own, "/plugin less tests", "/.hgignore less "}, copied)
	assert.Equal(t, []string{"/.gitignore: *.tmp\n"}, written)
	m.Whole = true
	copied, written = tree()
	assert.Equal(t, []string{"/ less " + own}, copied)
	assert.Equal(t, []string{"/.gitignore: *.tmp\n"}, written)
}

// What makes steps run again is a folder that none of them reads, and without need
// there is none: a builder that has the steps would run them for nothing.
func TestFoldersOfStepsThatRunAgain(t *testing.T) {
	t.Parallel()
	made := func(again string) []string {
		opt := options(t)
		opt.Again = again
		var folders []string
		for _, v := range convertState(t, everyStep(), opt).vertices {
			for _, action := range v.op.GetFile().GetActions() {
				if m := action.GetMkdir(); m != nil && strings.Contains(m.Path, "/again") {
					folders = append(folders, v.name+": "+m.Path)
				}
			}
		}
		slices.Sort(folders)
		return slices.Compact(folders)
	}
	assert.Empty(t, made(""))
	assert.Equal(t, []string{
		"[internal] prepare the build steps: /again/one", "[internal] prepare to run the steps again: /again/one", "[internal] prepare to run the steps again: /uvlambda/again/one",
	}, made("one"))
}
