package buildflags

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/dfgitutil"
	"github.com/moby/buildkit/frontend/dockerui"
)

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
	r.Attrs["filename"] = pyprojectName
	if f.File != "" {
		r.Attrs["filename"] = f.File
	}
	return nil
}

// setLocalContext sends a folder, or the workspace above that it is a member of.
// As with buildx, -f is relative to the working folder, and its own folder is
// sent under the name "dockerfile".
func (f Flags) setLocalContext(r *Request, folder string) error {
	r.folder, r.Local.Context = folder, Quote(folder)
	found := Project{Context: folder}
	if f.File == "-" {
		setStdinFile(r)
	} else {
		var err error
		if found, err = f.Project(folder); err != nil {
			return err
		}
		r.Folders[dockerui.DefaultLocalNameDockerfile] = filepath.Dir(found.File)
		r.Attrs["filename"] = filepath.Base(found.File)
	}
	r.Folders[dockerui.DefaultLocalNameContext] = found.Context
	r.SharedKey = folderName(found.Context)
	r.project = found
	return nil
}

// setRemoteContext lets BuildKit fetch the context. A relative -f is a path in
// it; an absolute one is a file of this machine.
func (f Flags) setRemoteContext(r *Request, url string) error {
	r.Attrs["context"] = url
	r.needQuery(url)
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
		r.Attrs["filename"] = pyprojectName
	}
	return nil
}

// setStdinFile takes the build file from standard input.
func setStdinFile(r *Request) {
	r.Stdin = StdinFile
	r.Attrs["dockerfilekey"] = dockerui.DefaultLocalNameDockerfile
	r.Attrs["filename"] = pyprojectName
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
