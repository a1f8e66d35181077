package buildflags

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/client"

	"github.com/uvlambda/uvlambda/plan"
)

// Output is one place the result goes to.
type Output struct {
	// Type is the exporter: image, docker, oci, local or tar, and cacheonly for
	// none at all.
	Type string
	// Attrs are the exporter's attributes.
	Attrs map[string]string
	// Dest is a folder when Folder is set, else a file or - for standard
	// output. It is empty for images, and for an image that docker loads. A file
	// of type local is a zip archive with a name of its own.
	Dest   string
	Folder bool
}

// setOutputs sets where the result goes, and what images are called.
func (f Flags) setOutputs(r *Request) error {
	for _, value := range f.Outputs {
		out, err := parseOutput(value)
		if err == nil {
			out, err = f.place(r, value, out)
		}
		if err != nil {
			return err
		}
		if f.IIDFile != "" && (out.Type == client.ExporterLocal || out.Type == client.ExporterTar) {
			return fmt.Errorf("--iidfile cannot be used with --output type=%s: the result is not an image", out.Type)
		}
		r.Outputs = append(r.Outputs, out)
	}
	if f.Push {
		r.addPush()
	}
	if f.Load {
		r.addLoad()
	}
	return errors.Join(f.setNames(r), f.setAnnotations(r), checkStdout(r.Outputs), checkDocker(r), f.checkTarget(r.Outputs))
}

// checkTarget refuses to make an image of a zip or a layer: the frontend does not
// know where its result goes, and the exporter does not know what the result is.
func (f Flags) checkTarget(outputs []Output) error {
	if f.output() == plan.OutputImage {
		return nil
	}
	for _, out := range outputs {
		switch out.Type {
		case client.ExporterImage, client.ExporterDocker, client.ExporterOCI:
			return fmt.Errorf("--target %s is not an image, so it can be neither pushed nor loaded: write it to a folder with -o FOLDER", f.Target)
		}
	}
	return nil
}

// checkDocker refuses what docker's own form of an archive cannot hold.
func checkDocker(r *Request) error {
	attested := func(key string) bool { return strings.HasPrefix(key, "attest:") }
	several := strings.Contains(r.Attrs["platform"], ",") || slices.ContainsFunc(slices.Collect(maps.Keys(r.Attrs)), attested)
	for _, out := range r.Outputs {
		if out.Type != client.ExporterDocker || out.Dest == "" {
			continue
		}
		if out.Folder {
			return errors.New("type=docker writes no folder: use type=oci,tar=false")
		}
		if several {
			return errors.New("a file of type=docker holds one image, without attestations: ask for a single platform and no attestation, or use type=oci")
		}
	}
	return nil
}

// parseOutput reads an --output value: a folder, - or a list of attributes.
func parseOutput(value string) (Output, error) {
	if value == "-" {
		return Output{Type: client.ExporterTar, Attrs: map[string]string{}, Dest: "-"}, nil
	}
	if isPath(value) {
		return Output{Type: client.ExporterLocal, Attrs: map[string]string{}, Dest: value, Folder: true}, nil
	}
	attrs, err := csvAttributes("output", value, func(key string) string { return strings.ToLower(strings.TrimSpace(key)) })
	if err != nil {
		return Output{}, err
	}
	out := Output{Type: attrs["type"], Attrs: attrs, Dest: attrs["dest"]}
	delete(attrs, "type")
	delete(attrs, "dest")
	switch out.Type {
	case "":
		return Output{}, fail("output", value, errors.New("name the exporter with type=TYPE"))
	case "registry":
		out.Type = client.ExporterImage
		setPush(out.Attrs)
	case client.ExporterLocal:
		out.Folder = true
	case client.ExporterTar:
		out.Dest = orStdout(out.Dest)
	case client.ExporterOCI:
		out.Folder = attrs["tar"] != "" && !isTrue(attrs["tar"])
		if !out.Folder {
			out.Dest = orStdout(out.Dest)
		}
	case client.ExporterDocker:
		out.Folder = attrs["tar"] != "" && !isTrue(attrs["tar"])
	}
	return out, nil
}

// orStdout is the destination of an exporter that writes one stream.
func orStdout(dest string) string {
	if dest == "" {
		return "-"
	}
	return dest
}

// checkDest refuses a destination that cannot be written, or must not be.
func checkDest(value string, out Output) (Output, error) {
	if out.Folder && (out.Dest == "" || out.Dest == "-") {
		return out, fail("output", value, fmt.Errorf("type=%s writes a folder: name it with dest=FOLDER", out.Type))
	}
	if out.Attrs["mode"] == "delete" {
		return out, fail("output", value, errors.New("mode=delete is not offered: empty the folder first"))
	}
	if out.Type == client.ExporterImage && out.Dest != "" {
		return out, fail("output", value, errors.New("an image goes to the builder or a registry, and no file is written: leave dest out, or use type=oci"))
	}
	if out.Dest == "" || out.Dest == "-" {
		return out, nil
	}
	info, err := os.Stat(out.Dest)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return out, nil
	case err != nil:
		return out, fail("output", value, err)
	case out.Folder && !info.IsDir():
		return out, fail("output", value, fmt.Errorf("%s is a file, a folder is needed", out.Dest))
	case !out.Folder && info.IsDir():
		return out, fail("output", value, fmt.Errorf("%s is a folder, a file is needed", out.Dest))
	}
	return out, nil
}

// addPush pushes every image output, or adds one that is pushed.
func (r *Request) addPush() {
	pushed := false
	for _, out := range r.Outputs {
		if out.Type == client.ExporterImage {
			setPush(out.Attrs)
			pushed = true
		}
	}
	if !pushed {
		attrs := map[string]string{}
		setPush(attrs)
		r.Outputs = append(r.Outputs, Output{Type: client.ExporterImage, Attrs: attrs})
	}
}

// setPush makes an image exporter push. An image that is only pushed is not
// unpacked.
func setPush(attrs map[string]string) {
	attrs["push"] = "true"
	if _, set := attrs["unpack"]; !set {
		attrs["unpack"] = "false"
	}
}

// addLoad adds an output that is loaded into docker, when there is none yet.
func (r *Request) addLoad() {
	for _, out := range r.Outputs {
		if out.Loads() {
			return
		}
	}
	r.Outputs = append(r.Outputs, Output{Type: client.ExporterDocker, Attrs: map[string]string{}})
}

// Loads reports whether the output is loaded into docker.
func (o Output) Loads() bool {
	return o.Type == client.ExporterDocker && o.Dest == ""
}

// Pushes reports whether the output is pushed to a registry.
func (o Output) Pushes() bool {
	return isTrue(o.Attrs["push"])
}

// setNames gives image outputs the names of --tag.
func (f Flags) setNames(r *Request) error {
	for _, tag := range f.Tags {
		if _, err := reference.ParseNormalizedNamed(tag); err != nil {
			return fail("tag", tag, err)
		}
	}
	r.Names = strings.Join(f.Tags, ",")
	for _, out := range r.Outputs {
		switch out.Type {
		case client.ExporterImage, client.ExporterOCI, client.ExporterDocker:
			if r.Names != "" {
				out.Attrs["name"] = r.Names
			}
		}
		if out.Pushes() && out.Attrs["name"] == "" {
			return errors.New("an image that is pushed needs a name: add -t REGISTRY/REPOSITORY[:TAG]")
		}
	}
	return nil
}

// checkStdout refuses two outputs on standard output.
func checkStdout(outputs []Output) error {
	used := false
	for _, out := range outputs {
		if out.Dest == "-" && used {
			return errors.New("only one --output can be written to standard output: give the others a dest=FILE")
		}
		used = used || out.Dest == "-"
	}
	return nil
}
