package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/aws"
)

// ecrHost is the registry of docs/deploy.md's account.
const ecrHost = aws.Account + ".dkr.ecr." + aws.Region + ".amazonaws.com"

// TestDeployPage runs the commands of docs/deploy.md in their order. The AWS
// command line, docker login, the builds and the push are real. Simulated are
// AWS's answers, which come from moto; its registry, which moto does not have,
// so that logins and pushes go to the suite's; and the functions, which moto
// does not run: TestExamples and TestArchives send them the event.
func TestDeployPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(env.Root, "docs", "deploy.md"))
	require.NoError(t, err)
	page := newDeployPage(t)
	for _, c := range consoleCommands(string(text)) {
		page.run(t, c)
	}
	require.Equal(t, []string{
		"aws ecr create-repository", "aws ecr get-login-password", "aws iam create-role",
		"aws lambda create-function", "aws lambda get-function-configuration", "aws lambda invoke",
		"aws lambda publish-layer-version", "aws lambda update-function-code",
		"aws lambda update-function-configuration", "aws lambda wait", "uvlambda build",
	}, slices.Sorted(maps.Keys(page.ran)), "docs/deploy.md lost or gained a kind of command")
}

// shown is a command of a page, and what the page says that it prints.
type shown struct {
	command, output string
}

// consoleCommands are the commands of a page's console blocks.
func consoleCommands(page string) []shown {
	var commands []shown
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(block[1]) {
			command, isCommand := strings.CutPrefix(line, "$ ")
			if isCommand {
				commands = append(commands, shown{command: command})
				continue
			}
			last := &commands[len(commands)-1]
			if strings.HasSuffix(last.command, "\\\n") {
				last.command += line
			} else {
				last.output += line
			}
		}
	}
	return commands
}

// deployPage is the state that commands of the page share.
type deployPage struct {
	dir     string
	environ []string
	server  *aws.Server
	// image is the digest of the image pushed last.
	image string
	// ran counts the commands by their first words.
	ran map[string]int
}

func newDeployPage(t *testing.T) *deployPage {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Docker))
	clients := installClients(t)
	server, err := clients.Serve(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	path := strings.Join([]string{clients.Bin(), filepath.Dir(env.Binary("uvlambda")), os.Getenv("PATH")}, string(os.PathListSeparator))
	return &deployPage{
		dir:     env.Example(t, "fastapi"),
		environ: []string{"PATH=" + path, "DOCKER_CONFIG=" + t.TempDir()},
		server:  server,
		ran:     map[string]int{},
	}
}

// installed are the AWS clients, which tests that run at once share.
var installed = sync.OnceValues(func() (aws.Clients, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return aws.Clients{}, err
	}
	return aws.Install(context.Background(), filepath.Join(cache, "uvlambda"), os.Stderr, os.Geteuid() == 0)
})

// installClients puts the AWS clients into the person's cache folder.
func installClients(t testing.TB) aws.Clients {
	t.Helper()
	clients, err := installed()
	require.NoError(t, err)
	return clients
}

// run runs a command in the project's folder and checks what it did.
func (p *deployPage) run(t *testing.T, c shown) {
	t.Helper()
	words := strings.Fields(c.command)
	name := strings.Join(words[:2], " ")
	if words[0] == "aws" {
		name = strings.Join(words[:3], " ")
	}
	p.ran[name]++
	switch name {
	case "uvlambda build":
		// So that each build of the page gives something new.
		appendTo(t, filepath.Join(p.dir, "app", "main.py"), fmt.Sprintf("\n# edit %d\n", p.ran[name]))
	case "aws lambda invoke":
		response, err := os.ReadFile(filepath.Join(p.dir, "event.response.json"))
		require.NoError(t, err)
		require.NoError(t, p.server.QueueResponse(t.Context(), string(response)))
	}
	line := c.command
	if words[0] != "aws" || words[1] == "ecr" {
		line = strings.ReplaceAll(line, ecrHost, env.Registry)
	}
	output := p.shell(t, line)
	if c.output != "" {
		requireShown(t, c, output)
	}
	p.check(t, name, words, output)
}

// requireShown holds an answer against the one that the page shows. It may lack
// what the server leaves out, such as the version that an invocation executed.
func requireShown(t *testing.T, c shown, output string) {
	t.Helper()
	var want, got map[string]any
	require.NoError(t, json.Unmarshal([]byte(c.output), &want), c.command)
	require.NoError(t, json.Unmarshal([]byte(output), &got), c.command)
	require.NotEmpty(t, got, c.command)
	require.Subset(t, want, got, c.command)
}

// check holds what AWS says it has against what was built.
func (p *deployPage) check(t *testing.T, name string, words []string, output string) {
	t.Helper()
	flags := strings.Join(words, " ")
	switch {
	case strings.Contains(flags, "--push"):
		p.push(t, flagValue(words, "-t"))
	case strings.Contains(flags, ecrHost) && strings.HasPrefix(name, "aws lambda"):
		require.Equal(t, p.image, "sha256:"+codeSum(t, output), flags)
	case strings.Contains(flags, "--zip-file"):
		archive := strings.TrimPrefix(flagValue(words, "--zip-file"), "fileb://")
		require.Equal(t, p.facts(t, archive).CodeSha256, codeSum(t, output), flags)
	case name == "aws lambda get-function-configuration":
		require.Equal(t, p.facts(t, "dist/uv-aws-lambda-example.zip").CodeSha256+"\n", output)
	case name == "aws lambda update-function-configuration":
		var function struct{ Layers []struct{ Arn string } }
		require.NoError(t, json.Unmarshal([]byte(output), &function))
		require.Len(t, function.Layers, 1)
		require.Equal(t, flagValue(words, "--layers"), function.Layers[0].Arn)
	case name == "aws lambda invoke":
		response, err := os.ReadFile(filepath.Join(p.dir, "response.json"))
		require.NoError(t, err)
		requireResponse(t, string(response), filepath.Join(p.dir, "event.response.json"))
	}
}

// push tells the server's ECR of the image that went to the suite's registry,
// as a push to ECR does.
func (p *deployPage) push(t *testing.T, ref string) {
	t.Helper()
	repository, tag, found := strings.Cut(strings.TrimPrefix(ref, ecrHost+"/"), ":")
	require.True(t, found, ref)
	image := pull(t, env.Registry+"/"+repository+":"+tag)
	digest, err := image.Digest()
	require.NoError(t, err)
	manifest, err := image.RawManifest()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "manifest.json"), manifest, 0o644))
	p.image = digest.String()
	p.shell(t, fmt.Sprintf("aws ecr put-image --repository-name %s --image-tag %s --image-digest %s --image-manifest file://manifest.json",
		repository, tag, digest))
}

// shell runs a line as a person's shell does, and gives what it prints.
func (p *deployPage) shell(t *testing.T, line string) string {
	t.Helper()
	command := env.Command(t.Context(), "bash", "-c", "set -euo pipefail; "+line)
	command.Dir = p.dir
	command.Env = append(p.server.Environ(command.Env), p.environ...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		require.FailNow(t, "a command of docs/deploy.md failed", "%s%v\n%s%s", line, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}

// facts is the JSON beside an archive of the project's folder.
func (p *deployPage) facts(t *testing.T, archive string) facts {
	t.Helper()
	return readFacts(t, filepath.Join(p.dir, strings.TrimSuffix(archive, ".zip")+".json"))
}

// codeSum is the CodeSha256 that a function or a layer has in AWS's answer.
func codeSum(t *testing.T, output string) string {
	t.Helper()
	var answer struct {
		CodeSha256 string
		Content    struct{ CodeSha256 string }
	}
	require.NoError(t, json.Unmarshal([]byte(output), &answer), output)
	return answer.CodeSha256 + answer.Content.CodeSha256
}

// flagValue is the word after a flag.
func flagValue(words []string, flag string) string {
	for i, word := range words[:len(words)-1] {
		if word == flag {
			return words[i+1]
		}
	}
	return ""
}
