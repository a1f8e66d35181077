package buildflags

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
)

// setAnnotations adds the OCI annotations to every output.
func (f Flags) setAnnotations(r *Request) error {
	for _, value := range f.Annotations {
		key, text, ok := strings.Cut(value, "=")
		if !ok {
			return fail("annotation", value, errors.New("write [TYPE:]KEY=VALUE"))
		}
		kinds, name, typed := strings.Cut(key, ":")
		if !typed {
			kinds, name = "", key
		}
		for kind := range strings.SplitSeq(kinds, ",") {
			annotation := exptypes.AnnotationKey{Key: name}
			if typed {
				var err error
				if annotation, err = annotationKey(kind, name); err != nil {
					return fail("annotation", value, err)
				}
			}
			for _, out := range r.Outputs {
				out.Attrs[annotation.String()] = text
			}
		}
	}
	return nil
}

// annotationKey reads where an annotation goes: TYPE with an optional
// [PLATFORM].
func annotationKey(kind, name string) (exptypes.AnnotationKey, error) {
	key := exptypes.AnnotationKey{Key: name}
	parts := regexp.MustCompile(`^([a-z-]+)(?:\[([A-Za-z0-9_/-]+)\])?$`).FindStringSubmatch(kind)
	if parts == nil {
		return key, fmt.Errorf("%q is not TYPE or TYPE[PLATFORM]", kind)
	}
	switch parts[1] {
	case exptypes.AnnotationIndex, exptypes.AnnotationIndexDescriptor,
		exptypes.AnnotationManifest, exptypes.AnnotationManifestDescriptor:
		key.Type = parts[1]
	default:
		return key, fmt.Errorf("unknown type %q: use index, index-descriptor, manifest or manifest-descriptor", parts[1])
	}
	if parts[2] != "" {
		platform, err := platforms.Parse(parts[2])
		if err != nil {
			return key, err
		}
		key.Platform = &platform
	}
	return key, nil
}
