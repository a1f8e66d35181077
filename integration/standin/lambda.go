package standin

import (
	"context"
	_ "embed"
	"fmt"
	"runtime"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"
)

// lambdaRecipe is a Lambda base image: a Python version (MAJOR.MINOR), the Debian
// release that has it, the version of the runtime interface client, and the
// Debian packages of the Python and of what comes with it, with commas between.
type lambdaRecipe struct {
	python, suite, client, packages string
}

// lambdaRecipes are the Lambda base images by their references.
func lambdaRecipes() map[string]lambdaRecipe {
	const newest, own = "4.2.2", "python3-minimal,libpython3-stdlib"
	return map[string]lambdaRecipe{
		// The last client for 3.9, whose distutils is a package by itself.
		Python39:  {"3.9", "bullseye", "4.0.4", own + ",python3-distutils"},
		Python311: {"3.11", "bookworm", newest, own},
		Python313: {"3.13", "trixie", newest, own},
		SAM313:    {"3.13", "trixie", newest, own + ",gcc,libc6-dev,libpython3.13-dev"},
		Python314: {"3.14", "forky", newest, "python3.14-minimal,libpython3.14-stdlib"},
		Python315: {"3.15", "forky", newest, "python3.15-minimal,libpython3.15-stdlib"},
	}
}

const (
	caPath = "etc/ssl/certs/ca-certificates.crt"
	caEnv  = "SSL_CERT_FILE=/" + caPath
)

// The runtime's files that the original keeps at the same places.
var (
	//go:embed lambda/lambda-entrypoint.sh
	entrypointScript []byte
	//go:embed lambda/bootstrap
	bootstrapScript []byte
	//go:embed lambda/bootstrap.py
	bootstrapModule []byte
)

// lambda makes a Lambda base image for both architectures: Debian's Python at
// the place of Lambda's, with the runtime interface client from PyPI.
func (s Store) lambda(ctx context.Context, recipe lambdaRecipe, ca []byte) (v1.ImageIndex, error) {
	archs := []string{"amd64", "arm64"}
	bases, runtimes := make([]tree, len(archs)), make([]tree, len(archs))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, arch := range archs {
		group.Go(func() (err error) {
			bases[i], err = s.rootfs(groupCtx, recipe, arch, arch == runtime.GOARCH)
			return err
		})
		group.Go(func() (err error) {
			runtimes[i], err = s.lambdaRuntime(groupCtx, recipe, arch)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	shareBytecode(bases[0], bases[1])
	shareBytecode(bases[1], bases[0])
	images := map[string]v1.Image{}
	for i, arch := range archs {
		trust(bases[i], ca)
		image, err := assemble(arch, lambdaConfig(),
			layerSource{bases[i], "debian " + recipe.suite + " root filesystem"},
			layerSource{runtimes[i], "lambda runtime for python " + recipe.python})
		if err != nil {
			return nil, err
		}
		images[arch] = image
	}
	return index(images), nil
}

// lambdaConfig is the configuration of AWS's base images, plus the variable
// that makes programs trust the machine's certificates.
func lambdaConfig() v1.Config {
	return v1.Config{
		Env: []string{
			"LANG=en_US.UTF-8",
			"TZ=:/etc/localtime",
			"PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
			"LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
			"LAMBDA_TASK_ROOT=/var/task",
			"LAMBDA_RUNTIME_DIR=/var/runtime",
			caEnv,
		},
		WorkingDir: "/var/task",
		Entrypoint: []string{"/lambda-entrypoint.sh"},
	}
}

// lambdaRuntime is what a base image holds over its root filesystem.
func (s Store) lambdaRuntime(ctx context.Context, recipe lambdaRecipe, arch string) (tree, error) {
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[arch]
	client, err := s.wheels(ctx, recipe.python,
		[]string{"manylinux2014_" + machine, "manylinux_2_28_" + machine},
		[]string{"awslambdaric==" + recipe.client, "simplejson==4.3.0", "snapshot-restore-py==1.0.0"})
	if err != nil {
		return nil, err
	}
	t := tree{}
	for name, e := range client {
		t.file("var/runtime/"+name, e.mode, e.data)
	}
	for _, link := range []string{"python" + recipe.python, "python3", "python"} {
		t.symlink("var/lang/bin/"+link, "/usr/bin/python"+recipe.python)
	}
	t.dir(fmt.Sprintf("var/lang/lib/python%s/site-packages", recipe.python), 0o755)
	t.dir("var/task", 0o755)
	t.dir("opt", 0o755)
	t.file("var/runtime/bootstrap.py", 0o644, bootstrapModule)
	t.file("var/runtime/bootstrap", 0o755, []byte(strings.ReplaceAll(string(bootstrapScript), "python3", "python"+recipe.python)))
	t.file("lambda-entrypoint.sh", 0o755, entrypointScript)
	return t, nil
}

// trust has the root filesystem trust the certificates.
func trust(t tree, ca []byte) {
	t.file(caPath, 0o644, ca)
}
