package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	s, err := parse(t, "uvlambda.toml", "entrypoint = ['opentelemetry-instrument']\ncommand = ['sh', '-c', 'exec uvicorn app.main:app --port 8080 conf/log.ini']\nuser = 'app:1000'\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"app.main", "exec", "opentelemetry-instrument", "sh", "uvicorn"}, append([]string{"app.main"}, s.Scripts()...))
	assert.Contains(t, s.CommandModules(), "app.main")
	assert.NotContains(t, s.CommandModules(), "8080")
	assert.Contains(t, s.CommandFiles(), "conf/log.ini")
	assert.NotContains(t, s.CommandFiles(), "app.main:app")
	assert.Equal(t, "app:1000", s.User)

	s, err = parse(t, "uvlambda.toml", "handler = 'app.handler'\nentrypoint = ['/entry']\n")
	require.NoError(t, err)
	assert.Empty(t, s.Scripts())
	assert.Empty(t, s.CommandFiles())
	assert.Empty(t, s.CommandModules())
}

// A function's own handler takes the place of an inherited command, and the other
// way round.
func TestCommandOrHandler(t *testing.T) {
	t.Parallel()
	s, err := parse(t, "uvlambda.toml", "command = ['serve']\nbase = { dockerfile = 'base.Dockerfile' }\n[functions.web]\n[functions.job]\nhandler = 'job.handler'\nbase = 'image:1'\n")
	require.NoError(t, err)
	web, err := s.Function("web")
	require.NoError(t, err)
	assert.Equal(t, []string{"serve"}, web.Command)
	assert.Equal(t, Dockerfile{Path: "base.Dockerfile"}, web.BaseFrom)
	job, err := s.Function("job")
	require.NoError(t, err)
	assert.Empty(t, job.Command)
	assert.Equal(t, "job.handler", job.Handler)
	assert.Equal(t, Dockerfile{}, job.BaseFrom)
	assert.Equal(t, "image:1", job.Base)
}

func TestMistakesInStarts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"command = []":                                "uvlambda.toml:1: command has no words: name a program, or remove it",
		"command = ['']":                              "uvlambda.toml:1: command is empty: give it a value or remove it",
		"command = 'serve'":                           "uvlambda.toml:1: command must be an array, not a string: put it in brackets",
		"user = 'a b'":                                `uvlambda.toml:1: user "a b" is not a user: write a name or a number, and a group behind a colon, as in "1000:1000"`,
		"base = { target = 'a' }":                     `uvlambda.toml:1: base has no "dockerfile": write { dockerfile = "PATH" }, or name an image`,
		"base = { dockerfile = '/a' }":                `uvlambda.toml:1: base dockerfile "/a" is absolute: make it relative`,
		"base = { dockerfiel = 'a' }":                 "uvlambda.toml:1: unknown key \"dockerfiel\" in base: did you mean \"dockerfile\"?\nuvlambda.toml:1: base has no \"dockerfile\": write { dockerfile = \"PATH\" }, or name an image",
		"base = { dockerfile = 'a', target = 'b c' }": `uvlambda.toml:1: base target "b c" is no stage: name it as its FROM does`,
	} {
		_, err := parse(t, "uvlambda.toml", text+"\n")
		assert.EqualError(t, err, want)
	}
}
