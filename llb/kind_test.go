package llb_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// TestKindOf asks what each container of the golden plans is, and holds that
// against its name.
func TestKindOf(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(plans)
	require.NoError(t, err)
	seen := map[plan.StepKind]bool{}
	for _, file := range files {
		for _, explain := range []bool{false, true} {
			opt := options(t)
			opt.Explain = explain
			p := readPlan(t, file)
			res, err := llb.Convert(p, inputs(), opt)
			require.NoError(t, err)
			graphs := []graph{decode(t, output(res))}
			if res.Check != nil {
				graphs = append(graphs, decode(t, *res.Check))
			}
			for _, g := range graphs {
				for _, v := range g.vertices {
					if exec := v.op.GetExec(); exec != nil {
						kind := llb.KindOf(exec)
						seen[kind] = true
						assert.Equal(t, kindOfName(v.name), kind, v.name)
						st := llb.StepOf(p, exec)
						require.NotNil(t, st, v.name)
						switch work := st.Work.(type) {
						case *plan.Member:
							assert.Contains(t, v.name, work.Name)
						case *plan.Package:
							assert.Contains(t, v.name, work.Title())
						case *plan.Git:
							assert.Contains(t, v.name, work.Title())
						case *plan.Archive:
							assert.True(t, strings.Contains(v.name, "] write ") || strings.Contains(v.name, "] compress the application for "), v.name)
						case *plan.Compress:
							files := strings.Contains(v.name, "compress the files for "+work.Root+" for ")
							assert.Equal(t, st.Makes == plan.PartFiles, files, v.name)
						}
					}
				}
			}
		}
	}
	for _, kind := range plan.StepKinds() {
		// The application and files of images are copied, which takes no container, and
		// the containers of the base are BuildKit's own.
		copied := kind == plan.KindApp || kind == plan.KindFiles
		assert.Equal(t, !copied && kind != plan.KindBase, seen[kind], kind)
	}
	assert.Empty(t, llb.KindOf(nil))
}

// packageName is the name of a vertex that installs one package: it has the
// package's version, and may have its size.
var packageName = regexp.MustCompile(`(install|compress) [a-z][^ ]* [0-9][^ ]*( \(\d+ MB\))? for `)

// kindOfName is the kind of the step that a vertex is named after.
func kindOfName(name string) plan.StepKind {
	if packageName.MatchString(name) {
		return plan.KindPackage
	}
	if strings.Contains(name, " from git for ") {
		return plan.KindGit
	}
	for words, kind := range map[string]plan.StepKind{
		"export the locked": plan.KindExport,
		"packages for":      plan.KindDependencies,
		"package for":       plan.KindDependencies,
		"build and install": plan.KindMembers,
		"check that":        plan.KindLockCheck,
		"resolve":           plan.KindLock,
		"] compress":        plan.KindCompress,
		"] write":           plan.KindArchive,
		"send the":          plan.KindTest,
		"start the":         plan.KindTest,
	} {
		if strings.Contains(name, words) {
			return kind
		}
	}
	return plan.StepKind("no kind of " + name)
}

// TestKindOfOtherCommands: a container that is no step of ours is none, however short
// its command is.
func TestKindOfOtherCommands(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"/uv"}, {"/uv", "lock"}, {"/uv", "pip", "install"}, {"python3", "-I"}, {"python3", "-I", "-S", llb.DriverPath}} {
		// No room behind the arguments, so that a look there fails.
		exec := &pb.ExecOp{Meta: &pb.Meta{Args: slices.Clip(args)}}
		assert.Empty(t, llb.KindOf(exec), args)
		assert.Nil(t, llb.StepOf(everyStep(), exec), args)
	}
	assert.Equal(t, plan.KindExport, llb.KindOf(&pb.ExecOp{Meta: &pb.Meta{Args: []string{"/uv", "export"}}}))
}

// A repository is told from other sources, so that a failed fetch names its package.
func TestStepOfSource(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "../frontend/planner/testdata/git.json")
	found := map[string]string{}
	for _, v := range convertState(t, p, options(t)).vertices {
		source := v.op.GetSource()
		if source == nil {
			continue
		}
		if st := llb.StepOfSource(p, source); st != nil {
			found[source.Identifier] = st.Work.(*plan.Git).Name
			assert.Contains(t, v.name, "fetch "+st.Work.(*plan.Git).Name+" from ")
		} else {
			assert.NotContains(t, source.Identifier, "git://")
		}
	}
	assert.Equal(t, map[string]string{
		"git://git.example.com/team/helper.git#00112233445566778899aabbccddeeff00112233": "helper",
		"git://github.com/example/library#0123456789abcdef0123456789abcdef01234567":      "library",
	}, found)
	assert.Nil(t, llb.StepOfSource(everyStep(), &pb.SourceOp{Identifier: "git://github.com/example/library#0123456789abcdef0123456789abcdef01234567"}))
}
