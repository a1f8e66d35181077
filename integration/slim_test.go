package integration

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/standin"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

// TestSlim leaves files of numpy and boto3 out, as the table says. The build reports
// the saving, and the function still answers.
func TestSlim(t *testing.T) {
	t.Parallel()
	dir := env.UnlockedExample(t, "native")
	file := filepath.Join(dir, "pyproject.toml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	whole := strings.Replace(string(text), `["numpy"]`, `["boto3", "numpy"]`, 1)
	require.NotEqual(t, string(text), whole)
	slim := whole + "\n[tool.uvlambda.slim]\ntests = true\nstubs = true\ndist-info = true\nboto3 = true\nstrip = true\n"
	require.NoError(t, os.WriteFile(file, []byte(slim), 0o644))
	env.CLI().MustBuild(t, dir, "--target", "lock", "-o", dir)

	out := t.TempDir()
	result := env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "--target", "zip", "-o", out)
	require.Contains(t, result.Trace.Log(), "slim: strip: the builder's image has no strip, so nothing is stripped")
	requireArchive(t, onlyArchive(t, out))
	for name := range unzip(t, onlyArchive(t, out)) {
		require.NotRegexp(t, `(^|/)tests?/|\.pyi$|py\.typed$|^(boto3|botocore|s3transfer)\b`, name)
		if folder, rest, _ := strings.Cut(name, "/"); strings.HasSuffix(folder, ".dist-info") {
			require.Contains(t, []string{"METADATA", "entry_points.txt", "RECORD"}, rest)
		}
	}
	saved := readFacts(t, filepath.Join(out, "matrix.json")).Slimmed
	for _, way := range []string{"tests", "stubs", "dist-info", "boto3"} {
		require.Positive(t, saved[way], way)
	}
	require.Zero(t, saved["strip"])

	ref := newReference(t)
	env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "-t", ref, "--push")
	requireResponse(t, invoke(t, ref, filepath.Join(dir, "event.json")), filepath.Join(dir, "event.response.json"))

	require.NoError(t, os.WriteFile(file, []byte(whole), 0o644))
	all := t.TempDir()
	env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "--target", "zip", "-o", all)
	var sum uint64
	for _, bytes := range saved {
		sum += bytes
	}
	require.Equal(t, readFacts(t, filepath.Join(all, "matrix.json")).Unzipped, readFacts(t, filepath.Join(out, "matrix.json")).Unzipped+sum)
}

// TestSlimStrips gives the builder a strip program. numpy comes with libraries that
// strip would break, and with others.
func TestSlimStrips(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"numpy==2.5.4", "simplejson==4.3.0"`) + handlerTable,
		"app.py": `import numpy
from numpy.random import mtrand
from simplejson import _speedups


def handler(event, context):
    rolled = mtrand.RandomState(event["seed"]).randint(1, 7, size=100)
    return {"product": numpy.identity(2).dot([3, 4]).tolist(), "dice": len(set(rolled)), "quoted": _speedups.encode_basestring_ascii("a")}
`,
		"event.json": `{"seed": 1}`,
	})
	lockShape(t, env.CLI(), dir)
	flags := []string{"--platform", testenv.BuildPlatform(), withStrip(t)}
	archive := []string{"--target", "zip", "-o"}
	whole, out := t.TempDir(), t.TempDir()
	env.CLI().MustBuild(t, dir, slices.Concat(flags, archive, []string{whole})...)
	appendTo(t, filepath.Join(dir, "pyproject.toml"), "slim = { strip = true }\n")
	log := env.CLI().MustBuild(t, dir, slices.Concat(flags, archive, []string{out})...).Trace.Log()

	requireArchive(t, onlyArchive(t, out))
	before, after := readFacts(t, filepath.Join(whole, "function.json")), readFacts(t, filepath.Join(out, "function.json"))
	require.Positive(t, after.Slimmed["strip"])
	require.Equal(t, before.Unzipped, after.Unzipped+after.Slimmed["strip"])
	require.Equal(t, 2, strings.Count(log, "slim: strip saved 0.4 MB\n"), "numpy is a step of its own: %s", log)
	stripped, kept := compareLibraries(t, unzip(t, onlyArchive(t, whole)), unzip(t, onlyArchive(t, out)))
	require.Subset(t, stripped, []string{"numpy/random/mtrand", "simplejson/_speedups"})
	require.Contains(t, kept, "numpy/_core/_multiarray_umath")
	require.Regexp(t, `slim: strip: _multiarray_umath\.\S+\.so is left as it is, since strip would break it`, log)

	requireSameByDockerfile(t, dir, nil, flags...)
	ref := newReference(t)
	env.CLI().MustBuild(t, dir, append(flags, "-t", ref, "--push")...)
	require.JSONEq(t, `{"product": [3, 4], "dice": 6, "quoted": "\"a\""}`, invoke(t, ref, filepath.Join(dir, "event.json")))
}

// compareLibraries compares two trees with the same files, and gives the
// libraries, without their endings, that have lost their symbols and those
// that are the same. Nothing else may have changed, but what packages record of them.
func compareLibraries(t testing.TB, before, after map[string][]byte) (stripped, kept []string) {
	t.Helper()
	require.ElementsMatch(t, slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after)))
	for name, content := range before {
		if strings.HasSuffix(name, ".dist-info/RECORD") {
			requireHashesOf(t, after, string(after[name]))
			continue
		}
		library, _, _ := strings.Cut(name, ".")
		if bytes.Equal(content, after[name]) {
			kept = append(kept, library)
			continue
		}
		file, err := elf.NewFile(bytes.NewReader(after[name]))
		require.NoError(t, err, name)
		require.Nil(t, file.Section(".symtab"), name)
		require.Less(t, len(after[name]), len(content), name)
		stripped = append(stripped, library)
	}
	return stripped, kept
}

// requireHashesOf requires that a RECORD has the hash and the size of each of its
// files.
func requireHashesOf(t testing.TB, files map[string][]byte, record string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(record)).ReadAll()
	require.NoError(t, err)
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		sum := sha256.Sum256(files[row[0]])
		require.Equal(t, "sha256="+base64.RawURLEncoding.EncodeToString(sum[:]), row[1], row[0])
		require.Equal(t, strconv.Itoa(len(files[row[0]])), row[2], row[0])
	}
}

// withStrip is the flag that gives a build this machine's strip: with all that
// it loads, so that it runs on any base.
func withStrip(t testing.TB) string {
	t.Helper()
	const at = "/opt/binutils"
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Binutils))
	dir := t.TempDir()
	loader := carry(t, "strip", filepath.Join(dir, "binutils"))
	writeFile(t, filepath.Join(dir, "strip"), fmt.Sprintf("#!/bin/sh\nexec %[1]s/%[2]s --library-path %[1]s %[1]s/strip \"$@\"\n", at, loader))
	return asBase(derive(t, dir, "FROM "+standin.Python313+"\nCOPY binutils "+at+"\nCOPY --chmod=755 strip /usr/local/bin/\n"))
}
