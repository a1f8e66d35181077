package llb

import (
	"archive/zip"
	"bytes"
	"path"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// stubs are wheels without code for a check, in place of wheels that the context
// does not have: files of the project, and mounts of the wheels elsewhere.
func (c *converter) stubs(st *plan.Step, check *plan.LockCheck) (files []plan.File, mounts []bkllb.RunOption) {
	for _, stub := range check.Stubs {
		data, at := stubWheel(stub), stub.Path
		if !path.IsAbs(at) {
			at = path.Join(SourcePath, at)
		}
		if name, ok := strings.CutPrefix(at, SourcePath+"/"); ok {
			files = append(files, plan.File{Path: name, Content: string(data)})
			continue
		}
		wheel := bkllb.Scratch().File(bkllb.Mkfile("/wheel", 0o644, data, bkllb.WithCreatedTime(epoch)),
			c.named(st.Source, internal("prepare the metadata of an absent wheel"))...)
		mounts = append(mounts, c.mount(at, wheel, bkllb.SourcePath("/wheel")))
	}
	return files, mounts
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
