package frontend

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// greeting is a function with a dependency and a package of its own.
func greeting() map[string]string {
	return map[string]string{
		"pyproject.toml": `[project]
name = "greeting"
version = "1.2"
requires-python = ">=3.13,<3.14"
dependencies = ["example-dist", "library"]

[tool.uvlambda]
handler = "app.handler"

[tool.uv.sources]
library = { path = "library" }
`,
		"app.py":                 "def handler(event, context): ...\n",
		"library/pyproject.toml": "[project]\nname = \"library\"\nversion = \"1\"\n\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
		"uv.lock": `version = 1
requires-python = ">=3.13,<3.14"

[[package]]
name = "example-dist"
version = "1.0"
source = { registry = "https://example.com/simple" }
wheels = [{ url = "https://example.com/example_dist-1.0-py3-none-any.whl", hash = "sha256:00" }]

[[package]]
name = "greeting"
version = "1.2"
source = { virtual = "." }
dependencies = [{ name = "example-dist" }, { name = "library" }]

[[package]]
name = "library"
version = "1"
source = { directory = "library" }
`,
	}
}

// changed is greeting with one file replaced.
func changed(name, text string) map[string]string {
	all := greeting()
	all[name] = text
	return all
}

func TestBuild(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), map[string]string{"label:team": "orders", "build-arg:SOURCE_DATE_EPOCH": "1700000000"})
	config := buildStub(t, s)
	assert.Equal(t, []string{"app.handler"}, config.Config.Cmd)
	assert.Equal(t, []string{"/entrypoint"}, config.Config.Entrypoint, "the base's configuration is kept")
	assert.Equal(t, []string{"A=1"}, config.Config.Env)
	assert.Equal(t, "orders", config.Config.Labels["team"])
	assert.Equal(t, "greeting", config.Config.Labels["org.opencontainers.image.title"])
	assert.Equal(t, int64(1700000000), config.Created.Unix())
	assert.Equal(t, "amd64", config.Architecture)
	assert.ElementsMatch(t, []string{"public.ecr.aws/lambda/python:3.13", "ghcr.io/astral-sh/uv:0.13.9"}, s.resolved, "each image is resolved once")
	assert.Empty(t, s.warnings)
}

// A build file that the options do not name is looked for under the usual name,
// and a folder's file is found by what is in it.
func TestBuildFile(t *testing.T) {
	t.Parallel()
	named := map[string]string{"filename": "pyproject.toml"}
	assert.Equal(t, buildStub(t, newStub(greeting(), named)), buildStub(t, newStub(greeting(), nil)))
}

func TestBuildOptions(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), map[string]string{
		"add-hosts": "index.example.com=127.0.0.2", "ulimit": "nofile=10:20", "shm-size": "65536",
		"force-network-mode": "none", "hostname": "builder", "cgroup-parent": "builds",
		"build-arg:HTTPS_PROXY": "http://proxy.example.com",
	})
	buildStub(t, s)
	require.NotEmpty(t, s.execs())
	for _, exec := range s.execs() {
		assert.Equal(t, pb.NetMode_NONE, exec.Network)
		assert.Equal(t, "index.example.com", exec.Meta.ExtraHosts[0].Host)
		assert.Equal(t, "127.0.0.2", exec.Meta.ExtraHosts[0].IP)
		assert.Equal(t, int64(20), exec.Meta.Ulimit[0].Hard)
		assert.Equal(t, "builder", exec.Meta.Hostname)
		assert.Equal(t, "builds", exec.Meta.CgroupParent)
		assert.Equal(t, "http://proxy.example.com", exec.Meta.ProxyEnv.HttpsProxy)
		shm := false
		for _, m := range exec.Mounts {
			shm = shm || m.Dest == "/dev/shm" && m.TmpfsOpt.Size == 65536
		}
		assert.True(t, shm, "%v", exec.Mounts)
	}
}

// The host's network is for those who allow it to a builder, which no test can
// ask of every machine; so it is seen here.
func TestHostNetwork(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), map[string]string{"force-network-mode": "host"})
	buildStub(t, s)
	modes := map[plan.StepKind]pb.NetMode{}
	for _, exec := range s.execs() {
		modes[llb.KindOf(exec)] = exec.Network
	}
	assert.Equal(t, map[plan.StepKind]pb.NetMode{
		plan.KindDependencies: pb.NetMode_HOST, plan.KindMembers: pb.NetMode_HOST,
		plan.KindExport: pb.NetMode_NONE, plan.KindLockCheck: pb.NetMode_NONE,
	}, modes)
}

// --pull and its like say where images are looked for.
func TestImageResolveMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"default", "pull", "local"} {
		s := newStub(greeting(), map[string]string{"image-resolve-mode": mode})
		buildStub(t, s)
		assert.Equal(t, map[string]bool{mode: true}, s.modes)
	}
}

// Each solve that can run a step asks for the client's caches.
func TestCacheImports(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), map[string]string{"cache-imports": `[{"Type":"registry","Attrs":{"ref":"registry.example.com/cache"}}]`})
	buildStub(t, s)
	want := []gwclient.CacheOptionsEntry{{Type: "registry", Attrs: map[string]string{"ref": "registry.example.com/cache"}}}
	for _, req := range s.solved {
		for _, op := range operations(req) {
			if op.GetExec() != nil {
				assert.Equal(t, want, req.CacheImports)
			}
		}
	}
	assert.NotEmpty(t, s.execs())
}

// The scanner that the client names looks at the image of each platform.
func TestBillOfMaterials(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"linux/amd64", "linux/amd64,linux/arm64"} {
		s := newStub(greeting(), map[string]string{"attest:sbom": "generator=registry.example.com/scanner:1", "platform": platform})
		res, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		assert.Contains(t, s.resolved, "registry.example.com/scanner:1")
		assert.ElementsMatch(t, strings.Split(platform, ","), slices.Collect(maps.Keys(res.Attestations)))
	}
}

func TestMissingCapabilities(t *testing.T) {
	t.Parallel()
	for id, since := range map[apicaps.CapID]string{
		pb.CapFileBase: "0.5", pb.CapSourceLocalFollowPaths: "0.3", pb.CapExecMountSelector: "0.3", pb.CapExecMountCacheSharing: "0.3",
		pb.CapExecMountTmpfs: "0.3", pb.CapExecMountSecret: "0.4", pb.CapMetaIgnoreCache: "0.3",
	} {
		t.Run(string(id), func(t *testing.T) {
			t.Parallel()
			_, err := buildForTest(t.Context(), newStub(greeting(), nil).without(id))
			require.EqualError(t, err, `this BuildKit does not support "`+string(id)+`": use BuildKit `+since+" or later (Docker 20.10 or later has one)")
			assert.Len(t, errdefs.Sources(err), 1, "no line is at fault")
			assert.Nil(t, errdefs.Sources(err)[0].Info)
		})
	}
}

// A BuildKit that leaves nothing out of a copy builds what excludes nothing.
func TestExcludeNeedsACapability(t *testing.T) {
	t.Parallel()
	context := changed("pyproject.toml", strings.Replace(greeting()["pyproject.toml"], "[tool.uvlambda]\n", "[tool.uvlambda]\nexclude = ['**/*.md']\n", 1))
	_, err := buildForTest(t.Context(), newStub(context, nil).without(pb.CapFileCopyIncludeExcludePatterns))
	require.ErrorContains(t, err, "this BuildKit copies folders whole, with what `exclude` names: use BuildKit 0.9 or later (Docker 23.0 or later has one)")
	require.Len(t, errdefs.Sources(err), 1)
	assert.Equal(t, "pyproject.toml", errdefs.Sources(err)[0].Info.Filename)
}

// What a BuildKit lacks is used nowhere in the graphs of a build, and with the
// newest it is used. The build has the same steps either way.
func TestFallbacks(t *testing.T) {
	t.Parallel()
	newest := newStub(private(), nil)
	buildStub(t, newest)
	require.Zero(t, newest.uses()["copy onto the base"])
	for id, what := range map[apicaps.CapID]string{
		pb.CapMergeOp:                        "merge",
		pb.CapExecMetaNetwork:                "step without a network",
		pb.CapExecMountBindReadWriteNoOutput: "mount whose writes are dropped",
		pb.CapExecMetaCDI:                    "mode in words",
		pb.CapExecSecretEnv:                  "secret in the environment",
	} {
		t.Run(string(id), func(t *testing.T) {
			t.Parallel()
			older := newStub(private(), nil).without(id)
			buildStub(t, older)
			assert.NotZero(t, newest.uses()[what])
			assert.Zero(t, older.uses()[what])
			assert.Equal(t, newest.uses()["step"], older.uses()["step"])
			if id == pb.CapMergeOp {
				assert.Equal(t, 3, older.uses()["copy onto the base"], "the dependencies, the member and the application")
			}
		})
	}
}

// uses counts, over the different operations of all solves, what some daemons
// do not have and what stands in its place.
func (s *stub) uses() map[string]int {
	uses, seen := map[string]int{}, map[digest.Digest]bool{}
	for _, req := range s.solved {
		for i, op := range operations(req) {
			id := digest.FromBytes(req.Definition.Def[i])
			if seen[id] {
				continue
			}
			seen[id] = true
			countUses(uses, op, req.Definition.Metadata[string(id)].GetDescription()["llb.customname"])
		}
	}
	return uses
}

// countUses adds the uses of one operation.
func countUses(uses map[string]int, op *pb.Op, name string) {
	if op.GetMerge() != nil {
		uses["merge"]++
	}
	for _, action := range op.GetFile().GetActions() {
		if copied := action.GetCopy(); copied != nil && strings.Contains(name, "assemble the image") {
			uses["copy onto the base"]++
		}
		if action.GetCopy().GetModeStr() != "" {
			uses["mode in words"]++
		}
	}
	exec := op.GetExec()
	if exec == nil {
		return
	}
	uses["step"]++
	uses["secret in the environment"] += len(exec.Secretenv)
	if exec.Network == pb.NetMode_NONE {
		uses["step without a network"]++
	}
	for _, m := range exec.Mounts {
		if m.MountType == pb.MountType_BIND && !m.Readonly && m.Output == int64(pb.SkipOutput) {
			uses["mount whose writes are dropped"]++
		}
	}
}

// An error comes with the lines it is about, and with one file's only.
func TestErrorsHaveSources(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		context map[string]string
		opts    map[string]string
		message string
		// file and lines are what clients show; no file means nothing.
		file  string
		lines []int32
	}{
		{"build file", changed("pyproject.toml", "[tool.uvlambda]\nhandler = 1\ngroups = 2\n"), nil,
			"pyproject.toml:2: handler must be a string, not an integer: put it in quotes\npyproject.toml:3: groups must be an array, not an integer: put it in brackets",
			"pyproject.toml", []int32{2, 3}},
		{"lock", changed("uv.lock", "version = 1\n[[package]\n"), nil,
			"uv.lock:2: malformed lock: expected ']]' to close array table name: write it again with `uv lock`", "uv.lock", []int32{2}},
		{"no lock", func() map[string]string { all := greeting(); delete(all, "uv.lock"); return all }(), nil,
			"pyproject.toml:5: uv.lock is missing: write it with `uv lock`, or without uv by `docker buildx build -f pyproject.toml --target lock -o . .`; for a member of a workspace run `docker buildx build -f PATH-OF-THE-MEMBER/pyproject.toml .` in the workspace's root instead",
			"pyproject.toml", []int32{5}},
		{"ignored lock", func() map[string]string {
			all := greeting()
			all[".dockerignore"] = "# locks\n\n/uv.lock\n"
			return all
		}(), nil, `.dockerignore:3: "/uv.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock at the end`, ".dockerignore", []int32{3}},
		{"no build file", greeting(), map[string]string{"filename": "absent.toml"},
			"absent.toml: the build file cannot be read (file does not exist): check -f, and that the file is in the context", "", nil},
		{"options", greeting(), map[string]string{"shm-size": "x"},
			`reading the build's options: failed to parse shm size: strconv.ParseInt: parsing "x": invalid syntax`, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := buildForTest(t.Context(), newStub(tt.context, tt.opts))
			require.EqualError(t, err, tt.message)
			checkSource(t, err, tt.file, tt.lines...)
		})
	}
}

// checkSource looks for one source: a client shows each that there is.
func checkSource(t *testing.T, err error, file string, lines ...int32) {
	t.Helper()
	sources := errdefs.Sources(err)
	require.Len(t, sources, 1)
	if file == "" {
		assert.Nil(t, sources[0].Info)
		return
	}
	assert.Equal(t, file, sources[0].Info.Filename)
	var got []int32
	for _, r := range sources[0].Ranges {
		got = append(got, r.Start.Line)
	}
	assert.Equal(t, lines, got)
}

// Every step of a graph has the lines that asked for it: lines of the build file or
// of a member, or else of the table.
func TestStepsHaveSources(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), nil)
	buildStub(t, s)
	lines := map[string]map[string]bool{}
	for _, req := range s.solved {
		for i, op := range operations(req) {
			if op.Op == nil || op.GetSource() != nil {
				continue
			}
			dgst := string(digest.FromBytes(req.Definition.Def[i]))
			name := req.Definition.Metadata[dgst].Description["llb.customname"]
			require.Contains(t, req.Definition.Source.Locations, dgst, name)
			if lines[name] == nil {
				lines[name] = map[string]bool{}
			}
			for _, loc := range req.Definition.Source.Locations[dgst].Locations {
				info := req.Definition.Source.Infos[loc.SourceIndex]
				lines[name][fmt.Sprintf("%s:%d", info.Filename, loc.Ranges[0].Start.Line)] = true
			}
		}
	}
	assert.Equal(t, map[string]map[string]bool{
		"[internal] prepare the build steps":                            {"pyproject.toml:5": true, "library/pyproject.toml:7": true},
		"[internal] prepare the project files for the export":           {"pyproject.toml:5": true},
		"[internal] prepare the project files for the check of uv.lock": {"pyproject.toml:5": true},
		"[greeting 1/5] export the locked packages of greeting":         {"pyproject.toml:5": true},
		"[greeting 2/5] install 1 package for linux/amd64":              {"pyproject.toml:5": true},
		"[greeting 3/5] copy the sources of library":                    {"library/pyproject.toml:7": true},
		"[greeting 3/5] build and install library for linux/amd64":      {"library/pyproject.toml:7": true},
		"[greeting 4/5] copy the application":                           {"pyproject.toml:8": true},
		"[internal] copy the records of dependencies":                   {"pyproject.toml:7": true},
		"[internal] copy the records of members":                        {"pyproject.toml:7": true},
		"[internal] gather the records of the packages":                 {"pyproject.toml:7": true},
		"[internal] leave the records out of the image":                 {"pyproject.toml:7": true},
		"[greeting 5/5] assemble the image for linux/amd64":             {"pyproject.toml:7": true},
		"[greeting] check that uv.lock is up to date":                   {"pyproject.toml:5": true},
	}, lines)
}

// A build of the command suggests commands of uvlambda, and not of docker buildx.
func TestCommandInMessages(t *testing.T) {
	t.Parallel()
	unlocked := greeting()
	delete(unlocked, "uv.lock")
	s := newStub(unlocked, nil)
	s.opts.Product = Product
	_, err := buildForTest(t.Context(), s)
	require.ErrorContains(t, err, "`uvlambda build --target lock -o . .`")

	s = newStub(unlocked, map[string]string{"build-arg:BUILDKIT_SYNTAX": "registry.example.com/uvlambda:1"})
	_, err = buildForTest(t.Context(), s)
	require.ErrorContains(t, err, "`docker buildx build -f pyproject.toml --build-arg BUILDKIT_SYNTAX=registry.example.com/uvlambda:1 --target lock -o . .`")
}

// A failing step becomes one error that holds what the step said.
func TestFailingSteps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind            plan.StepKind
		report, message string
		shown           []string
	}{
		{plan.KindDependencies, "error: Hash mismatch for `example-dist==1.0`", "uv.lock:4: installing the dependencies failed (example-dist 1.0 <- your dependencies, line 5 of pyproject.toml): " +
			"the file of example-dist==1.0 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right\n" +
			"  | error: Hash mismatch for `example-dist==1.0`", []string{"uv.lock:4-7", "pyproject.toml:5-5"}},
		{plan.KindDependencies, "", "pyproject.toml:5: installing the dependencies failed (exit code: 2), and what uv says of it could not be read from the builder: build again", []string{"pyproject.toml:5-5"}},
		{plan.KindMembers, "error: strange", "library/pyproject.toml:7: building library failed (library 1 <- your dependencies, line 5 of pyproject.toml): correct what uv reports:\n  | error: strange",
			[]string{"library/pyproject.toml:7-7", "pyproject.toml:5-5"}},
		{plan.KindLockCheck, "error: The lockfile needs to be updated", "pyproject.toml:5: uv.lock does not match pyproject.toml: refresh it with `uv lock`, or without uv by " +
			"`docker buildx build -f pyproject.toml --target lock -o . .`; `lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is", []string{"pyproject.toml:5-5"}},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind)+" "+tt.report, func(t *testing.T) {
			t.Parallel()
			s := newStub(greeting(), nil)
			s.report, s.fail = saying(tt.report), failing(tt.kind)
			_, err := buildForTest(t.Context(), s)
			require.EqualError(t, err, tt.message)
			assert.Equal(t, tt.shown, shown(err))
		})
	}
}

// shown are the lines that clients mark, in the order in which they show them.
func shown(err error) []string {
	var lines []string
	for _, s := range errdefs.Sources(err) {
		for _, r := range s.Ranges {
			lines = append(lines, fmt.Sprintf("%s:%d-%d", s.Info.Filename, r.Start.Line, r.End.Line))
		}
	}
	return lines
}

// TestShorterFilesDecideNoFailure: a check that fails on project files in their
// shorter form runs again on the files as they are, and only the second run counts.
func TestShorterFilesDecideNoFailure(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), nil)
	checks := failing(plan.KindLockCheck)
	s.fail = func(ops []*pb.Op) error {
		if slices.ContainsFunc(ops, writesProject) {
			return checks(ops)
		}
		return nil
	}
	_, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	var shorter, whole int
	for _, req := range s.solved {
		ops := operations(req)
		if checks(ops) == nil {
			continue
		}
		if slices.ContainsFunc(ops, writesProject) {
			shorter++
		} else {
			whole++
		}
	}
	assert.Equal(t, []int{1, 1}, []int{shorter, whole})
}

// writesProject tells the step that writes project files in their shorter form.
func writesProject(op *pb.Op) bool {
	return slices.ContainsFunc(op.GetFile().GetActions(), func(a *pb.FileAction) bool {
		return strings.HasPrefix(string(a.GetMkfile().GetData()), "[project]")
	})
}

// failing fails the solves whose last step is of a kind.
func failing(kind plan.StepKind) func([]*pb.Op) error {
	return func(ops []*pb.Op) error {
		for _, op := range ops {
			exec := op.GetExec()
			if exec == nil || llb.KindOf(exec) != kind {
				continue
			}
			ids := make([]string, len(exec.Mounts))
			for i, m := range exec.Mounts {
				if m.Dest == llb.ReportPath {
					ids[i] = "report"
				}
			}
			return &errdefs.SolveError{Solve: &errdefs.Solve{Op: op, MountIDs: ids}, Err: errors.New("exit code: 2")}
		}
		return nil
	}
}

func TestImageErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, cause, message string }{
		{"absent", "manifest unknown: not found", "pyproject.toml:7: image public.ecr.aws/lambda/python:3.13 was not found: choose another Python with `python = \"…\"`, name an image that has it with `base`, " +
			"or give one by --build-context public.ecr.aws/lambda/python:3.13=docker-image://…"},
		{"refused", "401 Unauthorized", "pyproject.toml:7: image public.ecr.aws/lambda/python:3.13 could not be resolved (401 Unauthorized): " +
			"check the registry and your login, or give another by --build-context public.ecr.aws/lambda/python:3.13=docker-image://…"},
		{"network", `Head "https://public.ecr.aws/v2/": dial tcp: lookup public.ecr.aws: no such host`, "pyproject.toml:7: no network? public.ecr.aws does not answer, which has the image public.ecr.aws/lambda/python:3.13 " +
			`(Head "https://public.ecr.aws/v2/": dial tcp: lookup public.ecr.aws: no such host): check the builder's network, or give the image by --build-context public.ecr.aws/lambda/python:3.13=docker-image://…`},
		{"variant", "no match for platform in manifest", "pyproject.toml:7: image public.ecr.aws/lambda/python:3.13 has no variant for linux/amd64: name one that has"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStub(greeting(), nil)
			s.resolve = func(ref string) error {
				if strings.Contains(ref, "lambda") {
					return errors.New(tt.cause)
				}
				return nil
			}
			_, err := buildForTest(t.Context(), s)
			require.EqualError(t, err, tt.message)
			checkSource(t, err, "pyproject.toml", 7)
		})
	}
}

// FuzzBuild looks for panics, and for errors that no person could have meant.
func FuzzBuild(f *testing.F) {
	good := greeting()
	f.Add(good["pyproject.toml"], good["uv.lock"])
	f.Add("", "")
	f.Add("[project]\nname='greeting'\n[tool.uvlambda]\nhandler='.'\n", good["uv.lock"])
	f.Add(good["pyproject.toml"], "version = 1\n[[package]]\nname='greeting'\nsource={virtual='../..'}\n")
	f.Add("\x00", "[[")
	f.Fuzz(func(t *testing.T, buildFile, lock string) {
		context := maps.Clone(good)
		context["pyproject.toml"], context["uv.lock"] = buildFile, lock
		for _, target := range []string{"", "lock"} {
			_, err := buildForTest(t.Context(), newStub(context, map[string]string{"target": target}))
			if err != nil {
				require.NotContains(t, err.Error(), "internal error")
				require.Len(t, errdefs.Sources(err), 1, err)
			}
		}
	})
}
