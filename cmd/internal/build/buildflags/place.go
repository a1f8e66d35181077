package buildflags

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/frontend/dockerui"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
	"github.com/uvlambda/uvlambda/plan"
)

// output is what the target makes. A target that is no output is a function,
// of which the image is built.
func (f Flags) output() plan.Output {
	output := plan.Output(path.Base(f.Target))
	if slices.Contains(plan.Outputs(), output) {
		return output
	}
	return plan.OutputImage
}

// isPath reports whether an --output value is the path of a folder or file, and
// not a list of attributes.
func isPath(value string) bool {
	return value != "" && value != "-" && !strings.ContainsAny(value, "=,")
}

// place decides what the path of an --output stands for, and refuses a
// destination that cannot be written, or where the result would harm the
// project.
func (f Flags) place(r *Request, value string, out Output) (Output, error) {
	if isPath(value) && !strings.HasSuffix(value, "/") {
		file, err := f.namesArchive(r, value)
		if err != nil {
			return out, fail("output", value, err)
		}
		out.Folder = !file
	}
	out, err := checkDest(value, out)
	if err == nil && out.Folder {
		if err := f.checkPlace(r, isPath(value), out); err != nil {
			return out, fail("output", value, err)
		}
	}
	return out, err
}

// fileEndings are endings that people give to files, not to folders. Only a zip
// archive can be a file of a chosen name.
func fileEndings() []string {
	return []string{".zip", ".json", ".lock", ".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2"}
}

// namesArchive reports whether a path names the archive file that is built. It
// refuses the name of a file that the target does not make.
func (f Flags) namesArchive(r *Request, value string) (bool, error) {
	lower, output := strings.ToLower(value), f.output()
	ends := func(ending string) bool { return strings.HasSuffix(lower, ending) }
	isTar := strings.Contains(filepath.Base(lower), ".tar") || ends(".tgz")
	switch {
	case !slices.ContainsFunc(fileEndings(), ends):
		return false, nil
	case output.IsArchive() && ends(".zip"):
		return true, checkArchiveFile(r, value)
	case isFolder(value):
		return false, nil
	case output.IsArchive():
		return false, fmt.Errorf("--target %s makes a .zip file, with its facts in a .json file beside it: name the .zip file, as in -o %s.zip, or a folder", f.Target, Stem(value))
	case output == plan.OutputLock:
		return false, errors.New("--target lock writes the file uv.lock into a folder: name the folder of the project with -o")
	case output == plan.OutputTest:
		return false, errors.New("--target test writes the file test-report.json into a folder: name the folder, as in -o report")
	case ends(".zip"):
		return false, fmt.Errorf("--target %s makes no .zip file: use --target zip, or name a folder", output)
	case isTar && output == plan.OutputImage:
		return false, fmt.Errorf("say what the file is to hold: -o type=oci,dest=%[1]s for the image, or -o type=tar,dest=%[1]s for the files in it", value)
	case isTar:
		return false, fmt.Errorf("a path is a folder: write the file with -o type=tar,dest=%s", value)
	}
	return false, fmt.Errorf("--target %s makes no such file: name a folder", output)
}

// Stem is a file's path without its ending.
func Stem(file string) string { return strings.TrimSuffix(file, filepath.Ext(file)) }

// FactsFile is the file beside an archive that describes it.
func FactsFile(archive string) string { return Stem(archive) + ".json" }

// checkArchiveFile refuses an archive that would be several, or whose facts
// would replace another file.
func checkArchiveFile(r *Request, archive string) error {
	if strings.Contains(r.Attrs["platform"], ",") {
		return errors.New("there is an archive for each platform: name a folder")
	}
	return CheckFacts(FactsFile(archive))
}

// CheckFacts refuses to write the facts of an archive over a file that holds
// something else.
func CheckFacts(file string) error {
	data, err := plainfile.Read(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var facts struct{ CodeSha256 string }
	if err != nil || json.Unmarshal(data, &facts) != nil || facts.CodeSha256 == "" {
		return fmt.Errorf("the archive's facts would replace %s, which holds something else: name another place", file)
	}
	return nil
}

// checkPlace refuses a folder where the result would be mixed with files that
// are not of an earlier build. Archives, test reports and uv.lock have few
// files, with names that are known.
func (f Flags) checkPlace(r *Request, short bool, out Output) error {
	what := "the files of an image"
	switch output := f.output(); {
	case output == plan.OutputDir:
		what = "the files of the task root"
	case output != plan.OutputImage:
		return nil
	case out.Type != client.ExporterLocal:
		what = "the blobs of an image"
	}
	if folder, ok := r.projectFolder(out.Dest); ok {
		hint := ""
		if f.Target == "" {
			hint = "; uv.lock is written by --target lock"
		}
		return fmt.Errorf("%s would be written over the project in %s: name another folder, or a new one in it%s", what, folder, hint)
	}
	entries, err := os.ReadDir(out.Dest)
	if short && f.output() == plan.OutputImage && err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder is not empty, and the files of an image would be written among those in it: name a new folder, or say -o type=local,dest=%s; "+
			"for the image itself use --load, --push or -o type=oci,dest=FILE", out.Dest)
	}
	return nil
}

// projectFolder reports whether a folder is the build context, the build file's
// folder, or a folder above one of them, and gives the folder that it found. A link
// counts as its target.
func (r *Request) projectFolder(dest string) (folder string, ok bool) {
	info, err := os.Stat(dest)
	if err != nil {
		return "", false
	}
	for _, name := range []string{dockerui.DefaultLocalNameContext, dockerui.DefaultLocalNameDockerfile} {
		folder := r.Folders[name]
		if folder == "" {
			continue
		}
		real, err := filepath.Abs(folder)
		if err == nil {
			real, err = filepath.EvalSymlinks(real)
		}
		if err != nil {
			continue
		}
		for above := real; ; above = filepath.Dir(above) {
			if other, err := os.Stat(above); err == nil && os.SameFile(info, other) {
				return folder, true
			}
			if above == filepath.Dir(above) {
				break
			}
		}
	}
	return "", false
}
