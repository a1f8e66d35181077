package frontend

import (
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// fromAll tells the step that copies the whole context for a build.
func fromAll(op *pb.Op) bool {
	return slices.ContainsFunc(op.GetFile().GetActions(), func(a *pb.FileAction) bool {
		return a.GetCopy().GetSrc() == "/" && len(a.GetCopy().GetExcludePatterns()) > 0
	})
}

// TestSecondTry builds a member from the whole context when its own files did
// not do.
func TestSecondTry(t *testing.T) {
	t.Parallel()
	const missing = "FileNotFoundError: [Errno 2] No such file or directory: '/src/words.txt'"
	const said = "Traceback (most recent call last):\n" + missing + "\nerror: Failed to build `/src/library`\n  cause: The build backend returned an error\n\nhint: look"
	const failed = "library/pyproject.toml:7: building library failed (library 1 <- your dependencies, line 5 of pyproject.toml): "
	for _, target := range []string{"image", "zip", "dir", "test", "lock"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			s := packedGreeting(t, map[string]string{"target": target})
			members := failing(plan.KindMembers)
			s.report, s.fail = saying(said), func(ops []*pb.Op) error {
				if slices.ContainsFunc(ops, fromAll) {
					return nil
				}
				return members(ops)
			}
			_, err := buildForTest(t.Context(), s)
			require.NoError(t, err)
			told := strings.Join(s.warnings, "\n")
			if target == "lock" {
				assert.Empty(t, told)
				return
			}
			assert.Equal(t, "library does not build from its own files ("+missing+"), and was built from the whole context: any change in the context builds it again; "+
				"name the files that it reads in the table of its build backend, or move them into its folder", told)
		})
	}
	t.Run("in vain", func(t *testing.T) {
		t.Parallel()
		s := newStub(greeting(), nil)
		s.report, s.fail = saying(said), failing(plan.KindMembers)
		_, err := buildForTest(t.Context(), s)
		require.ErrorContains(t, err, failed)
		require.Equal(t, 1, strings.Count(err.Error(), missing), err)
		assert.Equal(t, []string{"library/pyproject.toml:7-7", "pyproject.toml:5-5"}, shown(err))
	})
	t.Run("for another reason", func(t *testing.T) {
		t.Parallel()
		s := newStub(greeting(), nil)
		s.report, s.fail = saying("error: strange"), failing(plan.KindMembers)
		_, err := buildForTest(t.Context(), s)
		require.ErrorContains(t, err, failed)
		for _, req := range s.solved {
			assert.False(t, slices.ContainsFunc(operations(req), fromAll), "it was tried again")
		}
	})
}

// TestHiddenModules names the pattern of .dockerignore that hides what a build
// did not find.
func TestHiddenModules(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"library/src": `.dockerignore:2: "library/src" hides library/src, where the modules of library may be: remove it, or add the line !library/src at the end`,
		"*.md":        "",
	} {
		files := changed(".dockerignore", "# sources\n"+pattern+"\n")
		s := newStub(files, nil)
		s.report, s.fail = `{"problem": "no-module", "message": "the wheel holds no module: correct it"}`, failing(plan.KindMembers)
		_, err := buildForTest(t.Context(), s)
		require.ErrorContains(t, err, "library/pyproject.toml:7: building library failed")
		require.ErrorContains(t, err, "the wheel holds no module: correct it")
		if want == "" {
			require.NotContains(t, err.Error(), "hides")
			continue
		}
		require.ErrorContains(t, err, want)
		for _, req := range s.solved {
			assert.False(t, slices.ContainsFunc(operations(req), fromAll), "it was tried again")
		}
	}
}
