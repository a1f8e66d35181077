package differential

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/history"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// TestDescribe compares what is said of commits with git: histories with merges, with
// several tags on a commit, some of other names, annotated and not, and commits of
// one second. Half of the repositories are packed.
func TestDescribe(t *testing.T) {
	t.Parallel()
	_, err := exec.LookPath("git")
	require.NoError(t, err, "git is compared with")
	described := 0
	for seed := range uint64(40) {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(seed))
		randomHistory(t, dir, rand.New(rand.NewPCG(seed, 1)))
		if seed%2 == 1 {
			git(t, dir, nil, "gc", "--quiet")
		}
		repository, err := history.Open(os.DirFS(filepath.Join(dir, ".git")), nil)
		require.NoError(t, err)
		defer repository.Close()
		for _, tags := range []project.Tags{{Match: []string{"*[0-9]*"}}, {Match: []string{"a-*"}}, {Exclude: []string{"a-*"}}, {Annotated: true}} {
			want := describeByGit(dir, tags)
			commit, err := repository.Describe(tags)
			if want == "" {
				require.ErrorIs(t, err, history.ErrNoTag, "%d %v", seed, tags)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, want, fmt.Sprintf("%s-%d-g%s", commit.Tag, commit.Distance, commit.Hash), "%d %v", seed, tags)
			require.Equal(t, short(t, dir), commit.Short, "%d", seed)
			described++
		}
	}
	require.Greater(t, described, 100)
}

// short is the commit that is checked out as git abbreviates it.
func short(t *testing.T, dir string) string {
	out, err := exec.Command("git", "-C", dir, "rev-parse", "--short", "HEAD").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// describeByGit is what git says of the commit that is checked out.
func describeByGit(dir string, tags project.Tags) string {
	args := []string{"-C", dir, "describe", "--long", "--abbrev=40"}
	if !tags.Annotated {
		args = append(args, "--tags")
	}
	for _, pattern := range tags.Match {
		args = append(args, "--match", pattern)
	}
	for _, pattern := range tags.Exclude {
		args = append(args, "--exclude", pattern)
	}
	out, err := exec.Command("git", args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// randomHistory makes a repository of up to forty commits.
func randomHistory(t *testing.T, dir string, random *rand.Rand) {
	require.NoError(t, os.Mkdir(dir, 0o755))
	git(t, dir, nil, "init", "--quiet", "--initial-branch=main")
	var b bytes.Buffer
	commits, seconds := 1+random.IntN(40), 1700000000
	for i := 1; i <= commits; i++ {
		seconds += random.IntN(3)
		fmt.Fprintf(&b, "commit refs/heads/main\nmark :%d\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", i, seconds)
		if i > 1 {
			fmt.Fprintf(&b, "from :%d\n", max(1, i-1-random.IntN(3)))
		}
		if i > 3 && random.IntN(3) == 0 {
			fmt.Fprintf(&b, "merge :%d\n", 1+random.IntN(i-2))
		}
		fmt.Fprintf(&b, "M 100644 inline file\ndata %d\n%d\n\n", len(fmt.Sprint(i)), i)
	}
	for i := range random.IntN(9) {
		name := []string{"v1.%d", "a-%d", "release/2.%d", "other%.0d"}[random.IntN(4)]
		name = fmt.Sprintf(name, i)
		if at := 1 + random.IntN(commits); random.IntN(2) == 0 {
			fmt.Fprintf(&b, "reset refs/tags/%s\nfrom :%d\n\n", name, at)
		} else {
			fmt.Fprintf(&b, "tag %s\nfrom :%d\ntagger A <a@example.com> %d +0000\ndata 1\nx\n", name, at, seconds+i)
		}
	}
	git(t, dir, &b, "fast-import", "--quiet", "--force")
	git(t, dir, nil, "symbolic-ref", "HEAD", "refs/heads/main")
}

// git runs git in a folder.
func git(t *testing.T, dir string, stdin *bytes.Buffer, args ...string) {
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	if stdin != nil {
		cmd.Stdin = stdin
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}
