package llb

import (
	"archive/zip"
	"bytes"
	"path"
	"strconv"
	"strings"

	"github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// mountStubs mounts wheels without code where a check looks for those that the
// context does not have.
func (c *converter) mountStubs(st *plan.Step, check *plan.LockCheck) []llb.RunOption {
	var write *llb.FileAction
	for i, stub := range check.Stubs {
		name, data := "/"+strconv.Itoa(i), stubWheel(stub)
		if write == nil {
			write = llb.Mkfile(name, 0o644, data, llb.WithCreatedTime(epoch))
		} else {
			write = write.Mkfile(name, 0o644, data, llb.WithCreatedTime(epoch))
		}
	}
	if write == nil {
		return nil
	}
	wheels := llb.Scratch().File(write, c.named(st.Source, internal("prepare the metadata of absent wheels"))...)
	opts := make([]llb.RunOption, 0, len(check.Stubs))
	for i, stub := range check.Stubs {
		at := stub.Path
		if !path.IsAbs(at) {
			at = path.Join(SourcePath, at)
		}
		opts = append(opts, llb.AddMount(at, wheels, llb.SourcePath("/"+strconv.Itoa(i)), llb.Readonly))
	}
	return opts
}

// stubWheel is a wheel that has nothing but its metadata
// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/).
// Its bytes depend on nothing else: entries are stored, without times.
func stubWheel(stub plan.Stub) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	name, rest, _ := strings.Cut(path.Base(stub.Path), "-")
	version, _, _ := strings.Cut(rest, "-")
	for _, file := range [][2]string{
		{"METADATA", stub.Metadata},
		{"WHEEL", "Wheel-Version: 1.0\nGenerator: uvlambda\nRoot-Is-Purelib: true\n"},
		{"RECORD", ""},
	} {
		// Writing to memory does not fail.
		entry, _ := w.CreateHeader(&zip.FileHeader{Name: name + "-" + version + ".dist-info/" + file[0], Method: zip.Store})
		_, _ = entry.Write([]byte(file[1]))
	}
	_ = w.Close()
	return b.Bytes()
}
