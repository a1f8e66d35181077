package integration

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// unlockable is how a lock is written without uv.
const unlockable = "without uv by `uvlambda build --target lock -o . .`"

// uncheckable is what builds from a stale lock.
const uncheckable = "; `lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is"

// mistakesOfPlaces are builds in a folder that holds no project.
func mistakesOfPlaces() []provoked {
	// A workspace with a member in services/orders.
	workspace := map[string]string{
		"pyproject.toml":                 strings.Replace(projectTable, `"function"`, `"root"`, 1) + "[tool.uv.workspace]\nmembers = [\"services/*\"]\n",
		"services/orders/pyproject.toml": projectTable + handlerTable,
		"services/orders/app.py":         "def handler(event, context):\n    return event\n",
		"uv.lock": lockHeader + "[manifest]\nmembers = [\n    \"function\",\n    \"root\",\n]\n\n" + strings.Replace(lockOwn, `"."`, `"services/orders"`, 1) + "\n" +
			strings.Replace(lockOwn, `"function"`, `"root"`, 1),
	}
	const inFolder = "services/orders"
	return []provoked{
		{row: 1, name: "no project", empty: true, files: map[string]string{"note.txt": ""}, command: "uvlambda build .",
			want: "no pyproject.toml in .: start one with `uv init && uvlambda init`, or name the build file with -f"},
		{row: 2, name: "subfolder of a project", files: map[string]string{"src/note.txt": ""}, folder: "src", command: "uvlambda build",
			want: "no pyproject.toml in ., but there is one in ..: run `uvlambda build ..`"},
		{row: 3, name: "member of a workspace", files: workspace, folder: inFolder, command: "uvlambda build --target zip -o dist .", allowed: true,
			want: "dist/function.zip  under 0.1 MB, under 0.1 of 250 MB unzipped, python3.13 MACHINE"},
		{row: 3, name: "member of a workspace by docker", files: workspace, folder: inFolder,
			command: "buildx build --build-arg BUILDKIT_SYNTAX=FRONTEND -f pyproject.toml .", want: "pyproject.toml:5: uv.lock is missing: write it with `uv lock`, or without uv by `docker buildx build -f pyproject.toml --build-arg BUILDKIT_SYNTAX=FRONTEND --target lock -o . .`; " +
				"for a member of a workspace run `docker buildx build --build-arg BUILDKIT_SYNTAX=FRONTEND -f PATH-OF-THE-MEMBER/pyproject.toml .` in the workspace's root instead"},
	}
}

// mistakesOfHandlers are mistakes of the key that each project has.
func mistakesOfHandlers() []provoked {
	handler := func(row int, name, want string) provoked {
		return provoked{row: row, name: name, files: map[string]string{"pyproject.toml": projectTable + "[tool.uvlambda]\nhandler = \"" + name + "\"\n"}, command: "uvlambda build .", want: want}
	}
	return []provoked{
		handler(6, "ap.handler", "pyproject.toml:8: handler \"ap.handler\": its module is not in the build context: there is no ap.py, ap/__init__.py, src/ap.py, src/ap/__init__.py; create it, correct the handler, or copy it with `include` (and check that .dockerignore does not hide it)"),
		handler(7, "app.handlr", "pyproject.toml:8: app.py defines no handlr: did you mean handler?"),
		handler(8, "app.py.handler", `pyproject.toml:8: handler "app.py.handler" has the name of a file in it, and Lambda wants the module's: leave out .py, as in "app.handler"`),
		handler(9, "app:handler", `pyproject.toml:8: handler "app:handler" has a colon, where Lambda wants a dot: write "app.handler"`),
		handler(9, "app", `pyproject.toml:8: handler "app" names no function: write MODULE.FUNCTION, as in "app.handler"`),
	}
}

// mistakesInTheTable are mistakes of other keys, and of the file as such.
func mistakesInTheTable() []provoked {
	table := func(row int, name, keys, want string) provoked {
		return provoked{row: row, name: name, files: map[string]string{"pyproject.toml": projectTable + handlerTable + keys + "\n"}, command: "uvlambda build .", want: want}
	}
	functions := map[string]string{"pyproject.toml": projectTable + twoFunctions}
	return []provoked{
		table(10, "key", `exlude = []`, `pyproject.toml:9: unknown key "exlude" in [tool.uvlambda]: did you mean "exclude"?`),
		table(11, "number", `python = 3.13`, "pyproject.toml:9: python must be a string, not a float: put it in quotes"),
		table(11, "runtime", `python = "3.16"`, `pyproject.toml:9: python "3.16" is no runtime of Lambda: use one of 3.9, 3.10, 3.11, 3.12, 3.13, 3.14`),
		table(11, "architecture", `architecture = "amd64"`, `pyproject.toml:9: architecture "amd64" is "x86_64" in Lambda's terms: write that`),
		table(12, "include", `include = ["data"]`, `pyproject.toml:9: include "data" is not in the build context: correct the path (it is relative to the context's root), and check that .dockerignore does not hide it`),
		table(12, "group", `groups = ["prod"]`, `pyproject.toml:9: group "prod" does not exist in package function: it has none; define it in pyproject.toml, or remove it here`),
		table(12, "TOML", `include = ["data"`, "pyproject.toml:9: malformed TOML: array is incomplete: correct this line or the one before"),
		{row: 13, name: "target", command: "uvlambda build --target layers .", want: `unknown target "layers": did you mean "layer"?`},
		{row: 13, name: "output", command: "uvlambda build --target zp .", want: `unknown target "zp": did you mean "zip"?`},
		{row: 13, name: "target of a function", files: functions, command: "uvlambda build --target orders/zp .",
			want: `unknown output "zp" in --target orders/zp: did you mean "zip"?`},
		{row: 14, name: "several functions", files: functions, command: "uvlambda build .",
			want: "pyproject.toml:7: there are several functions (orders, receipts): choose one, as in --target orders/image, or build all with `uvlambda bake | docker buildx bake -f -`"},
		table(22, "old uv", `uv = "0.1.2"`, `pyproject.toml:9: uv "0.1.2" is too old, since its export cannot leave out local packages (--no-emit-local): use 0.8.14 or newer`),
		table(22, "some uv", `uv = "latest"`, `pyproject.toml:9: uv "latest" is neither a full version, such as "0.9.26", nor an image: write one of them`),
		table(22, "required uv", "\n[tool.uv]\nrequired-version = \"==0.4.0\"", `pyproject.toml:11: required-version = "==0.4.0" pins a uv that is too old, since its export cannot leave out local packages (--no-emit-local): allow 0.8.14 or newer`),
		table(22, "future uv", "\n[tool.uv]\nrequired-version = \">=99\"", "pyproject.toml:11: required-version = \">=99\" does not allow uv 0.13.9: set `uv` in [tool.uvlambda] to a version that it allows"),
		{row: 23, name: "handler is hidden", files: map[string]string{".dockerignore": "app.py\n"}, command: "uvlambda build .",
			want: `.dockerignore:1: "app.py" hides app.py, the module of the handler app.handler: remove it, or add the line !app.py at the end`},
		{row: 23, name: "project is hidden", files: map[string]string{".dockerignore": "pyproject.toml\n"}, command: "uvlambda build .",
			want: `.dockerignore:1: "pyproject.toml" hides pyproject.toml, which the build needs: remove it, or add the line !pyproject.toml at the end`},
		{row: 24, name: "lock is hidden", files: map[string]string{".dockerignore": "*.lock\n"}, command: "uvlambda build .",
			want: `.dockerignore:1: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock at the end`},
	}
}

// mistakesOfLocks are a missing and a stale uv.lock.
func mistakesOfLocks() []provoked {
	stale := map[string]string{"pyproject.toml": fmt.Sprintf(projectWith, `"example-dist"`) + handlerTable}
	return []provoked{
		{row: 4, name: "no lock", without: []string{"uv.lock"}, command: "uvlambda build .",
			want: "pyproject.toml:5: uv.lock is missing: write it with `uv lock`, or " + unlockable},
		{row: 5, name: "stale lock", files: stale, command: "uvlambda build .",
			want: "pyproject.toml:5: uv.lock was not made for \"example-dist\" in the dependencies of function: refresh it with `uv lock`, or " + unlockable + uncheckable},
		{row: 5, name: "stale lock by docker", files: stale, command: "buildx build --build-arg BUILDKIT_SYNTAX=FRONTEND -f pyproject.toml .",
			want: "pyproject.toml:5: uv.lock was not made for \"example-dist\" in the dependencies of function: refresh it with `uv lock`, or without uv by `docker buildx build -f pyproject.toml --build-arg BUILDKIT_SYNTAX=FRONTEND --target lock -o . .`" + uncheckable},
	}
}

// installing is how an error of the packages of an index begins.
const installing = "uv.lock:5: installing the dependencies failed (example-dist 1.0 <- parent-dist <- your dependencies, line 5 of pyproject.toml): "

// mistakesOfPackages are those that only uv, or a package index, finds.
func mistakesOfPackages(t *testing.T) []provoked {
	wheel := exampleWheel(t)
	native := sdist(t, "def build_wheel(*_):\n    import subprocess\n    subprocess.run(['cc', '-c', 'x.c'])\n")
	// Each has an index of its own: secrets decide no step, so that builds at the same
	// time would share one.
	index := func() map[string]string {
		return chained(t, locked{data: wheel, from: serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="index"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
		})})
	}
	git := map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"words"`) + handlerTable + "\n[tool.uv.sources]\nwords = { git = \"http://127.0.0.1:1/words.git\", tag = \"v1\" }\n",
		"uv.lock": lockHeader + lockOwn + "dependencies = [\n    { name = \"words\" },\n]\n\n[package.metadata]\nrequires-dist = [{ name = \"words\", git = \"http://127.0.0.1:1/words.git?tag=v1\" }]\n\n" +
			"[[package]]\nname = \"words\"\nversion = \"1.0\"\nsource = { git = \"http://127.0.0.1:1/words.git?tag=v1#0123456789012345678901234567890123456789\" }\n",
	}
	return []provoked{
		{row: 17, name: "no wheel for Linux", files: chained(t, locked{from: "http://127.0.0.1:1", data: wheel, tag: "win_amd64"}), command: "uvlambda build .",
			want: "uv.lock:5: 1 of the locked packages cannot be installed on PLATFORM with Python 3.13 (glibc 2.34):\n  example-dist 1.0 <- parent-dist <- your dependencies, line 5 of pyproject.toml: it has wheels for win_amd64\nno other Python would do: lock versions that have such a wheel, or depend on packages that have one"},
		{row: 18, name: "source without a compiler", files: chained(t, locked{from: serveFile(t, native), data: native, file: "example_dist-1.0.tar.gz"}), command: "uvlambda build .",
			want: strings.Replace(installing, "the dependencies", "example-dist", 1) + "it has no wheel for MACHINE-manylinux_2_34 with Python 3.13, and building it takes a compiler that the Lambda base does not have (cc is missing): name an image that has one with `builder`, such as public.ecr.aws/sam/build-python3.13, depend on a version that has a wheel, choose another `python`, or build the wheel elsewhere and depend on that file"},
		{row: 19, name: "git", files: git, command: "uvlambda build .",
			want: "uv.lock:16: fetching words failed (words 1.0 <- your dependencies, line 5 of pyproject.toml): 127.0.0.1:1 could not be reached: check the network of the machine that BuildKit runs on, which fetches repositories by itself, through the proxies of its own environment"},
		{row: 20, name: "no credentials", files: index(), command: "uvlambda build .",
			want: installing + `index "our-own" (line 12 of pyproject.toml) wants credentials: pass them as --secret id=UV_INDEX_OUR_OWN_USERNAME and --secret id=UV_INDEX_OUR_OWN_PASSWORD, or --secret id=netrc`},
		{row: 21, name: "wrong credentials", files: index(), variables: []string{"NAME=me", "WORD=no"},
			command: "uvlambda build --secret id=UV_INDEX_OUR_OWN_USERNAME,env=NAME --secret id=UV_INDEX_OUR_OWN_PASSWORD,env=WORD .", want: installing + `index "our-own" (line 12 of pyproject.toml) refused the credentials of --secret UV_INDEX_OUR_OWN_*: correct them, and see that they may read this index`},
		{row: 21, name: "unset credentials", files: index(), variables: []string{"NAME=me"},
			command: "uvlambda build --secret id=UV_INDEX_OUR_OWN_USERNAME,env=NAME --secret id=UV_INDEX_OUR_OWN_PASSWORD,env=NOPE .", want: installing + `index "our-own" (line 12 of pyproject.toml) wants a password beside the user: pass --secret id=UV_INDEX_OUR_OWN_PASSWORD too, with a value that is not empty; --secret id=UV_INDEX_OUR_OWN_PASSWORD is empty, since NOPE is not set in the environment`},
		{row: 21, name: "misspelt credentials", files: index(), variables: []string{"NAME=me", "WORD=no"},
			command: "uvlambda build --secret id=UV_INDEX_OUR_OWN_USERNAME,env=NAME --secret id=UV_INDEX_OUR_WON_PASSWORD,env=WORD .", want: installing + `index "our-own" (line 12 of pyproject.toml) wants a password beside the user: pass --secret id=UV_INDEX_OUR_OWN_PASSWORD too, with a value that is not empty; no index has the secret UV_INDEX_OUR_WON_PASSWORD: did you mean UV_INDEX_OUR_OWN_PASSWORD?`},
	}
}

// mistakesOfImages are mistakes of the image that a function starts from.
func mistakesOfImages() []provoked {
	base := func(ref string) map[string]string {
		return map[string]string{"pyproject.toml": projectTable + handlerTable + "base = \"" + ref + "\"\n"}
	}
	return []provoked{
		{row: 28, name: "no network", files: base("127.0.0.1:1/base:1"), command: "uvlambda build .",
			want: `pyproject.toml:9: no network? 127.0.0.1:1 does not answer, which has the image 127.0.0.1:1/base:1 (failed to do request: Head "http://127.0.0.1:1/v2/base/manifests/1": dial tcp 127.0.0.1:1: connect: connection refused): check the builder's network, or give the image by --build-context 127.0.0.1:1/base:1=docker-image://…`},
		{row: 28, name: "no such image", files: base("REGISTRY/nothing:1"), command: "uvlambda build .",
			want: "pyproject.toml:9: image OWNREGISTRY/nothing:1 was not found: check its name and tag, or give another by --build-context OWNREGISTRY/nothing:1=docker-image://…"},
	}
}
