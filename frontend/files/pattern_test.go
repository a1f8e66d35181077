package files_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fscopy "github.com/tonistiigi/fsutil/copy"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// words are pieces of names and of patterns. Few of them make many matches.
var words = []string{"a", "a", "b", "ab", "a.b", "drafts", "x[1]", "!a", "-b", "é", " a", "^a", `a\b`, "a*", "q?", "da"}

// randomPath is a path of one to three names.
func randomPath(r *rand.Rand) string {
	names := make([]string, 1+r.IntN(3))
	for i := range names {
		names[i] = words[r.IntN(len(words))]
	}
	return path.Join(names...)
}

// randomPattern is a path in which pieces became wildcards, anywhere in it.
func randomPattern(r *rand.Rand, name string) string {
	pieces := []string{"*", "*", "**", "**", "**/", "/", "?", "[a-d]", "[^a]", "[!b]", `\*`, `\[`, `[.a]`, "^", "."}
	pattern := name
	if r.IntN(3) > 0 && strings.ContainsAny(name, `*?[\`) {
		pattern = files.Exactly(name)
	}
	for range r.IntN(4) {
		letters := []rune(pattern)
		from := r.IntN(len(letters) + 1)
		to := min(len(letters), from+r.IntN(4))
		pattern = string(letters[:from]) + pieces[r.IntN(len(pieces))] + string(letters[to:])
	}
	return pattern
}

// randomPatterns are patterns made of the names of files in a folder, none of
// them wrong, and none of them about the folder itself.
func randomPatterns(r *rand.Rand, folder string, names []string) []string {
	var patterns []string
	for range 1 + r.IntN(4) {
		text := randomPattern(r, path.Join(folder, names[r.IntN(len(names))]))
		if _, err := files.ParsePattern(text); err != nil {
			continue
		}
		// As ignorefile.ReadAll gives it.
		text = strings.TrimPrefix(path.Clean(strings.TrimSpace(text)), "/")
		if text == "" || strings.HasPrefix(text, "!") || strings.HasPrefix(text, "/") || strings.TrimSpace(text) != text {
			continue
		}
		if about, err := patternmatcher.MatchesOrParentMatches(folder, []string{text}); about || err != nil {
			continue
		}
		if r.IntN(3) == 0 {
			text = "!" + text
		}
		patterns = append(patterns, text)
	}
	return patterns
}

// below translates patterns to a folder.
func below(t *testing.T, patterns []string, folder string) []string {
	t.Helper()
	parsed, err := files.ParsePatterns(patterns)
	require.NoError(t, err)
	return files.Below(parsed, folder)
}

// TestBelowDecidesAsTheMatcherDoes compares the decisions of patterns with the
// decisions of their translations, for the same paths below a folder.
func TestBelowDecidesAsTheMatcherDoes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	decisions, excluded := 0, 0
	for range 1500 {
		folder := randomPath(r)
		names := make([]string, 12)
		for i := range names {
			names[i] = randomPath(r)
		}
		patterns := randomPatterns(r, folder, names)
		below := below(t, patterns, folder)
		whole, err := patternmatcher.New(patterns)
		require.NoError(t, err)
		part, err := patternmatcher.New(below)
		require.NoError(t, err)
		for _, rel := range names {
			want, err := whole.MatchesOrParentMatches(folder + "/" + rel)
			require.NoError(t, err)
			got, err := part.MatchesOrParentMatches(rel)
			require.NoError(t, err)
			require.Equal(t, want, got, "%q in %q by %q, below it by %q", rel, folder, patterns, below)
			decisions++
			if want {
				excluded++
			}
		}
	}
	t.Logf("%d decisions, %d of them exclude", decisions, excluded)
	require.Greater(t, excluded, decisions/20)
	require.Less(t, excluded, decisions*19/20)
}

// TestCopyDecidesAsTheMatcherDoes compares the files that BuildKit's copy leaves
// out of a folder with the decisions of the matcher.
func TestCopyDecidesAsTheMatcherDoes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 8 {
		folder := randomPath(r)
		context := t.TempDir()
		var names []string
		for range 25 {
			name := randomPath(r)
			at := filepath.Join(context, filepath.FromSlash(path.Join(folder, name)))
			// A file and a folder of the same name exclude one another.
			if os.MkdirAll(filepath.Dir(at), 0o755) == nil && os.WriteFile(at, nil, 0o644) == nil {
				names = append(names, name)
			}
		}
		for range 25 {
			patterns := randomPatterns(r, folder, names)
			below := below(t, patterns, folder)
			whole, err := patternmatcher.New(patterns)
			require.NoError(t, err)
			var want []string
			for _, name := range names {
				out, err := whole.MatchesOrParentMatches(path.Join(folder, name))
				require.NoError(t, err)
				if !out {
					want = append(want, name)
				}
			}
			slices.Sort(want)
			require.Equal(t, slices.Compact(want), copied(t, context, folder, below), "%q by %q, below it by %q", folder, patterns, below)
		}
	}
}

// copied gives the files that BuildKit's copy makes of a folder.
func copied(t *testing.T, context, folder string, exclude []string) []string {
	t.Helper()
	to := t.TempDir()
	require.NoError(t, fscopy.Copy(t.Context(), context, folder, to, "/", fscopy.WithCopyInfo(fscopy.CopyInfo{CopyDirContents: true, ExcludePatterns: exclude})))
	var names []string
	require.NoError(t, fs.WalkDir(os.DirFS(to), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	}))
	slices.Sort(names)
	return names
}

func TestBelow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, dir string
		want         []string
	}{
		{"app/drafts", "app", []string{"drafts"}},
		{"/app/drafts/", "app", []string{"drafts"}},
		{"./app/drafts", "app", []string{"drafts"}},
		{"! app/drafts", "app", []string{"!drafts", "!drafts/**"}},
		{"**/*.md", "app", []string{"**/*.md"}},
		{"**/app/drafts", "app", []string{"**/app/drafts", "drafts"}},
		{"**/templates/drafts", "site/templates", []string{"**/templates/drafts", "drafts"}},
		{"**.txt", "app", []string{"**/*.txt"}},
		{"da**", "data", []string{"**"}},
		{"a*/b?/[cd]", "ab", []string{"b?/[cd]"}},
		{"other/x", "app", nil},
		{"!**", ".", []string{"!**"}},

		// A path that somebody names is copied.
		{"app", "app", nil},
		{"ap*", "app", nil},
		{"site", "site/app", nil},
		{"**/app", "app", []string{"**/app"}},

		// The rest of a pattern must not become a pattern of another form.
		{"app/!keep", "app", []string{"[!]keep"}},
		{"app/ x", "app", []string{"[ ]x"}},
		{`a/\*`, "a", []string{`[\*]`}},
		{`**/x`, "..", []string{"**/x"}},
		{`x`, "../lib", nil},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, below(t, []string{tt.pattern}, tt.dir), "%s below %s", tt.pattern, tt.dir)
	}
}

func TestParsePatternErrors(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"":        "it is empty: write a pattern",
		"!":       "it is empty: write a pattern",
		"a/[b":    "close its bracket",
		`docs\x`:  `it has \ before x: separate folders with /, and write \ only before a character that would match others`,
		"a[*]":    `it has * in brackets: write \*`,
		"a[?]":    `it has ? in brackets: write \?`,
		`[\d]`:    `it has \d in brackets: remove the \`,
		"[z-a]":   "correct [z-a]",
		"a[[:x]b": "it has [ in brackets: write \\[",
	} {
		_, err := files.ParsePattern(pattern)
		assert.EqualError(t, err, want, pattern)
	}
}

// TestExactly matches every name by its own pattern and by no other's.
func TestExactly(t *testing.T) {
	t.Parallel()
	names := append(slices.Clone(words), "templates/[id].html", "#hash", "a b ", "\u00a0x", "star-*.txt", "weiß/日本.txt", "a]", "[", "!", "-", "(x)+{1}|$", "~")
	for _, name := range names {
		for _, other := range names {
			got, err := files.Matches([]string{files.Exactly(name)}, other)
			require.NoError(t, err, name)
			assert.Equal(t, name == other, got, "%q by the pattern %q", other, files.Exactly(name))
			matched, err := path.Match(files.Exactly(name), other)
			require.NoError(t, err, name)
			assert.Equal(t, name == other, matched, "%q by the pattern %q in path.Match", other, files.Exactly(name))
		}
	}
}

// TestExactlyOfWrongBytes matches a name that no text can hold.
func TestExactlyOfWrongBytes(t *testing.T) {
	t.Parallel()
	pattern := files.Exactly("#caf\xe9 [\xff].txt")
	assert.Equal(t, `[#]caf? [\[]?[\]].txt`, pattern)
	got, err := files.Matches([]string{pattern}, "#caf\xe9 [\xff].txt")
	require.NoError(t, err)
	assert.True(t, got)
}

func TestUnder(t *testing.T) {
	t.Parallel()
	for i, tt := range []struct{ dir, pattern, want string }{
		{".", "events/*.json", "events/*.json"},
		{"fn", "events/*.json", "fn/events/*.json"},
		{"fn [1]", "**.json", `fn [\[]1[\]]/**/*.json`},
	} {
		got, err := files.Under(tt.dir, tt.pattern)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got, fmt.Sprint(i))
	}
}
