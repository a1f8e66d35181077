package llb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	apicapspb "github.com/moby/buildkit/util/apicaps/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// inputs are states of which each is one vertex.
func inputs() llb.Inputs {
	image := func(name, arch string) bkllb.State {
		return bkllb.Image("registry.example.com/"+name, bkllb.Platform(ocispecs.Platform{OS: "linux", Architecture: arch}))
	}
	return llb.Inputs{
		Context: bkllb.Local("context", bkllb.LocalUniqueID("context")),
		Base:    image("base", "arm64"),
		Builder: image("base", "amd64"),
		UV:      image("uv", "amd64"),
		Files: map[string]bkllb.State{
			"registry.example.com/adapter:1": image("adapter:1", "arm64"),
			"registry.example.com/model:2":   image("model:2", "arm64"),
		},
	}
}

// options are the options of a daemon that understands everything and of a client
// that asks for nothing.
func options(t testing.TB) llb.Options {
	t.Helper()
	file := bkllb.NewSourceMap(nil, "pyproject.toml", "TOML", []byte("[tool.uvlambda]\n"))
	return llb.Options{
		Caps:    daemon(),
		NoCache: func(plan.StepKind) bool { return false },
		Source: func(l plan.Location) bkllb.ConstraintsOpt {
			return file.Location([]*pb.Range{{Start: &pb.Position{Line: int32(l.Line)}, End: &pb.Position{Line: int32(l.EndLine)}}})
		},
	}
}

// daemon understands every capability but some.
func daemon(without ...apicaps.CapID) *apicaps.CapSet {
	known := slices.DeleteFunc(pb.Caps.All(), func(c *apicapspb.APICap) bool {
		return slices.Contains(without, apicaps.CapID(c.ID))
	})
	set := pb.Caps.CapSet(known)
	return &set
}

// vertex is one decoded vertex of a graph.
type vertex struct {
	// name is the custom name, empty for those that have none.
	name string
	op   *pb.Op
	meta bkllb.OpMetadata
	// lines are the first lines of its source ranges.
	lines []int32
	// inputs are the numbers of the vertices that it starts from.
	inputs []int
}

// graph is a marshalled state, each vertex after those that it needs.
type graph struct {
	vertices []vertex
	bytes    [][]byte
}

func decode(t testing.TB, st bkllb.State) graph {
	t.Helper()
	def, err := st.Marshal(t.Context(), bkllb.LinuxAmd64)
	require.NoError(t, err)
	g := graph{bytes: def.Def}
	numbers := map[string]int{}
	for i, data := range def.Def {
		op := &pb.Op{}
		require.NoError(t, op.UnmarshalVT(data))
		dgst := digest.FromBytes(data)
		numbers[string(dgst)] = i
		v := vertex{op: op, meta: def.Metadata[dgst]}
		v.name = v.meta.Description["llb.customname"]
		for _, in := range op.Inputs {
			v.inputs = append(v.inputs, numbers[in.Digest])
		}
		if locs := def.Source.Locations[string(dgst)]; locs != nil {
			for _, loc := range locs.Locations {
				v.lines = append(v.lines, loc.Ranges[0].Start.Line)
			}
		}
		g.vertices = append(g.vertices, v)
	}
	return g
}

// convertState turns a plan into its graph.
func convertState(t testing.TB, p *plan.Plan, opt llb.Options) graph {
	t.Helper()
	res, err := llb.Convert(p, inputs(), opt)
	require.NoError(t, err)
	return decode(t, output(res))
}

// output is what a build leaves behind; of an archive, when steps of the build
// make all of its parts and put them together.
func output(res *llb.Result) bkllb.State {
	a := res.Archive
	if a == nil {
		return res.State
	}
	joined := func(opt bool, parts ...*llb.Part) llb.Joined {
		parts = slices.DeleteFunc(parts, func(p *llb.Part) bool { return p == nil })
		return llb.Joined{Opt: opt, Parts: parts, End: []byte("end"), Facts: []byte("facts"), SumMark: "SUM"}
	}
	archives := []llb.Joined{joined(false, append(slices.Clone(a.Dependencies), a.Members, a.Files, a.PackedApp)...)}
	if a.Opt != nil {
		archives = append(archives, joined(true, a.Opt))
	}
	return a.Join(archives...)
}

// named finds the only vertex whose name contains text.
func (g graph) named(t testing.TB, text string) vertex {
	t.Helper()
	var found []vertex
	for _, v := range g.vertices {
		if strings.Contains(v.name, text) {
			found = append(found, v)
		}
	}
	require.Len(t, found, 1, "vertices named %q", text)
	return found[0]
}

// execs are the containers of a graph.
func (g graph) execs() []vertex {
	return slices.DeleteFunc(slices.Clone(g.vertices), func(v vertex) bool { return v.op.GetExec() == nil })
}

// mount finds a mount by its place in the container.
func (v vertex) mount(t testing.TB, dest string) *pb.Mount {
	t.Helper()
	mounts := v.op.GetExec().Mounts
	i := slices.IndexFunc(mounts, func(m *pb.Mount) bool { return m.Dest == dest })
	require.GreaterOrEqual(t, i, 0, "no mount at %s", dest)
	return mounts[i]
}

// has reports whether there is a mount at a place in the container.
func (v vertex) has(dest string) bool {
	return slices.ContainsFunc(v.op.GetExec().Mounts, func(m *pb.Mount) bool { return m.Dest == dest })
}

// args are the arguments of a container, with spaces between.
func (v vertex) args() string { return strings.Join(v.op.GetExec().Meta.Args, " ") }

// String is the graph for people, a vertex and what it is made of.
func (g graph) String() string {
	var b strings.Builder
	for i, v := range g.vertices {
		fmt.Fprintf(&b, "%d ", i)
		switch op := v.op.Op.(type) {
		case *pb.Op_Source:
			fmt.Fprintf(&b, "source %s", op.Source.Identifier)
			if p := v.op.Platform; p != nil && strings.HasPrefix(op.Source.Identifier, "docker-image:") {
				fmt.Fprintf(&b, " for %s/%s", p.OS, p.Architecture)
			}
			b.WriteByte('\n')
		case *pb.Op_Exec:
			v.writeExec(&b, op.Exec)
		case *pb.Op_File:
			v.writeFile(&b, op.File)
		case *pb.Op_Merge:
			fmt.Fprintf(&b, "merge %v %q lines %v\n", v.inputs, v.name, v.lines)
		case *pb.Op_Diff:
			fmt.Fprintf(&b, "diff %v %q lines %v\n", v.inputs, v.name, v.lines)
		default:
			fmt.Fprintf(&b, "result %v\n", v.inputs)
		}
	}
	return b.String()
}

func (v vertex) writeExec(b *strings.Builder, exec *pb.ExecOp) {
	fmt.Fprintf(b, "exec %q lines %v", v.name, v.lines)
	if v.meta.IgnoreCache {
		b.WriteString(" never cached")
	}
	if exec.Network == pb.NetMode_NONE {
		b.WriteString(" without network")
	}
	fmt.Fprintf(b, "\n    args %s\n", v.args())
	for _, kv := range exec.Meta.Env {
		fmt.Fprintf(b, "    env %s\n", kv)
	}
	for _, s := range exec.Secretenv {
		fmt.Fprintf(b, "    env %s from secret %s\n", s.Name, s.ID)
	}
	for _, m := range exec.Mounts {
		fmt.Fprintf(b, "    %s\n", v.mountText(m))
	}
}

// mountText is a mount for people: where, what of, and what becomes of it.
func (v vertex) mountText(m *pb.Mount) string {
	text := strings.ToLower(m.MountType.String()) + " " + m.Dest
	switch m.MountType {
	case pb.MountType_CACHE:
		return text + " id " + m.CacheOpt.ID + " " + strings.ToLower(m.CacheOpt.Sharing.String())
	case pb.MountType_SECRET:
		return text + " id " + m.SecretOpt.ID
	case pb.MountType_TMPFS:
		return text
	}
	if m.Input >= 0 {
		text += fmt.Sprintf(" from %d%s", v.inputs[m.Input], m.Selector)
	}
	if m.Readonly {
		text += " read-only"
	}
	if m.Output >= 0 {
		text += fmt.Sprintf(" to output %d", m.Output)
	}
	return text
}

func (v vertex) writeFile(b *strings.Builder, file *pb.FileOp) {
	fmt.Fprintf(b, "file %q lines %v\n", v.name, v.lines)
	for _, action := range file.Actions {
		switch a := action.Action.(type) {
		case *pb.FileAction_Mkfile:
			fmt.Fprintf(b, "    make %s mode %o time %d\n", a.Mkfile.Path, a.Mkfile.Mode, a.Mkfile.Timestamp/1e9)
			if !strings.HasSuffix(a.Mkfile.Path, ".py") {
				fmt.Fprintf(b, "        %q\n", a.Mkfile.Data)
			}
		case *pb.FileAction_Copy:
			fmt.Fprintf(b, "    copy %d%s to %s", v.inputs[action.SecondaryInput], a.Copy.Src, a.Copy.Dest)
			if a.Copy.ModeStr != "" {
				fmt.Fprintf(b, " mode %s", a.Copy.ModeStr)
			}
			if a.Copy.Timestamp >= 0 {
				fmt.Fprintf(b, " time %d", a.Copy.Timestamp/1e9)
			}
			if len(a.Copy.IncludePatterns) > 0 {
				fmt.Fprintf(b, " only %s", strings.Join(a.Copy.IncludePatterns, " "))
			}
			if len(a.Copy.ExcludePatterns) > 0 {
				fmt.Fprintf(b, " without %s", strings.Join(a.Copy.ExcludePatterns, " "))
			}
			b.WriteByte('\n')
		}
	}
}
