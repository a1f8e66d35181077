package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const code = `package p

const most = 1 << 3

func f(a, b int) int {
	switch {
	case a > b,
		a == 2:
		return a + b
	}
	return a - b
}
`

func TestPlace(t *testing.T) {
	t.Parallel()
	s, err := parseSource("p/f.go", []byte(code))
	require.NoError(t, err)
	for _, tt := range []struct {
		line, column int
		code         string
		uncounted    bool
	}{
		{3, 16, "const most = 1 << 3", true}, {7, 9, "case a > b,", true}, {8, 5, "a == 2:", true}, {9, 12, "return a + b", false}, {11, 11, "return a - b", false},
	} {
		m := s.place(mutant{Line: tt.line, Column: tt.column})
		assert.Equal(t, mutant{Line: tt.line, Column: tt.column, file: "p/f.go", code: tt.code, uncounted: tt.uncounted}, m)
	}
}

func TestMutated(t *testing.T) {
	t.Parallel()
	s, err := parseSource("p/f.go", []byte(code))
	require.NoError(t, err)
	for _, tt := range []struct {
		m          mutant
		from, into string
	}{
		{mutant{Kind: "CONDITIONALS_NEGATION", Line: 7, Column: 9}, "a > b", "a <= b"},
		{mutant{Kind: "CONDITIONALS_BOUNDARY", Line: 7, Column: 9}, "a > b", "a >= b"},
		{mutant{Kind: "CONDITIONALS_NEGATION", Line: 8, Column: 5}, "a == 2", "a != 2"},
		{mutant{Kind: "ARITHMETIC_BASE", Line: 9, Column: 12}, "a + b", "a - b"},
	} {
		text, err := s.mutated(tt.m)
		require.NoError(t, err)
		assert.Equal(t, strings.Replace(code, tt.from, tt.into, 1), text)
	}
	_, err = s.mutated(mutant{Kind: "CONDITIONALS_BOUNDARY", Line: 8, Column: 5})
	require.ErrorContains(t, err, "there is no operator of that kind")
}

func TestJudge(t *testing.T) {
	t.Parallel()
	lived := mutant{Kind: "K", Status: "LIVED", file: "f.go", code: "a < b"}
	killed, slow, uncovered := lived, lived, lived
	killed.Status, killed.code = "KILLED", "c"
	slow.Status, slow.code = "TIMED OUT", "d"
	uncovered.Status = notCovered
	list := []known{{File: "f.go", Kind: "K", Code: "a < b", Reason: "r"}}

	r, err := judge([]mutant{lived, killed, slow, uncovered}, nil)
	require.NoError(t, err)
	assert.Equal(t, result{killed: 2, slow: 1, uncovered: 1, survivors: []mutant{lived}}, r)
	assert.InDelta(t, 2.0/3, r.efficacy(), 1e-9)
	assert.InDelta(t, 3.0/4, r.coverage(), 1e-9)
	require.EqualError(t, r.goal(), "1 mutants survive that are not in the list: write a test that notices them, or list them with the reason why none can\n"+
		"66.7 % are killed of 97 %\n75.0 % are covered of 95 %")
	assert.Contains(t, r.String(), "\n  survives: f.go:0:0: K: a < b")

	r, err = judge([]mutant{lived, killed}, list)
	require.NoError(t, err)
	assert.Equal(t, result{killed: 1, equivalent: 1}, r)
	require.NoError(t, r.goal())

	listed := list[0]
	listed.Code = "c"
	_, err = judge([]mutant{lived, killed}, []known{listed})
	require.ErrorContains(t, err, "remove it from the list")
	_, err = judge([]mutant{uncovered}, nil)
	require.EqualError(t, err, "no mutant was tested")
}

// TestEquivalent reads the list, whose files and code have to be there.
func TestEquivalent(t *testing.T) {
	t.Parallel()
	list, err := readEquivalent("equivalent.toml")
	require.NoError(t, err)
	for _, k := range list {
		data, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(k.File)))
		require.NoError(t, err)
		assert.Contains(t, string(data), k.Code, k.File)
	}
	name := filepath.Join(t.TempDir(), "list.toml")
	require.NoError(t, os.WriteFile(name, []byte("[[mutant]]\nfile = 'f.go'\n"), 0o600))
	_, err = readEquivalent(name)
	require.ErrorContains(t, err, "each has a file, a kind, its code and a reason")
}
