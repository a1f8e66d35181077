package build

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/cmd/buildctl/build"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/session/sshforward/sshprovider"
	"github.com/moby/buildkit/session/upload/uploadprovider"
	"github.com/tonistiigi/fsutil"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

// solveOpt turns a request into BuildKit's options. The function it returns
// removes what was written for the length of the build.
func solveOpt(opts Options, delivery *delivery) (*client.SolveOpt, func(), error) {
	r := opts.Request
	opt := &client.SolveOpt{
		FrontendAttrs:       maps.Clone(r.Attrs),
		LocalMounts:         map[string]fsutil.FS{},
		OCIStores:           map[string]content.Store{},
		SharedKey:           r.SharedKey,
		Exports:             delivery.exports,
		CacheExports:        r.CacheExports,
		CacheImports:        r.CacheImports,
		AllowedEntitlements: r.Entitlements,
	}
	for _, name := range slices.Sorted(maps.Keys(r.Folders)) {
		if err := mountFolder(opt, name, r.Folders[name]); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Layouts)) {
		store, err := local.NewStore(r.Layouts[name])
		if err != nil {
			return nil, nil, fmt.Errorf("opening the OCI layout %s: %w", r.Layouts[name], err)
		}
		opt.OCIStores[name] = store
	}
	if err := attach(opt, opts); err != nil {
		return nil, nil, err
	}
	release, err := readStdin(opt, r.Stdin, opts.Terminal.Stdin)
	return opt, release, err
}

// mountFolder offers a local folder to the build.
func mountFolder(opt *client.SolveOpt, name, folder string) error {
	files, err := fsutil.NewFS(folder)
	if err != nil {
		return fmt.Errorf("opening the %s folder: %w", name, err)
	}
	opt.LocalMounts[name] = files
	return nil
}

// attach adds what the daemon may ask this process for: registry credentials,
// secrets and SSH agents.
func attach(opt *client.SolveOpt, opts Options) error {
	secrets, err := build.ParseSecret(opts.Request.Secrets)
	if err != nil {
		return fmt.Errorf("invalid --secret: %w", err)
	}
	opt.Session = []session.Attachable{
		authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
			AuthConfigProvider: authprovider.LoadAuthConfig(opts.Docker),
		}),
		secrets,
	}
	if len(opts.Request.SSH) == 0 {
		return nil
	}
	agents, err := sshprovider.NewSSHAgentProvider(opts.Request.SSH)
	if err != nil {
		return fmt.Errorf("invalid --ssh: %w", err)
	}
	opt.Session = append(opt.Session, agents)
	return nil
}

// readStdin offers standard input as what the request reads it for.
func readStdin(opt *client.SolveOpt, use buildflags.Stdin, stdin io.Reader) (func(), error) {
	switch use {
	case buildflags.StdinContext:
		archive, err := openTar(stdin)
		if err != nil {
			return nil, err
		}
		upload := uploadprovider.New()
		opt.FrontendAttrs["context"] = upload.Add(io.NopCloser(archive))
		opt.Session = append(opt.Session, upload)
	case buildflags.StdinFile:
		folder, err := saveBuildFile(stdin, opt.FrontendAttrs["filename"])
		if err != nil {
			return nil, err
		}
		release := func() { _ = os.RemoveAll(folder) }
		if err := mountFolder(opt, dockerui.DefaultLocalNameDockerfile, folder); err != nil {
			release()
			return nil, err
		}
		return release, nil
	}
	return func() {}, nil
}

// saveBuildFile writes standard input to a file in a new folder.
func saveBuildFile(stdin io.Reader, name string) (string, error) {
	folder, err := os.MkdirTemp("", "uvlambda-file-")
	if err != nil {
		return "", fmt.Errorf("keeping the build file: %w", err)
	}
	data, err := io.ReadAll(stdin)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name), data, 0o600)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("reading the build file from standard input: %w", err), os.RemoveAll(folder))
	}
	return folder, nil
}
