package frontend

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/errdefs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A password in a URL is refused wherever a build would read it, and is in no
// error, no excerpt and no answer.
func TestPasswordsInURLs(t *testing.T) {
	t.Parallel()
	const url = "https://user:hunter2@example.com/x-1.0-py3-none-any.whl"
	toml := greeting()["pyproject.toml"]
	sourced := func(line string) string {
		return strings.Replace(toml, "[tool.uv.sources]\n", "[tool.uv.sources]\n"+line+"\n", 1)
	}
	for name, files := range map[string]map[string]string{
		"index":          changed("pyproject.toml", toml+"\n[[tool.uv.index]]\nname = 'own'\nurl = '"+url+"'\n"),
		"source":         changed("pyproject.toml", sourced("x = { url = '"+url+"' }")),
		"source of many": changed("pyproject.toml", sourced("x = [{ url = '"+url+"', marker = \"python_version > '3'\" }]")),
		"requirement":    changed("pyproject.toml", strings.Replace(toml, `"library"`, `"library", "x @ `+url+`"`, 1)),
		"group":          changed("pyproject.toml", toml+"\n[dependency-groups]\ndev = ['x @ "+url+"']\n"),
		"constraint":     changed("pyproject.toml", toml+"\n[tool.uv]\nconstraint-dependencies = ['x @ "+url+"']\n"),
		"git source":     changed("pyproject.toml", sourced("x = { git = 'https://user:hunter2@example.com/x' }")),
		"member":         changed("library/pyproject.toml", greeting()["library/pyproject.toml"]+"\n[tool.uv.sources]\nx = { url = '"+url+"' }\n"),
		"lock":           changed("uv.lock", greeting()["uv.lock"]+"\n[[package]]\nname = 'x'\nversion = '1.0'\nsource = { url = '"+url+"' }\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(files, nil)
			_, err := buildForTest(t.Context(), s)
			require.ErrorContains(t, err, "the URL holds a password")
			require.NotContains(t, err.Error(), "hunter2")
			sources := errdefs.Sources(err)
			require.NotEmpty(t, sources)
			for _, source := range sources {
				assert.NotContains(t, string(source.Info.Data), "hunter2")
			}
			for _, req := range s.solved {
				for _, data := range req.Definition.Def {
					assert.NotContains(t, string(data), "hunter2")
				}
				for _, info := range req.Definition.Source.GetInfos() {
					assert.NotContains(t, string(info.Data), "hunter2")
				}
			}
			_, err = Plan(t.Context(), write(t, files), PlanOptions{})
			require.ErrorContains(t, err, "the URL holds a password")
			for _, question := range []string{"lint", "outline", "targets"} {
				res, err := buildForTest(t.Context(), asking(question, files, nil))
				if err != nil {
					require.NotContains(t, err.Error(), "hunter2")
					continue
				}
				for part, answer := range res.Metadata {
					assert.NotContains(t, string(answer), "hunter2", part)
					// JSON has the text of files in base64, which has three forms of a word.
					for _, before := range []string{"", ".", ".."} {
						encoded := base64.RawStdEncoding.EncodeToString([]byte(before + "hunter2"))
						assert.NotContains(t, string(answer), encoded[2:len(encoded)-2], part)
					}
				}
			}
		})
	}
}
