package planner_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// A package whose version git tells is built with a file that says what git says, and
// so are the checks that build it. Git is asked only for packages that need it.
func TestVersionsFromGit(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(scmWorkspace()), client{})
	require.NoError(t, err)
	_, err = planned(in)
	var unknown *planner.Unknown
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, []string{"numbers", "words"}, slices.Sorted(maps.Keys(unknown.Versions)))
	require.EqualError(t, err, "what git says of versions is not known")

	commit := &project.Commit{Hash: "0123456789abcdef0123456789abcdef01234567", Short: "0123456", Time: time.Unix(1700000000, 0).UTC(), Tag: "v1.2.0", Distance: 3}
	in.Described = map[string]planner.Described{"words": {Commit: commit}, "numbers": {Problem: "the clone is shallow: fetch more"}}
	p, err := planned(in)
	require.NoError(t, err)
	members := map[string]*plan.Member{}
	for _, m := range plan.Each[plan.Member](p) {
		members[m.Name] = m
	}
	text := plan.File{Path: "words/.git_archival.txt", Content: "node: 0123456789abcdef0123456789abcdef01234567\ndescribe-name: v1.2.0-3-g012345678\n"}
	assert.Equal(t, []plan.File{text}, members["big-words"].Written)
	assert.Empty(t, members["numbers"].Written)
	assert.Equal(t, "the clone is shallow: fetch more", members["numbers"].Unversioned)
	assert.Empty(t, members["fixed"].Written)
	// The dependencies of numbers are dynamic, so the check of the lock builds it.
	in.Described["numbers"] = planner.Described{Commit: commit}
	p, err = planned(in)
	require.NoError(t, err)
	text.Path = "numbers/.git_archival.txt"
	assert.Equal(t, []plan.File{text}, plan.First[plan.LockCheck](p).Written)

	// A version that the client gives counts instead, and asks git for nothing.
	in.Described, in.BuildArgs = nil, map[string]string{"SETUPTOOLS_SCM_PRETEND_VERSION": "1.5"}
	p, err = planned(in)
	require.NoError(t, err)
	assert.Empty(t, plan.All[plan.Member](p)[0].Written)
}

// A context without a repository is told from one whose repository is hidden.
func TestWhyGitTellsNothing(t *testing.T) {
	t.Parallel()
	for ignored, want := range map[string]string{
		"":     "the build context has no .git",
		".git": ".dockerignore hides .git: take it out there",
	} {
		in, err := newInput(contextOf(scmWorkspace()), client{})
		require.NoError(t, err)
		if ignored != "" {
			in.Workspace.Ignored = planner.IgnoreFile{Name: ".dockerignore", Patterns: []string{ignored}}
		}
		in.Described = map[string]planner.Described{"words": {}, "numbers": {}}
		p, err := planned(in)
		require.NoError(t, err)
		assert.Equal(t, want, plan.All[plan.Member](p)[0].Unversioned)
	}
}

// What a build backend reads has the form that it reads, and no more of the commit than
// its versions show: the package would be built again for each commit otherwise.
func TestWhatGitSaysOfACommit(t *testing.T) {
	t.Parallel()
	commit := &project.Commit{Hash: "0123456789abcdef0123456789abcdef01234567", Short: "01234567", Time: time.Unix(1700000000, 0).UTC(), Tag: "v1.2.0", Distance: 3}
	for name, tt := range map[string]struct{ requires, table, file, want string }{
		"setuptools-scm": {"setuptools-scm", "", ".git_archival.txt", "node: 0123456789abcdef0123456789abcdef01234567\ndescribe-name: v1.2.0-3-g012345678\n"},
		"as many digits as git": {
			"setuptools-scm", "[tool.setuptools_scm]\ngit_describe_command = 'git describe --long --match v*'\n", ".git_archival.txt",
			"node: 0123456789abcdef0123456789abcdef01234567\ndescribe-name: v1.2.0-3-g01234567\n",
		},
		"the tag's version": {
			"setuptools-scm", "[tool.setuptools_scm]\nversion_scheme = 'only-version'\nlocal_scheme = 'no-local-version'\n", ".git_archival.txt",
			"node: 0000000000000000000000000000000000000000\ndescribe-name: v1.2.0\n",
		},
		"dunamai": {
			"uv-dynamic-versioning", "", ".git_archival.json",
			`{"describe":"v1.2.0-3-g01234567","hash-full":"0123456789abcdef0123456789abcdef01234567","hash-short":"01234567","timestamp":"2023-11-14T22:13:20Z"}` + "\n",
		},
		"another": {"versioneer", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contents := change(map[string]string{
				"uv.lock":                locked("library", "source = { directory = 'library' }"),
				"library/pyproject.toml": "[project]\nname = 'library'\ndynamic = ['version']\n[build-system]\nrequires = ['" + tt.requires + "']\nbuild-backend = 'x'\n" + tt.table,
			})
			in, err := newInput(contextOf(contents), client{})
			require.NoError(t, err)
			in.Described = map[string]planner.Described{"library": {Commit: commit}}
			m := plan.First[plan.Member](decideAll(t, in).Plan)
			var want []plan.File
			if tt.want != "" {
				want = []plan.File{{Path: "library/" + tt.file, Content: tt.want}}
			}
			assert.Equal(t, want, m.Written)
			assert.Empty(t, m.Unversioned)

			in.Described, in.Undescribed = nil, true
			m = plan.First[plan.Member](decideAll(t, in).Plan)
			assert.Empty(t, m.Written, "nobody can ask git")
			assert.Empty(t, m.Unversioned)
		})
	}
}

// A version that is given is one for the package that it names, however it writes the
// name, or for all; git is asked for the versions of the others.
func TestVersionsThatAreGiven(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string][]string{
		"SETUPTOOLS_SCM_PRETEND_VERSION":               nil,
		"PBR_VERSION":                                  nil,
		"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_BIG_WORDS": {"numbers"},
		"PDM_BUILD_SCM_VERSION_FOR_BIG.WORDS":          {"numbers"},
		"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_NUMBERS":   {"words"},
		"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_":          {"numbers", "words"},
		"UV_INDEX":                                     {"numbers", "words"},
	} {
		in, err := newInput(contextOf(scmWorkspace()), client{})
		require.NoError(t, err)
		in.BuildArgs = map[string]string{arg: "https://packages.example.com"}
		_, err = planned(in)
		if want == nil {
			require.NoError(t, err, arg)
			continue
		}
		var unknown *planner.Unknown
		require.ErrorAs(t, err, &unknown, arg)
		assert.Equal(t, want, slices.Sorted(maps.Keys(unknown.Versions)), arg)
	}
}

// Where several packages are built at once, a version that is given for one of them
// leaves git to tell the others'.
func TestVersionOfOneOfSeveral(t *testing.T) {
	t.Parallel()
	contents := scmWorkspace()
	contents["words/pyproject.toml"] = strings.Replace(contents["words/pyproject.toml"], "dynamic = ['version']", "dynamic = ['version', 'dependencies']", 1)
	described := planner.Described{Commit: &project.Commit{Hash: strings.Repeat("0", 40), Short: "0000000", Tag: "v1"}}
	for arg, want := range map[string][]string{
		"": {"words/.git_archival.txt", "numbers/.git_archival.txt"},
		"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_BIG_WORDS": {"numbers/.git_archival.txt"},
		"SETUPTOOLS_SCM_PRETEND_VERSION":               nil,
	} {
		in, err := newInput(contextOf(contents), client{})
		require.NoError(t, err)
		in.BuildArgs, in.Described = map[string]string{arg: "1.0"}, map[string]planner.Described{"words": described, "numbers": described}
		var written []string
		for _, file := range plan.First[plan.LockCheck](decideAll(t, in).Plan).Written {
			written = append(written, file.Path)
		}
		assert.Equal(t, want, written, arg)
	}
}
