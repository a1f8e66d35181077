package integration

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// mistake is the small project below with one thing wrong, and what a person
// is told of it.
type mistake struct {
	name string
	// files are put over the project's own.
	files map[string]string
	// links are symbolic links, by their name.
	links map[string]string
	// without are files of the project to leave out.
	without []string
	// context is the folder to build, below the project's.
	context string
	// flags are added to the build; FOLDER in one stands for the project's.
	flags []string
	// archive is set when the target is no image, which cannot be pushed.
	archive bool
	// noSyntaxLine leads to the frontend by a build argument: the build file
	// has no first line to do it.
	noSyntaxLine bool
	// want is the whole message, or the part before uv's own words. It starts
	// with FILE:LINE, and the shown lines have to be of that file, around that
	// line. REGISTRY in it stands for the test's registry, COMMAND for the door's
	// way to build, MEMBER for the door's remark on members of workspaces, and
	// PLATFORM for the builder's platform.
	want string
	// also are the further lines that are shown to explain it, as FILE:LINE, the
	// first of each file.
	also []string
	// wantSyntax is the message of docker buildx where it is another.
	wantSyntax string
	// never are texts that are printed nowhere.
	never []string
}

// uvlambda is a build file with these keys in its table. They are on the lines
// from 9 on, below the syntax line.
func uvlambda(keys string) map[string]string {
	return map[string]string{"pyproject.toml": projectTable + "[tool.uvlambda]\n" + keys + "\n"}
}

func checkMistakes(t *testing.T, mistakes []mistake) {
	t.Helper()
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			dir := m.write(t)
			second := env.SyntaxLine()
			if m.noSyntaxLine {
				second = env.Syntax()
			}
			for _, door := range []testenv.Door{env.CLI(), second} {
				t.Run(door.Name, func(t *testing.T) {
					t.Parallel()
					m.check(t, door, dir)
				})
			}
		})
	}
}

// withSyntaxLines leads from each build file to the frontend image.
func withSyntaxLines(files map[string]string) map[string]string {
	all := map[string]string{"pyproject.toml": projectTable + handlerTable}
	maps.Copy(all, files)
	for file, content := range all {
		if strings.HasSuffix(file, ".toml") {
			all[file] = "# syntax=" + env.Frontend + "\n" + content
		}
	}
	return all
}

// write makes the project.
func (m mistake) write(t *testing.T) string {
	t.Helper()
	files := m.files
	if !m.noSyntaxLine {
		files = withSyntaxLines(files)
	}
	dir := newFunction(t, files)
	for _, file := range m.without {
		require.NoError(t, os.Remove(filepath.Join(dir, file)))
	}
	for _, link := range slices.Sorted(maps.Keys(m.links)) {
		require.NoError(t, os.Symlink(m.links[link], filepath.Join(dir, link)))
	}
	return dir
}

// check builds through one door. A build that fails leaves nothing behind, and
// says why once.
func (m mistake) check(t *testing.T, door testenv.Door, dir string) {
	out := filepath.Join(t.TempDir(), "out")
	image := newReference(t)
	flags := []string{"-o", "type=local,dest=" + out}
	if !m.archive {
		flags = append(flags, "-o", "type=image,push=true,name="+image)
	}
	for _, flag := range m.flags {
		flags = append(flags, strings.NewReplacer("FOLDER", dir, "REGISTRY", env.Registry).Replace(flag))
	}
	result := door.Build(t, filepath.Join(dir, m.context), flags...)

	var exit *exec.ExitError
	require.ErrorAs(t, result.Err, &exit, "the build succeeded")
	assert.Equal(t, 1, exit.ExitCode())
	entries, err := os.ReadDir(out)
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(t, err)
	}
	assert.Empty(t, entries, "the output folder")
	ref, err := name.ParseReference(image, name.Insecure)
	require.NoError(t, err)
	_, err = remote.Head(ref)
	require.ErrorContains(t, err, "404", "the image was pushed")

	syntax := ""
	if m.noSyntaxLine {
		syntax = " --build-arg BUILDKIT_SYNTAX=" + env.Frontend
	}
	command, folder := "docker buildx build -f pyproject.toml"+syntax, "."
	member := "; for a member of a workspace run `docker buildx build" + syntax + " -f PATH-OF-THE-MEMBER/pyproject.toml .` in the workspace's root instead"
	if door.Name == "cli" {
		// The command knows how it was called, and finds the workspace.
		command, folder, member = "uvlambda build", filepath.Join(dir, m.context), ""
	}
	want := m.want
	if door.Name != "cli" && m.wantSyntax != "" {
		want = m.wantSyntax
	}
	want = strings.NewReplacer("REGISTRY", env.Registry, "COMMAND", command, "MEMBER", member, "-o . .`", "-o "+folder+" "+folder+"`", "PLATFORM", testenv.BuildPlatform()).Replace(want)
	checkReport(t, door, result.Stderr, want, m.also)
	for _, text := range m.never {
		assert.NotContains(t, result.Stderr, text)
	}
}

// location is what messages start with.
var location = regexp.MustCompile(`^([^ :]+):(\d+): `)

// checkReport looks at what a failed build printed: an excerpt of the lines that
// the message is about, those that explain it, and then the message.
func checkReport(t *testing.T, door testenv.Door, stderr, want string, also []string) {
	t.Helper()
	before, text, found := strings.Cut(stderr, "ERROR: ")
	require.True(t, found, stderr)
	assert.NotContains(t, text, "ERROR: ", "a second error")
	if door.Name != "cli" {
		text = strings.TrimPrefix(strings.TrimPrefix(text, "failed to build: "), "failed to solve: ")
	}
	assert.True(t, strings.HasPrefix(text, want), "want: %s\ngot:  %s", want, text)
	if rest := strings.TrimPrefix(text, want); !strings.HasPrefix(rest, "\n  | ") {
		assert.Equal(t, "\n", rest, "more than the message was printed")
	}
	excerpts := strings.Count(before, "--------------------\n") / 2
	at := location.FindStringSubmatch(want)
	if at == nil {
		assert.Zero(t, excerpts, "lines are shown: %s", before)
		return
	}
	shown := append([]string{at[1] + ":" + at[2]}, also...)
	assert.Equal(t, len(shown), excerpts, "excerpts: %s", before)
	for _, lines := range shown {
		_, line, _ := strings.Cut(lines, ":")
		_, excerpt, found := strings.Cut(before, lines+"\n--------------------\n")
		if assert.True(t, found, "%s is not shown: %s", lines, before) {
			excerpt, _, _ = strings.Cut(excerpt, "--------------------\n")
			assert.Contains(t, excerpt, fmt.Sprintf(" %3s | >>> ", line))
		}
	}
}
