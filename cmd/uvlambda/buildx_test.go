package main

import (
	"archive/tar"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/shlex"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "run docker buildx, and record what it asks BuildKit for")

// commandLine is one row of the table.
type commandLine struct {
	// text has environment variables, flags and, after --, a context.
	text string
	// differs is the reason why this command asks for something else.
	differs string
	// heading stands above the row.
	heading []string
	buildx  []string
}

const refused = "refused"

// Each command line asks BuildKit for the same as docker buildx build does, and
// is refused when that refuses it, or the table has the reason.
func TestAsBuildx(t *testing.T) {
	file, err := filepath.Abs("testdata/buildx.txt")
	require.NoError(t, err)
	program, err := filepath.Abs("../../bin/tools/buildx")
	require.NoError(t, err)
	table := readTable(t, file)
	client := newRecordedClient(t)
	if *update {
		run := client.buildx(t, program)
		for i := range table {
			table[i].buildx = client.record(t, table[i].text, run)
		}
		writeTable(t, file, table)
	}
	for _, line := range table {
		t.Run(line.text, func(t *testing.T) {
			got := client.record(t, line.text, func(t *testing.T, args, environment []string, stdin *os.File) error {
				before := os.Stdin
				os.Stdin = stdin
				defer func() { os.Stdin = before }()
				for _, variable := range environment {
					name, value, _ := strings.Cut(variable, "=")
					t.Setenv(name, value)
				}
				cmd := newRootCmd()
				cmd.SetArgs(append([]string{"build"}, args...))
				cmd.SetOut(io.Discard)
				cmd.SetErr(io.Discard)
				return cmd.ExecuteContext(t.Context())
			})
			if line.differs != "" {
				assert.NotEqual(t, line.buildx, got, "this is no difference any more: %s", line.differs)
				return
			}
			assert.Equal(t, line.buildx, got)
		})
	}
}

// readTable reads the rows: a line ==, lines with the reason of a difference
// after !, and what was recorded.
func readTable(t *testing.T, file string) []commandLine {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var table []commandLine
	var heading []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		text, isRow := strings.CutPrefix(line, "== ")
		reason, isReason := strings.CutPrefix(line, "! ")
		switch {
		case line == "":
		case strings.HasPrefix(line, "# "):
			heading = append(heading, line)
		case isRow:
			table = append(table, commandLine{text: text, heading: heading})
			heading = nil
		case isReason:
			table[len(table)-1].differs = reason
		default:
			row := &table[len(table)-1]
			row.buildx = append(row.buildx, line)
		}
	}
	return table
}

func writeTable(t *testing.T, file string, table []commandLine) {
	t.Helper()
	var b strings.Builder
	for _, line := range table {
		if line.heading != nil {
			fmt.Fprintf(&b, "\n%s\n\n", strings.Join(line.heading, "\n"))
		}
		fmt.Fprintf(&b, "== %s\n", line.text)
		if line.differs != "" {
			fmt.Fprintf(&b, "! %s\n", line.differs)
		}
		for _, recorded := range line.buildx {
			fmt.Fprintln(&b, recorded)
		}
	}
	require.NoError(t, os.WriteFile(file, []byte(strings.TrimPrefix(b.String(), "\n")), 0o600))
}

// recordedClient runs command lines in a project's folder, on a recorder.
type recordedClient struct {
	*recorder
	address, folder string
	// environment holds the variables of every command line.
	environment []string
}

// frontendImage builds in every command line: so both programs leave the build
// to the daemon, with everything on the wire.
const frontendImage = "example.com/frontend"

func newRecordedClient(t *testing.T) *recordedClient {
	t.Helper()
	c := &recordedClient{folder: filepath.Join(t.TempDir(), "project")}
	c.recorder, c.address = startRecorder(t)
	config := t.TempDir()
	require.NoError(t, os.Mkdir(c.folder, 0o755))
	t.Chdir(c.folder)
	agent := filepath.Join(config, "agent.sock")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", agent)
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	c.environment = []string{"BUILDKIT_HOST=" + c.address, "HOME=" + config, "DOCKER_CONFIG=" + config, "BUILDX_CONFIG=" + config,
		"SSH_AUTH_SOCK=" + agent, "BUILDX_NO_DEFAULT_ATTESTATIONS=1"}
	for _, name := range []string{"DOCKER_DEFAULT_PLATFORM", "SOURCE_DATE_EPOCH", "ACTIONS_CACHE_URL", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "GITHUB_ACTIONS"} {
		if _, set := os.LookupEnv(name); set {
			c.environment = append(c.environment, name+"=")
		}
	}
	return c
}

// newProject leaves the files of a project in the folder, and no others.
func (c *recordedClient) newProject(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(c.folder)
	require.NoError(t, err)
	for _, entry := range entries {
		require.NoError(t, os.RemoveAll(filepath.Join(c.folder, entry.Name())))
	}
	for name, text := range map[string]string{
		"pyproject.toml": "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.13\"\n", "uv.lock": "version = 1\n",
		"other.toml": "", "lib/lib.py": "", "full/file": "", "token.txt": "from a file", "TOKEN": "from a file of its name", "key.pem": newKey(t),
		"layout/oci-layout": `{"imageLayoutVersion":"1.0.0"}`,
		"layout/index.json": `{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":2,` +
			`"digest":"` + recordedImage + `","annotations":{"org.opencontainers.image.ref.name":"latest"}}]}`,
	} {
		file := filepath.Join(c.folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(c.folder, "empty"), 0o755))
}

// newKey makes a private key for SSH.
func newKey(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// runner runs a build's flags, with the environment and the files that they may
// name.
type runner func(t *testing.T, args, environment []string, stdin *os.File) error

// buildx is docker buildx build on the recorder.
func (c *recordedClient) buildx(t *testing.T, program string) runner {
	t.Helper()
	buildx := func(t *testing.T, environment []string, stdin *os.File, args ...string) error {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = append(append(os.Environ(), c.environment...), environment...)
		cmd.Dir = c.folder
		if stdin != nil {
			cmd.Stdin = stdin
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Logf("%v\n%s", args, out)
		}
		return err
	}
	require.NoError(t, buildx(t, nil, nil, "create", "--name", "recorder", "--driver", "remote", c.address))
	return func(t *testing.T, args, environment []string, stdin *os.File) error {
		return buildx(t, append(environment, "BUILDX_BUILDER=recorder"), stdin, append([]string{"build"}, args...)...)
	}
}

var (
	variable = regexp.MustCompile(`^[A-Z_]+=`)
	secretID = regexp.MustCompile(`id=([^,"]+)`)
	agentID  = regexp.MustCompile(`--ssh[= ]([^= ]+)`)
)

// record runs a command line and returns what it asks for.
func (c *recordedClient) record(t *testing.T, text string, run runner) []string {
	t.Helper()
	words, err := shlex.Split(text)
	require.NoError(t, err)
	flags := slices.IndexFunc(words, func(word string) bool { return !variable.MatchString(word) })
	if flags < 0 {
		flags = len(words)
	}
	environment := append(slices.Clone(c.environment), words[:flags]...)
	args := append([]string{"--build-arg", "BUILDKIT_SYNTAX=" + frontendImage, "--progress", "quiet"}, words[flags:]...)
	if !slices.ContainsFunc(args, func(word string) bool { return word == "-f" || word == "--file" }) {
		args = append([]string{"-f", "pyproject.toml"}, args...)
	}
	if !slices.Contains(args, "--") {
		args = append(args, ".")
	}
	agents := []string{"default"}
	for _, id := range agentID.FindAllStringSubmatch(text, -1) {
		agents = append(agents, id[1])
	}
	var secretIDs []string
	for _, id := range secretID.FindAllStringSubmatch(text, -1) {
		secretIDs = append(secretIDs, id[1])
	}
	slices.Sort(agents)
	c.newProject(t)
	c.reset(slices.Compact(secretIDs), slices.Compact(agents))
	if err := run(t, args, environment, c.stdin(t, args)); err != nil {
		t.Log(err)
		return []string{refused}
	}
	return c.normal()
}

// stdin is what a command line reads: a build file for -f -, and else a tar archive
// of a project.
func (c *recordedClient) stdin(t *testing.T, args []string) *os.File {
	t.Helper()
	const text = "[project]\nname = \"app\"\n"
	file, err := os.Create(filepath.Join(t.TempDir(), "stdin"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	if i := slices.Index(args, "-f"); i >= 0 && args[i+1] == "-" {
		_, err = file.WriteString(text)
		require.NoError(t, err)
	} else {
		archive := tar.NewWriter(file)
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: "pyproject.toml", Mode: 0o644, Size: int64(len(text))}))
		_, err = archive.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, archive.Close())
	}
	_, err = file.Seek(0, io.SeekStart)
	require.NoError(t, err)
	return file
}

// normal are the recorded lines without what every build has, and without
// names that are chosen at random.
func (c *recordedClient) normal() []string {
	random := regexp.MustCompile(`(oci-layout://)[^@]+|(sharedkey:\S+ = [^:]+):.*|(buildkit-session/).*`)
	var lines []string
	for _, line := range c.recorded() {
		switch line {
		case "attribute source = " + frontendImage, "attribute cmdline = " + frontendImage,
			"attribute build-arg:BUILDKIT_SYNTAX = " + frontendImage, "attribute filename = pyproject.toml":
			continue
		}
		lines = append(lines, strings.ReplaceAll(random.ReplaceAllString(line, "$1$2$3"), c.folder, "DIR"))
	}
	if data, err := os.ReadFile(filepath.Join(c.folder, "image.id")); err == nil {
		lines = append(lines, "image.id has "+string(data))
	}
	if data, err := os.ReadFile(filepath.Join(c.folder, "meta.json")); err == nil {
		// buildx keeps a history of its own, by names that are chosen at random.
		lines = append(lines, "meta.json has "+regexp.MustCompile(`\s+|"buildx.build.ref":\s*"[^"]*",?`).ReplaceAllString(string(data), ""))
	}
	return lines
}
