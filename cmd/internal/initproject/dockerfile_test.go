package initproject

import (
	"fmt"
	"os"
	"path"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// beside tells of the files beside the Dockerfiles of these tests.
func beside(name string) files.Kind {
	regular := []string{"app/main.py", "app/run", "conf/prod.toml", "main.py", "library/pyproject.toml", "requirements.txt"}
	switch {
	case slices.Contains(regular, name):
		return files.Regular
	case slices.Contains([]string{".", "app", "src/app", "conf", "templates", "library", "services/a"}, name):
		return files.Folder
	default:
		return files.Missing
	}
}

// around is what is beside the Dockerfiles of these tests.
func around() surroundings {
	return surroundings{
		kind:       beside,
		executable: func(name string) bool { return name == "app/run" },
		declares:   func(name string) bool { return name == "declared" },
		isContext:  true,
	}
}

// read turns a Dockerfile into lines of the table. The instructions that it leaves
// alone come as LINE INSTRUCTION: REASON.
func read(t *testing.T, text string) (lines, left []string) {
	t.Helper()
	r, err := readDockerfile("Dockerfile", []byte(text), around())
	require.NoError(t, err)
	for _, s := range r.settings {
		lines = append(lines, s.line())
	}
	for _, l := range r.left {
		left = append(left, fmt.Sprintf("%d %s: %s", l.Location.Line, l.Instruction, l.Reason))
	}
	return lines, left
}

const (
	lambda     = "FROM public.ecr.aws/lambda/python:3.13\n"
	pythonLine = `python = "3.13"`
	// baseLineOfTable names the Dockerfile that init writes.
	baseLineOfTable = `base = { dockerfile = "base.Dockerfile" }`
)

func TestDockerfileOfTheGuide(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../integration/testdata/guide/Dockerfile")
	require.NoError(t, err)
	lines, left := read(t, string(text))
	assert.Equal(t, []string{`handler = "app.main.handler"`, pythonLine, `uv = "0.9.26"`}, lines)
	assert.Empty(t, left)
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text  string
		lines []string
		left  []string
	}{
		"architecture in the tag": {
			text:  "FROM public.ecr.aws/lambda/python:3.13-arm64\n",
			lines: []string{pythonLine, `architecture = "arm64"`},
		},
		"architecture of the platform": {
			text:  "FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.13\n",
			lines: []string{pythonLine, `architecture = "x86_64"`},
		},
		"release of a day": {
			text:  "FROM public.ecr.aws/lambda/python:3.13.2026.11.01.12-x86_64\n",
			lines: []string{pythonLine, `architecture = "x86_64"`, `base = "public.ecr.aws/lambda/python:3.13.2026.11.01.12-x86_64"`},
		},
		"preview": {
			text:  "FROM public.ecr.aws/lambda/python:3.15-preview-arm64\n",
			lines: []string{`python = "3.15"`, `architecture = "arm64"`},
		},
		"release of what is a preview here": {
			text:  "FROM public.ecr.aws/lambda/python:3.15\n",
			lines: []string{`python = "3.15"`, `base = "public.ecr.aws/lambda/python:3.15"`},
		},
		"registry of one's own, by an argument": {
			text:  "ARG REGISTRY=registry.example.com\nARG VERSION=3.13\nFROM ${REGISTRY}/lambda/python:$VERSION\n",
			lines: []string{pythonLine, `base = "registry.example.com/lambda/python:3.13"`},
		},
		"digest": {
			text:  "FROM public.ecr.aws/lambda/python@sha256:" + digest + "\n",
			lines: []string{`base = "public.ecr.aws/lambda/python@sha256:` + digest + `"`},
		},
		"image that only the builder knows": {
			text:  "ARG BASE\nFROM $BASE\n",
			lines: []string{baseLineOfTable},
		},
		"Python that Lambda has not": {
			text: "FROM public.ecr.aws/lambda/python:3.8\n",
			left: []string{`1 python = "3.8": python "3.8" is no runtime of Lambda: use one of 3.9, 3.10, 3.11, 3.12, 3.13, 3.14`},
		},
		"last stage starts from another": {
			text:  lambda + "RUN true\nFROM public.ecr.aws/lambda/python:3.12 AS base\nENV A=1\nCMD [\"x.y\"]\nFROM base\nENV B=$A\nCMD [\"main.handler\"]\n",
			lines: []string{`handler = "main.handler"`, `python = "3.12"`, `env = { A = "1", B = "1" }`},
		},
		"copies": {
			text: lambda + "COPY templates ${LAMBDA_TASK_ROOT}/templates\nCOPY conf/prod.toml config.toml\nCOPY conf/prod.toml main.py ./etc/\n" +
				"COPY ./app app/\nCOPY templates .\nCMD [\"app.main.handler\"]\n",
			lines: []string{`handler = "app.main.handler"`, pythonLine, `include = ["templates", { from = "conf/prod.toml", to = "config.toml" }, ` +
				`{ from = "conf/prod.toml", to = "etc/prod.toml" }, { from = "main.py", to = "etc/main.py" }, { from = "templates", to = "." }]`},
		},
		"handler below src, and a module":   {text: lambda + "COPY src/app app\nCMD app/main.handler\nCMD [\"app/main.handler\"]\n", lines: []string{`handler = "app/main.handler"`, pythonLine}},
		"command by a shell":                {text: lambda + "CMD app.main.handler\n", lines: []string{pythonLine}, left: []string{"2 CMD app.main.handler: " + oneHandler}},
		"command of several words":          {text: lambda + "CMD [\"app.main.handler\", \"x\"]\n", lines: []string{pythonLine}, left: []string{"2 CMD [\"app.main.handler\", \"x\"]: " + oneHandler}},
		"handler in a copied folder's root": {text: lambda + "COPY app ./\nCMD [\"main.handler\"]\n", lines: []string{`handler = "main.handler"`, pythonLine, `include = [{ from = "app", to = "." }]`}},
		"what is installed":                 {text: lambda + "COPY pyproject.toml uv.lock requirements.txt ./\nCOPY library library\n", lines: []string{pythonLine}},
		"copies that are left": {
			text: lambda + "COPY . .\nCOPY *.json ./\nCOPY nothing ./\nCOPY app /etc/app\nCOPY --exclude=*.md app app\nCOPY --from=registry.example.com/extension:1 /etc/ /etc/\n" +
				"COPY <<EOF a\nx\nEOF\nCOPY $X app\nADD app app\nWORKDIR /srv\n",
			lines: []string{pythonLine, baseLineOfTable},
			left: []string{
				"2 COPY . .: the handler's own package or module is copied, and not everything: name what it needs besides in `include`",
				"3 COPY *.json ./: `include` takes no patterns: name the files and folders there",
				"4 COPY nothing ./: there is no nothing: correct it, and name it in `include`",
				"6 COPY --exclude=*.md app app: say what it copies with `include` and `exclude`",
				"8 COPY <<EOF a: say what it copies with `include` and `exclude`",
				"11 COPY $X app: the value of X is not known here",
				"12 ADD app app: put the files into the project, and name them in `include`",
				"13 WORKDIR /srv: a function starts in /var/task",
			},
		},
		"files of other images": {
			text: "ARG TAG=1\nFROM registry.example.com/adapter:$TAG AS adapter\nFROM registry.example.com/tool AS built\nRUN make\n" + lambda +
				"COPY --from=adapter /lambda-adapter /opt/extensions/lambda-adapter\nCOPY --from=registry.example.com/extension:1 /opt/. /opt/\n" +
				"COPY --from=registry.example.com/model:2 --chmod=755 /a /b model/\nCOPY --from=registry.example.com/model:2 /c/ .\nCOPY conf/prod.toml /opt/conf/\n" +
				"COPY --from=built /tool /opt/bin/\nCOPY --from=registry.example.com/model:2 /*.bin /opt/\nCOPY --from=registry.example.com/model:2 /x /var/runtime/x\n",
			lines: []string{pythonLine, baseLineOfTable, `include = [{ from = "conf/prod.toml", to = "/opt/conf/prod.toml" }, ` +
				`{ image = "registry.example.com/adapter:1", from = "/lambda-adapter", to = "/opt/extensions/lambda-adapter" }, ` +
				`{ image = "registry.example.com/extension:1", from = "/opt", to = "/opt/" }, ` +
				`{ image = "registry.example.com/model:2", from = "/a", to = "model/" }, { image = "registry.example.com/model:2", from = "/b", to = "model/" }, ` +
				`{ image = "registry.example.com/model:2", from = "/c", to = "." }]`},
		},
		"uv of another registry, and by a copy": {
			text:  lambda + "COPY --from=registry.example.com/astral-sh/uv:0.9.26 /uv /bin/uv\n",
			lines: []string{pythonLine, `uv = "registry.example.com/astral-sh/uv:0.9.26"`},
		},
		"uv by a mount": {
			text:  lambda + "RUN --mount=from=ghcr.io/astral-sh/uv:0.9.26,source=/uv,target=/bin/uv uv sync --no-dev\n",
			lines: []string{pythonLine, `uv = "0.9.26"`},
		},
		"uv by a stage that is copied from": {
			text:  "FROM ghcr.io/astral-sh/uv:0.9.26 AS tool\n" + lambda + "COPY --from=tool /uv /bin/uv\n",
			lines: []string{pythonLine, `uv = "0.9.26"`},
		},
		"modes": {
			text: lambda + "COPY --chmod=755 app/run run\nCOPY --chmod=0755 conf/prod.toml /opt/prod\nCOPY --chmod=644 main.py .\nRUN chmod +x run /var/task/run\n" +
				"RUN chmod 755 main.py\nCOPY --chmod=u+x main.py other.py\nRUN chmod -R go-w /var/task\n",
			lines: []string{pythonLine, baseLineOfTable, `include = ["main.py", { from = "app/run", to = "run" }, { from = "main.py", to = "other.py" }]`},
			left: []string{
				"6 RUN chmod 755 main.py: " + otherWork,
				"7 COPY --chmod=u+x main.py other.py: files keep their modes: make main.py executable in the project",
			},
		},
		"newest uv": {text: "FROM ghcr.io/astral-sh/uv:latest AS uv\n" + lambda, lines: []string{pythonLine}},
		"old uv": {
			text: "FROM ghcr.io/astral-sh/uv:0.6.2 AS uv\n" + lambda, lines: []string{pythonLine},
			left: []string{`1 uv = "0.6.2": uv "0.6.2" is too old, since its export cannot leave out local packages (--no-emit-local): use 0.8.14 or newer`},
		},
		"what uv installs": {
			text:  lambda + "RUN set -e; UV_X=1 /bin/uv export --frozen --no-dev --group=prod --group 'pdf' --extra pg --package orders -o r.txt && \\\n    uv pip install -r r.txt\n",
			lines: []string{`package = "orders"`, pythonLine, `groups = ["pdf", "prod"]`, `extras = ["pg"]`},
		},
		"commands in a here-document": {
			text: lambda + "RUN <<EOF\nuv sync --no-dev\nmake docs\nEOF\n", lines: []string{pythonLine},
			left: []string{"2 RUN <<EOF: " + otherWork},
		},
		"default groups": {
			text: lambda + "RUN uv sync --all-extras\n", lines: []string{pythonLine},
			left: []string{
				"2 RUN uv sync --all-extras: --all-extras has no counterpart: name the groups and extras in `groups` and `extras`",
				"2 RUN uv sync --all-extras: uv sync without --no-dev installs the default groups too: name them in `groups` if the function needs them",
			},
		},
		"packages that no lock has": {
			text: lambda + "RUN uv pip install --system fastapi\n", lines: []string{pythonLine},
			left: []string{"2 RUN uv pip install --system fastapi: uvlambda installs what uv.lock has: name these packages in the project, by uv add"},
		},
		"what the project lists": {
			text:  lambda + "COPY pyproject.toml ./\nRUN uv pip install --system -r pyproject.toml --target /var/task\n",
			lines: []string{pythonLine},
		},
		"a list of packages": {
			text: lambda + "RUN pip install --no-cache-dir -r ./requirements.txt -t /var/task\nRUN python3 -m pip install -r requirements.txt && true\n", lines: []string{pythonLine},
			left: []string{
				"2 RUN pip install --no-cache-dir -r ./requirements.txt -t /var ...: uvlambda installs what uv.lock has: uv add -r requirements.txt names in the project what it lists",
				"3 RUN python3 -m pip install -r requirements.txt && true: uvlambda installs what uv.lock has: uv add -r requirements.txt names in the project what it lists",
			},
		},
		"a list that was exported": {
			text:  lambda + "RUN uv export --no-dev -o /tmp/requirements.txt && pip install -r /tmp/requirements.txt\n",
			lines: []string{pythonLine},
		},
		"pip by itself": {
			text: lambda + "RUN pip3 install boto3\n", lines: []string{pythonLine},
			left: []string{"2 RUN pip3 install boto3: uvlambda installs what uv.lock has: name these packages in the project, by uv add"},
		},
		"Python by an argument": {
			text:  "ARG PYTHON_VERSION=3.12\nFROM public.ecr.aws/lambda/python:${PYTHON_VERSION}\nARG PYTHON_VERSION\nENV VERSION=$PYTHON_VERSION\n",
			lines: []string{`python = "3.12"`, `env = { VERSION = "3.12" }`},
		},
		"Python by a default of the use": {
			text: "ARG TAG\nFROM public.ecr.aws/lambda/python:${TAG:-3.13-arm64}\n", lines: []string{pythonLine, `architecture = "arm64"`},
		},
		"Python that only the builder knows": {text: "ARG PYTHON_VERSION\nFROM public.ecr.aws/lambda/python:${PYTHON_VERSION}\nCMD [\"main.handler\"]\n", lines: []string{`handler = "main.handler"`}},
		"copies from above": {
			text:  lambda + "COPY ../templates ./templates/\nCOPY /../../conf/prod.toml ./\n",
			lines: []string{pythonLine, `include = ["templates", { from = "conf/prod.toml", to = "prod.toml" }]`},
		},
		"variables and labels": {
			text:  lambda + "ARG LEVEL=info\nENV LOG_LEVEL=$LEVEL UV_LINK_MODE=copy PATH=/x:$PATH\nENV AWS_REGION=eu\nLABEL team=\"a b\" org.example.x=1\n",
			lines: []string{pythonLine, baseLineOfTable, `env = { LOG_LEVEL = "info" }`, `labels = { "org.example.x" = "1", team = "a b" }`},
			left: []string{
				"4 ENV AWS_REGION=eu: env \"AWS_REGION\" is reserved and set by Lambda itself: remove it",
			},
		},
		"the rest of an image": {
			text:  lambda + "USER app\nENTRYPOINT [\"/lambda-entrypoint.sh\"]\nENTRYPOINT [\"/run\"]\nEXPOSE 80\n",
			lines: []string{pythonLine, `command = ["/run"]`, `user = "app"`},
			left:  []string{"5 EXPOSE 80: Lambda pays no heed to it"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, left := read(t, test.text)
			assert.Equal(t, test.lines, lines)
			assert.Equal(t, test.left, left)
		})
	}
}

const (
	digest     = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	oneHandler = `Lambda takes one handler, as CMD ["app.main.handler"]: name it with --handler`
)

func TestDockerfileErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                     "Dockerfile: this is no Dockerfile: file with no instructions: correct it, or name another one with --from-dockerfile",
		"ARG A=1\n":            "Dockerfile: there is no FROM, so it builds nothing: name another file with --from-dockerfile",
		"FROM a\nFORM b\n":     "Dockerfile:2: this is no Dockerfile: dockerfile parse error on line 2: unknown instruction: FORM (did you mean FROM?): correct it, or name another one with --from-dockerfile",
		"RUN a\nFROM b\n":      "Dockerfile:1: this is no Dockerfile: no build stage in current context: correct it, or name another one with --from-dockerfile",
		"FROM a\nCOPY <<E x\n": "Dockerfile:2: this is no Dockerfile: unterminated heredoc: correct it, or name another one with --from-dockerfile",
	}
	for text, want := range tests {
		_, err := readDockerfile("Dockerfile", []byte(text), around())
		assert.EqualError(t, err, want, text)
	}
}

// FuzzDockerfile reads any text: what comes out may be in the table, and the
// Dockerfile of the base is one, of which nothing is left out when it is read in
// turn.
func FuzzDockerfile(f *testing.F) {
	f.Add("FROM ghcr.io/astral-sh/uv:0.9.26 AS uv\nFROM uv\nCOPY app ./\nRUN uv sync\nCMD [\"a.b\"]\n")
	f.Add("ARG A=${B:-3.13}\nFROM x:$A\nENV A=\"\\\"\" B=$A\nCOPY [\"a b\", \"/var/task/../x\"]\nLABEL a=b\n")
	f.Add("FROM a\nRUN --mount=from=b <<E\nuv export --group\nE\nWORKDIR ../..\nCOPY a/../../b .\n")
	f.Add("ARG A\nFROM $A AS a\nENV B=c\nRUN dnf install $B\nFROM go AS b\nRUN go build\nFROM a\nARG B\nRUN echo 'x && y' > /z && uv sync && rm /z\nCOPY --from=b /x /etc/$B\nUSER 1\nENTRYPOINT a $b\n")
	f.Add("FROM python:3.13-slim\nWORKDIR /app\nRUN <<E\napt-get install a || true\nE\nSHELL [\"a\"]\nADD http://example.com/a /b\nENV A b $C\nCMD [\"uv\", \"run\", \"x\"]\n")
	f.Add("FROM a\nENV \xff=b\nRUN dnf install a\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := readDockerfile("Dockerfile", []byte(text), surroundings{
			kind:       func(name string) files.Kind { return files.Kind(len(path.Base(name)) % 3) },
			executable: func(name string) bool { return len(name)%2 == 1 },
			declares:   func(name string) bool { return len(name)%2 == 0 },
			isContext:  len(text)%2 == 0,
		})
		if err != nil {
			return
		}
		_, _, err = setKeys(parse(t, "[project]\nname = 'a'\n"), r.settings)
		require.NoError(t, err)
		for _, s := range r.settings {
			require.NoError(t, s.check())
		}
		if r.baseFile != "" {
			again, err := readDockerfile("base.Dockerfile", []byte(r.baseFile), around())
			require.NoError(t, err, r.baseFile)
			require.Equal(t, r.baseFile, again.baseFile)
		}
	})
}
