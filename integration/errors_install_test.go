package integration

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// What goes wrong while packages are installed. The entry of uv.lock is shown,
// and the line that leads to it.
func TestMistakesOfInstallations(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	original, replacement := exampleWheel(t, [2]string{"extra", "a"}), exampleWheel(t, [2]string{"extra", "b"})
	altered := bytes.Clone(wheel)
	altered[len(altered)-1]++
	broken := sdist(t, "raise RuntimeError(\"no wheel today\")\n")
	refused := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="index"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
	})
	_, certificate := newAuthority(t)
	foreign := serveTLS(t, certificate)
	gone := serve(t, http.NotFound)
	damaged := serveFile(t, altered)
	const (
		chain  = " failed (example-dist 1.0 <- parent-dist <- your dependencies, line 6 of pyproject.toml): "
		failed = "uv.lock:5: installing the dependencies" + chain
	)
	asked := []string{"pyproject.toml:6"}
	checkMistakes(t, []mistake{
		{
			name:  "no network",
			files: chained(t, locked{from: "http://127.0.0.1:1", data: wheel}),
			want:  failed + "127.0.0.1:1 could not be reached: check the network of the builder, or set a proxy by --build-arg HTTPS_PROXY=…",
			also:  asked,
		},
		{
			name:  "certificate of an unknown authority",
			files: chained(t, locked{from: foreign, data: wheel}),
			want: failed + "the TLS certificate of " + strings.TrimPrefix(foreign, "https://") + " is not trusted: if your own authority signed it, " +
				"or the authority of a proxy which intercepts TLS, pass the authorities to trust (PEM) as --secret id=ca,src=FILE",
			also: asked,
		},
		{
			name:  "index that wants credentials",
			files: chained(t, locked{from: refused, data: wheel}),
			want: failed + `index "our-own" (line 13 of pyproject.toml) wants credentials: ` +
				"pass them as --secret id=UV_INDEX_OUR_OWN_USERNAME and --secret id=UV_INDEX_OUR_OWN_PASSWORD, or --secret id=netrc",
			also: asked,
		},
		{
			name:  "hash mismatch",
			files: chained(t, locked{from: serveFile(t, replacement), data: original}),
			want: failed + "the file of example-dist==1.0 is not the one that uv.lock names: " +
				"find out who replaced it, and lock again only if that is right",
			also: asked,
		},
		{
			name:  "damaged file",
			files: chained(t, locked{from: damaged, data: wheel}),
			want: failed + "what " + strings.TrimPrefix(damaged, "http://") + " gave is cut short or no package, as when a proxy answers in its place: " +
				"try again, or ask those who run it",
			also: asked,
		},
		{
			name:  "file that the index no longer has",
			files: chained(t, locked{from: gone, data: wheel}),
			want:  failed + strings.TrimPrefix(gone, "http://") + " no longer has the file that uv.lock names: have it restored, or lock another version",
			also:  asked,
		},
		{
			// uv knows no platform with so old a C library.
			name:  "wheel for a platform that uv does not know",
			files: chained(t, locked{from: serveFile(t, wheel), data: wheel, tag: "manylinux_2_4_" + machine()}),
			want: failed + "it has no wheel for " + machine() + "-manylinux_2_34 with Python 3.13, only for manylinux_2_4_" + machine() +
				": lock a version that has one, or choose another `python` or platform",
			also: asked,
		},
		{
			name:  "no wheel for the platform",
			files: chained(t, locked{from: "http://127.0.0.1:1", data: wheel, tag: "win_amd64"}),
			want: "uv.lock:5: 1 of the locked packages cannot be installed on PLATFORM with Python 3.13 (glibc 2.34):\n" +
				"  example-dist 1.0 <- parent-dist <- your dependencies, line 6 of pyproject.toml: it has wheels for win_amd64\n" +
				"no other Python would do: lock versions that have such a wheel, or depend on packages that have one",
			also: asked,
		},
		{
			name:  "source that does not build",
			files: chained(t, locked{from: serveFile(t, broken), data: broken, file: "example_dist-1.0.tar.gz"}),
			want: "uv.lock:5: installing example-dist" + chain + "it has no wheel, and its build backend failed: " +
				"depend on a version with a wheel, or build the wheel elsewhere and depend on that file",
			also: asked,
		},
		{
			name:  "release of Python",
			files: replaced(chained(t, locked{from: serveFile(t, wheel), data: wheel}), ">=3.13,<3.14", ">=3.13.99,<3.14"),
			want: "pyproject.toml:5: function requires Python >=3.13.99,<3.14, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5: " +
				"change requires-python so that it allows 3.13.5, and lock again, or name a `base` with another release of Python 3.13",
		},
	})
}

// The line that asks for a package stands in the group, in the extra or in the
// member.
func TestMistakesLeadToTheRequirement(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	files := chained(t, locked{from: "http://127.0.0.1:1", data: wheel})
	const unreachable = "127.0.0.1:1 could not be reached: check the network of the builder, or set a proxy by --build-arg HTTPS_PROXY=…"
	const own = "dependencies = [\n    { name = \"parent-dist\" },\n]\n"
	checkMistakes(t, []mistake{
		{
			name: "group",
			files: replaced(files, `dependencies = ["parent-dist"]`, "dependencies = []\n\n[dependency-groups]\nbase = [\"parent-dist\"]\nprod = [{ include-group = \"base\" }]",
				`lock = "unchecked"`, `lock = "unchecked"`+"\ngroups = [\"prod\"]", own, "\n[package.dev-dependencies]\nprod = [\n    { name = \"parent-dist\" },\n]\n"),
			want: "uv.lock:5: installing the dependencies failed (example-dist 1.0 <- parent-dist <- your group \"prod\", line 9 of pyproject.toml): " + unreachable,
			also: []string{"pyproject.toml:9"},
		},
		{
			name: "extra",
			files: replaced(files, `dependencies = ["parent-dist"]`, "dependencies = []\n\n[project.optional-dependencies]\nfast = [\"parent-dist\"]",
				`lock = "unchecked"`, `lock = "unchecked"`+"\nextras = [\"fast\"]", own, "\n[package.optional-dependencies]\nfast = [\n    { name = \"parent-dist\" },\n]\n"),
			want: "uv.lock:5: installing the dependencies failed (example-dist 1.0 <- parent-dist <- your extra \"fast\", line 9 of pyproject.toml): " + unreachable,
			also: []string{"pyproject.toml:9"},
		},
		{
			name:  "member",
			files: throughMember(files),
			want:  "uv.lock:5: installing the dependencies failed (example-dist 1.0 <- parent-dist <- dependencies of library, line 6 of library/pyproject.toml): " + unreachable,
			also:  []string{"library/pyproject.toml:6"},
		},
	})
}

// A compiler that the base does not have is named in one line: of a package that
// only has a source distribution, and of a member.
func TestMissingCompiler(t *testing.T) {
	t.Parallel()
	native := sdist(t, "def build_wheel(*_):\n    import subprocess\n    subprocess.run(['cc', '-c', 'x.c'])\n")
	const missing = "takes a compiler that the Lambda base does not have (cc is missing): " +
		"name an image that has one with `builder`, such as public.ecr.aws/sam/build-python3.13, "
	checkMistakes(t, []mistake{
		{
			name:  "source distribution",
			files: chained(t, locked{from: serveFile(t, native), data: native, file: "example_dist-1.0.tar.gz"}),
			want: "uv.lock:5: installing example-dist failed (example-dist 1.0 <- parent-dist <- your dependencies, line 6 of pyproject.toml): it has no wheel for " + machine() +
				"-manylinux_2_34 with Python 3.13, and building it " + missing + "depend on a version that has a wheel, choose another `python`, or build the wheel elsewhere and depend on that file",
			also:  []string{"pyproject.toml:6"},
			never: []string{"hint:"},
		},
		{
			name: "member",
			files: map[string]string{
				"pyproject.toml": projectTable + "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\n" + handlerTable,
				"uv.lock":        lockHeader + strings.Replace(lockOwn, "virtual", "editable", 1),
				"backend.py":     "def build_wheel(*_):\n    raise SystemExit('error: linker `cc` not found')\n",
			},
			want:  "pyproject.toml:10: building function failed: it has native code, which " + missing + "build its wheel elsewhere and depend on that file by path, or leave the native code out",
			never: []string{"hint:"},
		},
	})
}

// Packages that no index has are shown with the lines that ask for them.
func TestMistakesOfResolutions(t *testing.T) {
	t.Parallel()
	index := serve(t, http.NotFound)
	checkMistakes(t, []mistake{{
		name: "package that does not exist",
		files: map[string]string{"pyproject.toml": strings.Replace(projectTable, "[]", "[\n    \"absent-dist>=2\",\n]", 1) + handlerTable +
			"\n[[tool.uv.index]]\nurl = \"" + index + "/simple\"\ndefault = true\n"},
		flags:   []string{"--target", "lock"},
		archive: true,
		want:    "pyproject.toml:7: locking failed: the dependencies contradict each other or do not exist: change those that uv names",
	}})
}

// A builder without room says so. The disk is a real one, of a builder that
// has all it needs but the space for one more package.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	builder, disk := env.NewBuilderOnDisk(t, 4<<30)
	small, large := exampleWheel(t), exampleWheel(t, [2]string{"zeros", string(make([]byte, 256<<20))})
	doors := []testenv.Door{env.CLI(), env.SyntaxLine()}
	for _, door := range doors {
		door.MustBuild(t, newFunction(t, withSyntaxLines(chained(t, locked{from: serveFile(t, small), data: small}))), "--builder", builder)
	}
	disk.Fill(t, 32<<20)
	// uv fetches both packages at once: the one that there is room for comes first.
	late := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(2 * time.Second)
		_, _ = w.Write(large)
	})
	dir := newFunction(t, withSyntaxLines(chained(t, locked{from: late, data: large})))
	for _, door := range doors {
		result := door.Build(t, dir, "--builder", builder)
		require.Error(t, result.Err)
		checkReport(t, door, result.Stderr, "uv.lock:5: installing the dependencies failed (example-dist 1.0 <- parent-dist <- your dependencies, line 6 of pyproject.toml): "+
			"the builder's disk is full: free some with `docker buildx prune`, or give the builder more", []string{"pyproject.toml:6"})
		require.Contains(t, result.Stderr, "No space left on device (os error 28)")
	}
}

// locked is the file that example-dist is locked to.
type locked struct {
	// from is the address of its index, data what the lock says of it.
	from string
	data []byte
	// tag is the wheel's platform, any when empty; file is its name when it is
	// no wheel.
	tag, file string
}

// entry is the package's part of the lock.
func (l locked) entry() string {
	key, file := "wheels", l.file
	if file == "" {
		tag := l.tag
		if tag == "" {
			tag = "any"
		}
		file = "example_dist-1.0-py3-none-" + tag + ".whl"
	} else {
		key = "sdist"
	}
	value := fmt.Sprintf(`{ url = "%s/files/%s", hash = "sha256:%x", size = %d }`, l.from, file, sha256.Sum256(l.data), len(l.data))
	if key == "wheels" {
		value = "[\n    " + value + ",\n]"
	}
	return fmt.Sprintf("[[package]]\nname = \"example-dist\"\nversion = \"1.0\"\nsource = { registry = \"%s/simple\" }\n%s = %s\n\n", l.from, key, value)
}

// chained is a function with one dependency, which has example-dist for its
// own.
func chained(t *testing.T, l locked) map[string]string {
	t.Helper()
	parent := newWheel(t, "parent_dist")
	from := serveFile(t, parent)
	return map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"parent-dist"`) + handlerTable + "lock = \"unchecked\"\n\n" +
			"[[tool.uv.index]]\nname = \"our-own\"\nurl = \"" + l.from + "/simple\"\n",
		"uv.lock": lockHeader + l.entry() + lockOwn + "dependencies = [\n    { name = \"parent-dist\" },\n]\n" + fmt.Sprintf(`
[[package]]
name = "parent-dist"
version = "1.0"
source = { registry = "%[1]s/simple" }
dependencies = [
    { name = "example-dist" },
]
wheels = [
    { url = "%[1]s/files/parent_dist-1.0-py3-none-any.whl", hash = "sha256:%[2]x", size = %[3]d },
]
`, from, sha256.Sum256(parent), len(parent)),
	}
}

// throughMember puts a package of the repository in between.
func throughMember(files map[string]string) map[string]string {
	files = replaced(files, `dependencies = ["parent-dist"]`, `dependencies = ["library"]`, "dependencies = [\n    { name = \"parent-dist\" },\n]\n", "dependencies = [\n    { name = \"library\" },\n]\n")
	files["pyproject.toml"] += "\n[tool.uv.sources]\nlibrary = { path = \"library\" }\n"
	files["uv.lock"] += "\n[[package]]\nname = \"library\"\nversion = \"0.1.0\"\nsource = { virtual = \"library\" }\ndependencies = [\n    { name = \"parent-dist\" },\n]\n"
	files["library/pyproject.toml"] = strings.Replace(fmt.Sprintf(projectWith, `"parent-dist"`), `"function"`, `"library"`, 1)
	return files
}

// replaced gives files with pairs of texts replaced in each.
func replaced(files map[string]string, pairs ...string) map[string]string {
	changed := map[string]string{}
	for name, text := range files {
		changed[name] = strings.NewReplacer(pairs...).Replace(text)
	}
	return changed
}

// machine is how wheels name the tests' architecture.
func machine() string {
	return map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
}

// sdist is a source distribution of example-dist that is built by backend.
func sdist(t *testing.T, backend string) []byte {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	w := tar.NewWriter(zipped)
	for _, file := range [][2]string{
		{"pyproject.toml", "[project]\nname = \"example-dist\"\nversion = \"1.0\"\n\n[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n"},
		{"PKG-INFO", "Metadata-Version: 2.1\nName: example-dist\nVersion: 1.0\n"},
		{"backend.py", backend},
	} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: path.Join("example_dist-1.0", file[0]), Mode: 0o644, Size: int64(len(file[1]))}))
		_, err := w.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	return archive.Bytes()
}

// serve answers on the loopback and gives the address.
func serve(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

// serveTLS answers nothing, behind that certificate.
func serveTLS(t *testing.T, certificate tls.Certificate) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// serveFile answers each request with the same.
func serveFile(t *testing.T, data []byte) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) })
}
