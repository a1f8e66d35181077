package buildflags

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/dfgitutil"
	"github.com/moby/buildkit/frontend/dockerui"
)

// DefaultFiles are the names of the build file that are looked for, in order.
func DefaultFiles() []string {
	return []string{"pyproject.toml", "uvlambda.toml"}
}

// setContext sets the main build context and the build file.
func (f Flags) setContext(r *Request, context string) error {
	switch {
	case context == "-":
		return f.setStdinContext(r)
	case isFolder(context):
		return f.setLocalContext(r, context)
	case isRemote(context):
		return f.setRemoteContext(r, context)
	}
	return fmt.Errorf("build context %q is neither a folder nor a git or HTTP URL", context)
}

// setStdinContext takes the context from a tar archive on standard input.
func (f Flags) setStdinContext(r *Request) error {
	if f.File == "-" {
		return errors.New("standard input cannot be both the context and the build file: give one of them as a path")
	}
	r.Stdin = StdinContext
	r.Attrs["filename"] = DefaultFiles()[0]
	if f.File != "" {
		r.Attrs["filename"] = f.File
	}
	return nil
}

// setLocalContext sends a folder. As with buildx, -f is relative to the
// working folder, and its own folder is sent under the name "dockerfile".
func (f Flags) setLocalContext(r *Request, folder string) error {
	r.Folders[dockerui.DefaultLocalNameContext] = folder
	r.SharedKey = folderName(folder)
	if f.File == "-" {
		setStdinFile(r)
		return nil
	}
	file, err := f.BuildFile(folder)
	if err != nil {
		return err
	}
	r.Folders[dockerui.DefaultLocalNameDockerfile] = filepath.Dir(file)
	r.Attrs["filename"] = filepath.Base(file)
	return nil
}

// setRemoteContext lets BuildKit fetch the context. A relative -f is a path in
// it; an absolute one is a file of this machine.
func (f Flags) setRemoteContext(r *Request, url string) error {
	r.Attrs["context"] = url
	switch {
	case f.File == "-":
		setStdinFile(r)
	case filepath.IsAbs(f.File):
		r.Folders[dockerui.DefaultLocalNameDockerfile] = filepath.Dir(f.File)
		r.Attrs["dockerfilekey"] = dockerui.DefaultLocalNameDockerfile
		r.Attrs["filename"] = filepath.Base(f.File)
	case f.File != "":
		r.Attrs["filename"] = f.File
	default:
		r.Attrs["filename"] = DefaultFiles()[0]
	}
	return nil
}

// setStdinFile takes the build file from standard input.
func setStdinFile(r *Request) {
	r.Stdin = StdinFile
	r.Attrs["dockerfilekey"] = dockerui.DefaultLocalNameDockerfile
	r.Attrs["filename"] = DefaultFiles()[0]
}

// BuildFile returns the path of the build file of a local context: -f, else
// the first of the default names that the folder holds.
func (f Flags) BuildFile(folder string) (string, error) {
	if f.File != "" {
		info, err := os.Stat(f.File)
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("build file %s does not exist: -f is relative to the working folder, not to the context", f.File)
		}
		if err != nil {
			return "", fmt.Errorf("looking for the build file: %w", err)
		}
		if info.IsDir() {
			return "", fmt.Errorf("build file %s is a folder: name a file with -f", f.File)
		}
		return f.File, nil
	}
	for _, name := range DefaultFiles() {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s holds neither %s: name the build file with -f", folder, strings.Join(DefaultFiles(), " nor "))
}

// isFolder reports whether the path is a folder of this machine.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isRemote reports whether BuildKit can fetch the source by itself.
func isRemote(source string) bool {
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		return true
	}
	_, ok, _ := dfgitutil.ParseGitRef(source)
	return ok
}

// folderName is the last element of a folder's absolute path.
func folderName(folder string) string {
	if abs, err := filepath.Abs(folder); err == nil {
		folder = abs
	}
	return filepath.Base(folder)
}
