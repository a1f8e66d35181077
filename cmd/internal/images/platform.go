package images

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// candidate is an image of an index that may be chosen.
type candidate struct {
	platform v1.Platform
	open     func() (v1.Image, error)
}

// choose picks the image for the wanted platform out of an index. When none is
// wanted it is this machine's, or the only one there is.
func choose(index v1.ImageIndex, wanted *v1.Platform) (v1.Image, error) {
	images, err := candidates(index, nesting)
	if err != nil {
		return nil, err
	}
	var built []string
	for _, image := range images {
		if image.platform.Satisfies(orHost(wanted)) {
			return image.open()
		}
		built = append(built, image.platform.String())
	}
	if wanted == nil && len(images) == 1 {
		return images[0].open()
	}
	if len(images) == 0 {
		return nil, errors.New("it holds no image")
	}
	slices.Sort(built)
	remedy := "choose with --platform"
	switch {
	case wanted != nil && len(images) == 1:
		remedy = rebuild(*wanted)
	case wanted != nil:
		remedy = "choose one of these, or build it with --platform " + wanted.String()
	}
	return nil, fmt.Errorf("it is for %s, not for %s: %s", strings.Join(built, " and "), orHost(wanted), remedy)
}

// rebuild is the remedy when the only image is for another platform.
func rebuild(wanted v1.Platform) string {
	return "leave --platform out, or build it with --platform " + wanted.String()
}

// orHost is the wanted platform, this machine's when none is.
func orHost(wanted *v1.Platform) v1.Platform {
	if wanted != nil {
		return *wanted
	}
	host := platforms.DefaultSpec()
	return v1.Platform{OS: host.OS, Architecture: host.Architecture}
}

// nesting is how deep indexes may be in indexes. A layout's blobs are not
// compared with their digests, so an index could hold itself.
const nesting = 4

// candidates are the images of an index and of the indexes in it, without
// attestations, whose platform is unknown.
func candidates(index v1.ImageIndex, nesting int) ([]candidate, error) {
	if nesting == 0 {
		return nil, errors.New("its indexes are nested too deep")
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	var found []candidate
	for _, entry := range manifest.Manifests {
		switch {
		case entry.Platform != nil && entry.Platform.OS == "unknown":
		case entry.MediaType.IsIndex():
			nested, err := index.ImageIndex(entry.Digest)
			if err != nil {
				return nil, err
			}
			more, err := candidates(nested, nesting-1)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		case entry.MediaType.IsImage():
			image, err := candidateOf(index, entry)
			if err != nil {
				return nil, err
			}
			found = append(found, image)
		}
	}
	return found, nil
}

// candidateOf describes an image of an index. It is opened only where the index
// doesn't say the platform: an index may be there without all of its images.
func candidateOf(index v1.ImageIndex, entry v1.Descriptor) (candidate, error) {
	open := func() (v1.Image, error) { return index.Image(entry.Digest) }
	if entry.Platform != nil {
		return candidate{*entry.Platform, open}, nil
	}
	image, err := open()
	if err != nil {
		return candidate{}, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return candidate{}, err
	}
	return candidate{platformOf(config), open}, nil
}

// platformOf is the platform that an image's configuration says, empty when it
// says none.
func platformOf(config *v1.ConfigFile) v1.Platform {
	if platform := config.Platform(); platform != nil {
		return *platform
	}
	return v1.Platform{}
}
