package standin

import (
	"context"
	"runtime"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"
)

// slimPython makes the official image of a Python, for both architectures: Debian's
// own at the place of the image's, and nothing of Lambda.
func (s Store) slimPython(ctx context.Context, recipe lambdaRecipe, ca []byte) (v1.ImageIndex, error) {
	config := v1.Config{
		Env: []string{
			"PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"LANG=C.UTF-8",
			caEnv,
		},
		Cmd: []string{"python3"},
	}
	return s.python(ctx, recipe, ca, config, func(t tree) {
		for _, link := range []string{"python" + recipe.python, "python3", "python"} {
			t.symlink("usr/local/bin/"+link, "/usr/bin/python"+recipe.python)
		}
	})
}

// distroless makes an image with a Python, no shell and another user than root.
func (s Store) distroless(ctx context.Context, recipe lambdaRecipe, ca []byte) (v1.ImageIndex, error) {
	config := v1.Config{
		Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", caEnv},
		Entrypoint: []string{"/usr/bin/python" + recipe.python},
		User:       "65532",
		WorkingDir: "/home/nonroot",
	}
	return s.python(ctx, recipe, ca, config, func(t tree) {
		for name := range t {
			program, isProgram := strings.CutPrefix(name, "usr/bin/")
			if isProgram && !strings.HasPrefix(program, "python") {
				delete(t, name)
			}
		}
		t.symlink("usr/bin/python3", "python"+recipe.python)
		t.file("etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"))
		t.dir("home/nonroot", 0o755)
	})
}

// python makes an image of a root filesystem with a Python, for both architectures.
func (s Store) python(ctx context.Context, recipe lambdaRecipe, ca []byte, config v1.Config, finish func(tree)) (v1.ImageIndex, error) {
	archs := []string{"amd64", "arm64"}
	made := make([]tree, len(archs))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, arch := range archs {
		group.Go(func() (err error) {
			made[i], err = s.rootfs(groupCtx, recipe, arch, arch == runtime.GOARCH)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	shareBytecode(made[0], made[1])
	shareBytecode(made[1], made[0])
	images := map[string]v1.Image{}
	for i, arch := range archs {
		trust(made[i], ca)
		finish(made[i])
		image, err := assemble(arch, config, layerSource{made[i], "debian " + recipe.suite + " root filesystem"})
		if err != nil {
			return nil, err
		}
		images[arch] = image
	}
	return index(images), nil
}
