package eject

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// builder is the stage that all others but the last go on from.
func (r *renderer) builder() string {
	p := r.plan
	var b strings.Builder
	if p.BuildsInBuilder() {
		b.WriteString("# builder has the function's Python and a compiler, for the function's platform.\n")
		fmt.Fprintf(&b, "FROM %s AS builder\n", p.Builder.Ref)
	} else {
		b.WriteString("# builder has the function's Python for the platform that builds, so that nothing is emulated.\n")
		fmt.Fprintf(&b, "FROM --platform=$BUILDPLATFORM %s AS builder\n", r.base())
	}
	b.WriteString(r.release())
	if !strings.HasPrefix(p.Base.Ref, awsImages) {
		b.WriteString("USER 0\n")
	}
	variables := map[string]string{"SOURCE_DATE_EPOCH": epoch()}
	if r.usesUV() {
		b.WriteString("COPY --from=uv /uv /bin/\n")
		variables["PYC_INVALIDATION_MODE"] = "UNCHECKED_HASH"
		variables["UV_LINK_MODE"] = "copy"
		variables["UV_NO_INSTALLER_METADATA"] = "1"
		variables["UV_NO_PROGRESS"] = "1"
		variables["UV_PREVIEW_FEATURES"] = "pylock"
		variables["UV_PYTHON"] = p.Python.Executable
		variables["UV_PYTHON_DOWNLOADS"] = "never"
	}
	b.WriteString(settings("ENV", variables))
	b.WriteString("# settle gives a layer the same times and modes in every build.\n")
	b.WriteString(document("/bin/settle", fmt.Sprintf(settle, p.Python.Executable, layerPath), "--chmod=755"))
	if len(r.stale()) > 0 {
		b.WriteString(r.freshScript())
	}
	b.WriteString("# The task root is a link into the layer: its bytecode holds the path it was compiled at.\n")
	fmt.Fprintf(&b, "RUN rm -rf %[1]s && mkdir -p %[2]s && ln -s %[2]s %[1]s\nWORKDIR /src\n", plan.TaskRoot, layerPath+plan.TaskRoot)
	return b.String()
}

// base is what the Dockerfile starts from: an image, or one that whoever builds has
// to give.
func (r *renderer) base() string {
	if r.plan.Base.Dockerfile != nil {
		return baseContext
	}
	return r.plan.Base.Ref
}

// baseContext is the name of the base that is built from a Dockerfile of its own.
const baseContext = "lambda-base"

// awsImages begins the names of AWS's own images, which say no user.
const awsImages = "public.ecr.aws/lambda/"

// release refuses a base older than the patch release that the plan was made for.
// The files and packages in the Dockerfile were chosen for that release and newer
// ones.
func (r *renderer) release() string {
	py := r.plan.Python
	if py.FullVersion == "" {
		return ""
	}
	parts := strings.ReplaceAll(py.FullVersion, ".", ", ")
	return "# The project tells patch releases of Python apart, and this file was written for that one.\n" +
		fmt.Sprintf("RUN %s -c \"import sys; sys.exit(sys.version_info < (%s) and 'this Dockerfile is for Python %s or newer: write another one')\"\n",
			py.Executable, parts, py.FullVersion)
}

// layerPath is the folder of a stage that becomes a layer.
const layerPath = "/layer"

// settle ends each stage that makes a layer. It is Python because a Lambda base
// has no find.
const settle = `#!%s -IS
import os
from pathlib import Path

layer, time = Path("%s"), int(os.environ["SOURCE_DATE_EPOCH"])
for path in (layer, *layer.rglob("*")):
    if not path.is_symlink():
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    os.utime(path, (time, time), follow_symlinks=False)
`

// network are the mounts of a step that downloads: uv's cache and the build's
// secrets, all of them optional. commands make of the secrets what uv takes.
func network(secrets []plan.Secret) (mounts, commands []string) {
	mounts = []string{
		"type=cache,target=/root/.cache/uv",
		"type=secret,id=netrc,target=/root/.netrc",
		"type=secret,id=ca",
	}
	commands = []string{"if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi"}
	for _, s := range secrets {
		mounts = append(mounts, "type=secret,id="+s.ID+",env="+s.Env)
		// Without a value it would hide the credentials of a netrc.
		commands = append(commands, fmt.Sprintf(`[ "$%s" ] || unset %s`, s.Env, s.Env))
	}
	return mounts, commands
}
