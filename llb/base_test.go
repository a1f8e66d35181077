package llb_test

import (
	"strings"
	"testing"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/llb/steps"
	"github.com/uvlambda/uvlambda/plan"
)

// An image is asked once for what it has: nothing of the project is in the vertex,
// which runs in the image, sees no network and writes only what is read of it.
func TestQuestionsToImages(t *testing.T) {
	t.Parallel()
	image := bkllb.Image("registry.example.com/base:1", bkllb.Platform(ocispecs.Platform{OS: "linux", Architecture: "arm64"}))
	at := plan.Location{File: "pyproject.toml", Line: 8, EndLine: 8}
	for name, tt := range map[string]struct {
		ask  func(llb.Options) bkllb.State
		args string
		file string
	}{
		"look at the base image": {
			func(opt llb.Options) bkllb.State { return llb.LookAtBase(image, "python3.13", at, opt) },
			"python3.13 -I /uvlambda/look/base.py /out/base.json", llb.BaseFile,
		},
		"ask the base image which Python it has": {
			func(opt llb.Options) bkllb.State { return llb.Interpreter(image, "/usr/bin/python3", at, opt) },
			"/usr/bin/python3 -I -S -c import platform\nwith open(\"/out/version\", \"w\") as file:\n    file.write(platform.python_version().rstrip(\"+\"))", llb.InterpreterFile,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := decode(t, tt.ask(options(t)))
			v := g.named(t, "[internal] "+name)
			assert.Equal(t, tt.args, v.args())
			assert.Contains(t, v.args(), "/out/"+tt.file)
			assert.Equal(t, []int32{8}, v.lines)
			assert.Equal(t, "arm64", v.op.Platform.Architecture)
			assert.Equal(t, "docker-image://registry.example.com/base:1", g.vertices[v.inputs[v.mount(t, "/").Input]].op.GetSource().Identifier)
			assert.True(t, v.mount(t, "/").Readonly)
			assert.Equal(t, pb.MountType_TMPFS, v.mount(t, "/tmp").MountType)
			assert.Equal(t, pb.NetMode_NONE, v.op.GetExec().Network)
			assert.GreaterOrEqual(t, v.mount(t, "/out").Output, int64(0))
			assert.Empty(t, llb.KindOf(v.op.GetExec()), "it is no step of a plan")

			opt := options(t)
			opt.NoCache = func(plan.StepKind) bool { return true }
			assert.True(t, decode(t, tt.ask(opt)).named(t, "[internal] "+name).meta.IgnoreCache)
		})
	}
	made := decode(t, llb.LookAtBase(image, "python3", at, options(t))).named(t, "prepare to look at the base image").op.GetFile().Actions
	require.Len(t, made, 1)
	assert.Equal(t, "/base.py", made[0].GetMkfile().Path)
	assert.Equal(t, string(steps.Base()), string(made[0].GetMkfile().Data))
}

// A step that compiles runs in the plan's builder, on its platform, and has the base,
// whose libraries are there at run time. Other steps run in the base.
func TestStepsInTheBuilder(t *testing.T) {
	t.Parallel()
	image := func(name, arch string) bkllb.State {
		return bkllb.Image("registry.example.com/"+name, bkllb.Platform(ocispecs.Platform{OS: "linux", Architecture: arch}))
	}
	for _, inBuilder := range []bool{false, true} {
		p := everyStep()
		plan.First[plan.Member](p).InBuilder = inBuilder
		plan.First[plan.Dependencies](p).InBuilder = inBuilder
		in := inputs()
		in.Compiler, in.CompilerUV = image("sam", "arm64"), image("uv", "arm64")
		res, err := llb.Convert(p, in, options(t))
		require.NoError(t, err)
		g := decode(t, output(res))
		of := func(v vertex, dest string) string {
			source := g.vertices[v.inputs[v.mount(t, dest).Input]]
			return strings.TrimPrefix(source.op.GetSource().Identifier, "docker-image://registry.example.com/") + " " + source.op.Platform.Architecture
		}
		for name, compiles := range map[string]bool{"install 2 packages": inBuilder, "build and install first": inBuilder, "build and install second": false} {
			v := g.named(t, name)
			if !compiles {
				assert.Equal(t, []string{"base:latest amd64", "uv:latest amd64", "amd64"}, []string{of(v, "/"), of(v, "/uvlambda/uv"), v.op.Platform.Architecture}, name)
				assert.False(t, v.has("/uvlambda/base"), name)
				continue
			}
			assert.Equal(t, []string{"sam:latest arm64", "uv:latest arm64", "arm64"}, []string{of(v, "/"), of(v, "/uvlambda/uv"), v.op.Platform.Architecture}, name)
			assert.Equal(t, "base:latest arm64", of(v, "/uvlambda/base"), name)
			assert.Equal(t, pb.MountContentCache_OFF, v.mount(t, "/uvlambda/base").ContentCache, "a whole image takes long to sum up")
			assert.Equal(t, int64(pb.SkipOutput), v.mount(t, "/uvlambda/base").Output, name)
		}
	}
}

// A daemon that knows no such mounts has them summed up.
func TestMountsOfAnOldDaemon(t *testing.T) {
	t.Parallel()
	for off, caps := range map[pb.MountContentCache]*apicaps.CapSet{pb.MountContentCache_OFF: daemon(), pb.MountContentCache_DEFAULT: daemon(pb.CapExecMountContentCache)} {
		opt := options(t)
		opt.Caps = caps
		g := convertState(t, readPlan(t, "../frontend/planner/testdata/zip.json"), opt)
		assert.Equal(t, off, g.named(t, "] write").mount(t, "/pieces/0").ContentCache)
	}
}
