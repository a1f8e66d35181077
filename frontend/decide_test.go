package frontend

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
)

// patched is greeting with a package that later patch releases want.
func patched() map[string]string {
	return changed("uv.lock", strings.Replace(greeting()["uv.lock"], `{ name = "library" }`, `{ name = "library", marker = "python_full_version >= '3.13.1'" }`, 1))
}

// answers has the base say which Python it has.
func (s *stub) answers(version string) *stub {
	s.leaves("ask the base image which Python it has", llb.InterpreterFile, version)
	return s
}

// asks are the steps that ask a base for its Python.
func (s *stub) asks() []*pb.ExecOp {
	return slices.DeleteFunc(s.execs(), func(exec *pb.ExecOp) bool {
		return !strings.Contains(strings.Join(exec.Meta.Args, " "), "platform.python_version()")
	})
}

// installs tells whether a build installs the library.
func (s *stub) installs() bool {
	return slices.ContainsFunc(s.execs(), func(exec *pb.ExecOp) bool { return slices.Contains(exec.Meta.Args, "/src/library") })
}

// The base is asked when something depends on the answer, once for all
// platforms and outputs, and by the platform that builds.
func TestDecideAsksTheBase(t *testing.T) {
	t.Parallel()
	for version, installs := range map[string]bool{"3.13.0": false, "3.13.5\n": true} {
		s := newStub(patched(), map[string]string{"platform": "linux/amd64,linux/arm64"}).answers(version)
		_, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		require.Len(t, s.asks(), 1)
		ask := s.asks()[0]
		assert.Equal(t, []string{"/var/lang/bin/python3.13", "-I", "-S", "-c"}, ask.Meta.Args[:4])
		assert.Equal(t, pb.NetMode_NONE, ask.Network)
		assert.Equal(t, installs, s.installs())
		assert.Len(t, s.resolved, 3, "the base of two platforms, and uv")
	}
	s := newStub(greeting(), nil)
	_, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	assert.Empty(t, s.asks())
	assert.True(t, s.installs())
}

// The test beside a build is planned for the same Python.
func TestDecideForTheTest(t *testing.T) {
	t.Parallel()
	files := patched()
	files["pyproject.toml"] += "\n[tool.uvlambda.test]\nevents = []\n"
	s := newStub(files, nil).answers("3.13.0")
	_, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	assert.Len(t, s.asks(), 1)
	assert.False(t, s.installs())
}

// An answer that runs nothing asks nothing, and goes by the newest release.
func TestNothingIsAskedWithoutABuild(t *testing.T) {
	t.Parallel()
	for _, request := range []string{"frontend.outline", "frontend.lint"} {
		s := newStub(patched(), map[string]string{"requestid": request})
		_, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		assert.Empty(t, s.execs(), request)
		assert.Empty(t, s.resolved, request)
	}
}

// A base without that Python is the reason, at the line that names it.
func TestDecideOnABaseWithoutPython(t *testing.T) {
	t.Parallel()
	s := newStub(patched(), nil)
	_, err := buildForTest(t.Context(), s)
	require.ErrorContains(t, err, "pyproject.toml:7: /var/lang/bin/python3.13 of the base public.ecr.aws/lambda/python:3.13 could not be run (")
	checkSource(t, err, "pyproject.toml", 7)

	files := patched()
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], "[tool.uvlambda]", "[tool.uvlambda]\nbase = \"python:3.13\"", 1)
	s = newStub(files, nil)
	delete(s.left, lookAtBase)
	_, err = buildForTest(t.Context(), s)
	require.ErrorContains(t, err, "pyproject.toml:8: the base python:3.13 has no python3 on its PATH: name a `base` that has Python")
	checkSource(t, err, "pyproject.toml", 8)

	s = newStub(files, nil)
	s.resolve = func(string) error { return errors.New("not found") }
	_, err = buildForTest(t.Context(), s)
	require.ErrorContains(t, err, "pyproject.toml:8: image python:3.13 was not found")
}

// A plan without a builder says which Python it is for.
func TestPlanAssumes(t *testing.T) {
	t.Parallel()
	dir := write(t, patched())
	plans, err := Plan(t.Context(), dir, PlanOptions{Today: testDay})
	require.NoError(t, err)
	assert.Equal(t, "3.13.1", plans[0].Python.FullVersion)
	assert.True(t, plans[0].Python.Assumed)
	require.NotEmpty(t, plans[0].Warnings)
	assert.Contains(t, plans[0].Warnings[0].Message, "which this plan takes to be 3.13.1: a build asks public.ecr.aws/lambda/python:3.13 for it")
}
