package integration

import "fmt"

// mistakesOfFlags are mistakes of a command line.
func mistakesOfFlags() []provoked {
	return []provoked{
		{row: 15, name: "flag", command: "uvlambda build --platfrom linux/arm64 .", want: "unknown flag --platfrom: did you mean --platform?"},
		{name: "stage", command: "uvlambda build --no-cache-filter dependecies .",
			want: `there is no stage "dependecies" for --no-cache-filter: did you mean "dependencies"?`},
		{name: "named context", command: "uvlambda build --build-context lib=./missing .",
			want: `invalid --build-context "lib=./missing": there is no folder ./missing: name one, or a URL, docker-image://REF or oci-layout://PATH`},
		{row: 36, name: "time limit without a unit", before: buildArchive, command: "uvlambda invoke --timeout 5 --event '{\"a\":1}' hello.tar", allowed: true,
			want: `{"a": 1}`},
		{row: 36, name: "time limit", command: "uvlambda invoke --timeout soon hello",
			want: `invalid --timeout "soon": write seconds, as in 30 or 1.5, or a number with its unit, as in 500ms or 2m`},
		{row: 37, name: "no image", command: "uvlambda invoke", want: "name what to invoke: uvlambda invoke IMAGE, an image or an archive such as hello.tar"},
		{row: 37, name: "two contexts", command: "uvlambda build . extra", want: "uvlambda build takes one CONTEXT, and was given 2: . and extra"},
		{row: 39, name: "optional value", command: "uvlambda dev --http :8001", want: "--http and its value are joined by =: write --http=:8001"},
		{row: 39, name: "graph", command: "uvlambda plan --graph svg", want: "--graph and its value are joined by =: write --graph=svg"},
		{row: 45, name: "reference", command: "uvlambda build -t UPPER .",
			want: `invalid --tag "UPPER": invalid reference format: repository name (library/UPPER) must be lowercase`},
		{row: 45, name: "push without a name", command: "uvlambda build --push .", want: "an image that is pushed needs a name: add -t REGISTRY/REPOSITORY[:TAG]"},
	}
}

// mistakesOfCommands are words that are no commands, and what does what they say.
func mistakesOfCommands() []provoked {
	return []provoked{
		{row: 16, name: "lock", command: "uvlambda lock", want: "unknown command \"lock\": `uvlambda build --target lock -o . .` writes uv.lock"},
		{row: 16, name: "version", command: "uvlambda version", want: "unknown command \"version\": `uvlambda --version` prints it"},
		{row: 16, name: "run", command: "uvlambda run",
			want: "unknown command \"run\": `uvlambda dev` runs a function and follows its changes, `uvlambda invoke IMAGE` calls one once"},
		{row: 16, name: "deploy", command: "uvlambda deploy", want: `unknown command "deploy": uvlambda builds, and AWS's own tools deploy: see docs/deploy.md`},
		{row: 16, name: "test", command: "uvlambda test", want: "unknown command \"test\": `uvlambda build --target test .` tests the function in its image"},
		{row: 16, name: "misspelt", command: "uvlambda biuld", want: `unknown command "biuld": did you mean "build"?`},
	}
}

// mistakesOfBuilders are a BuildKit that cannot be reached.
func mistakesOfBuilders() []provoked {
	return []provoked{
		{row: 25, name: "nobody listens", command: "uvlambda build .", variables: []string{"BUILDKIT_HOST=tcp://127.0.0.1:1"},
			want: "no BuildKit answers at tcp://127.0.0.1:1 (from BUILDKIT_HOST): connection refused: start it, or unset BUILDKIT_HOST to have another found"},
		{row: 25, name: "no address", command: "uvlambda check", variables: []string{"BUILDKIT_HOST=foo"},
			want: `BUILDKIT_HOST "foo" is not the address of a BuildKit: write one such as unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or docker-container://NAME`},
		{row: 25, name: "no permission", person: true, command: "uvlambda build .", variables: []string{"BUILDKIT_HOST=unix://HOME/root.sock"},
			want: "BuildKit at unix://HOME/root.sock (from BUILDKIT_HOST) refuses you: permission denied: join the group of its socket, or run the command with sudo"},
		{row: 26, name: "engine without permission", person: true, command: "uvlambda build .", variables: []string{"BUILDKIT_HOST=", "DOCKER_HOST=unix://HOME/root.sock"},
			want: "the docker engine at unix://HOME/root.sock refuses you (permission denied): join its group with `sudo usermod -aG docker $USER` and log in again, or run the command with sudo"},
		{row: 27, name: "load without Docker", command: "uvlambda build -t hello --load .",
			want: "the image cannot be loaded, since no Docker engine answers (Cannot connect to the Docker daemon at unix:///nowhere/docker.sock. Is the docker daemon running?): " +
				"start it, or in place of --load give -o type=oci,dest=image.tar, which `uvlambda invoke image.tar` runs"},
	}
}

// buildArchive builds the function as an archive that can be invoked.
const buildArchive = "uvlambda build -o type=oci,dest=hello.tar ."

// mistakesOfInvocations are mistakes of `uvlambda invoke`, `explain` and `dev`.
func mistakesOfInvocations() []provoked {
	code := func(text string) map[string]string { return map[string]string{"app.py": text} }
	return []provoked{
		{row: 29, name: "no image", command: "uvlambda invoke hello",
			want: `^opening the image hello: no Docker engine here has it, there is no file of that name, and Docker Hub does not give it \(.+\): build it with -o type=oci,dest=FILE.tar and name that file$`},
		{row: 29, name: "no archive", command: "uvlambda invoke nosuch.tar", want: "there is no file nosuch.tar: check its name, and the folder that you are in"},
		{row: 29, name: "no zip", command: "uvlambda explain nosuch.zip", want: "there is no file nosuch.zip: check its name, and the folder that you are in"},
		{row: 30, name: "invoke without root", person: true, before: buildArchive, command: "uvlambda invoke hello.tar --event '{\"a\":1}'", allowed: true, want: `{"a": 1}`},
		{row: 30, name: "explain without root", person: true, before: buildArchive, command: "uvlambda explain hello.tar | head -1", allowed: true,
			want: `^hello.tar: image for PLATFORM, \d+ files, [\d.]+ MB$`},
		{row: 31, name: "event file", command: "uvlambda invoke hello --event bad.json", files: map[string]string{"bad.json": "{\n  'a': 1\n}"},
			want: `bad.json:2:3: the event is not JSON, which is all that Lambda passes on: invalid character '\'' looking for beginning of object key string`},
		{row: 31, name: "no event file", command: "uvlambda invoke hello --event nosuch.json",
			want: `there is no event file nosuch.json: name one, or write the event itself, as in --event '{"n": 1}'`},
		{row: 32, name: "event itself", before: buildArchive, command: "uvlambda invoke hello.tar --event '{\"a\":1}'", allowed: true, want: `{"a": 1}`},
		{row: 33, name: "module that is nowhere", files: code("import nosuchmodule.part\n\ndef handler(event, context): ...\n"), before: buildArchive, command: "uvlambda invoke hello.tar",
			want: "the function did not start: Runtime.ImportModuleError: Unable to import module 'app': No module named 'nosuchmodule': add its package (uv add nosuchmodule, or its name on the index), or name a module of the project in `include`"},
		{row: 34, name: "handler raises", files: code("def handler(event, context):\n    raise ValueError(\"no\")\n"), before: buildArchive, command: "uvlambda invoke hello.tar",
			want: "the function raised ValueError: no"},
		{row: 35, name: "platform of an archive", before: "uvlambda build --platform linux/amd64 -o type=oci,dest=hello.tar .", command: "uvlambda invoke --platform linux/arm64 hello.tar",
			want: "opening the image hello.tar: it is for linux/amd64, not for linux/arm64: leave --platform out, or build it with --platform linux/arm64"},
		{row: 38, name: "port in use", command: "uvlambda dev --port TAKENPORT .", want: "something listens on 127.0.0.1:TAKENPORT already: choose another address with --port"},
		{row: 44, name: "time is over", files: code("import time\n\n\ndef handler(event, context):\n    time.sleep(60)\n"), before: buildArchive, command: "uvlambda invoke --timeout 1 hello.tar",
			want: "the function timed out after 1s: raise --timeout to give it more"},
		{row: 44, name: "memory is over", files: code("def handler(event, context):\n    return len(bytearray(1 << 30))\n"), before: buildArchive, command: "uvlambda invoke --memory 128 hello.tar",
			want: "the function's process was killed, most likely for using more than 128 MB: raise --memory"},
		{name: "pipe for an event", before: "mkfifo pipe", command: "uvlambda invoke hello --event pipe", want: "reading the event: pipe is a named pipe, a socket or a device, not a file: remove it, or name another"},
		{name: "pipe for an image", before: "mkfifo pipe", command: "uvlambda invoke pipe",
			want: "opening the image pipe: pipe is a named pipe, a socket or a device, not a file: remove it, or name another"},
		{name: "pipe to explain", before: "mkfifo pipe.zip", command: "uvlambda explain pipe.zip", want: "pipe.zip is a named pipe, a socket or a device, not a file: remove it, or name another"},
		{name: "pipe for a project", before: "rm pyproject.toml && mkfifo pyproject.toml", command: "uvlambda init",
			want: "reading the project: pyproject.toml is a named pipe, a socket or a device, not a file: remove it, or name another"},
		{name: "pipe for a Dockerfile", before: "mkfifo Dockerfile", command: "uvlambda init --from-dockerfile Dockerfile",
			want: "reading the Dockerfile: Dockerfile is a named pipe, a socket or a device, not a file: remove it, or name another: correct --from-dockerfile"},
		{row: 45, name: "folder of a project", command: "uvlambda invoke .",
			want: ". is a project, not an image: build it first, for example with uvlambda build -o type=oci,dest=image.tar ."},
		{row: 45, name: "folder to explain", command: "uvlambda explain .",
			want: ". is a project, not what was built of it: build it first, for example with uvlambda build --target zip -o dist ."},
	}
}

// mistakesOfOutputs are what is too large, and places that cannot take it.
func mistakesOfOutputs() []provoked {
	data := map[string]string{"pyproject.toml": projectTable + handlerTable + "include = [\"data\"]\n", "data/note.txt": ""}
	const noise = "dd if=/dev/urandom of=data/m.bin bs=1M count=%d"
	return []provoked{
		{row: 40, name: "over 250 MB", files: data, before: "truncate -s 270M data/m.bin", command: "uvlambda build --target zip -o dist .",
			want: "pyproject.toml:7: function.zip: the archive has 283115566 bytes unzipped, over Lambda's limit of 262144000; the largest packages are application 283.1 MB (data/m.bin alone 283.1 MB): leave some out, or build an image, which may have 10 GB"},
		{row: 40, name: "over 50 MB", files: data, before: fmt.Sprintf(noise, 60), command: "uvlambda build --target zip -o dist . 2>&1 | grep WARNING", allowed: true,
			want: `^WARNING: function.zip has 629\d{5} bytes, and Lambda takes at most 52428800 directly: upload it to S3 and name it by --s3-bucket and --s3-key, or build an image$`},
		{row: 41, name: "zip on a full disk", files: data, disk: "1m", before: fmt.Sprintf(noise, 8), command: "uvlambda build --target zip -o disk/dist .",
			want: "writing disk/dist: its disk is full: free some of it, or write to another with -o"},
		{row: 41, name: "archive on a full disk", files: data, disk: "1m", before: fmt.Sprintf(noise, 8), command: "uvlambda build -o type=oci,dest=disk/hello.tar .",
			want: "writing disk/hello.tar: its disk is full: free some of it, or write to another with -o"},
		{row: 42, name: "file for a folder", command: "uvlambda build --target zip -o dist.zip . && ls dist.zip", allowed: true, want: "dist.zip"},
		{row: 43, name: "image over the project", command: "uvlambda build -o . .",
			want: `invalid --output ".": the files of an image would be written over the project in .: name another folder, or a new one in it; uv.lock is written by --target lock`},
		{name: "push without a login", command: "uvlambda build -t LOGIN/hello:1 --push .",
			want: "pushing LOGIN/hello:1: the registry refuses it (unexpected status from HEAD request to http://LOGIN/v2/hello/blobs/DIGEST: 401 Unauthorized): " +
				"log in with `docker login LOGIN`, and check that you may write to the repository"},
	}
}
