package invoke

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// choose picks the image for the wanted platform out of an index. When none is
// wanted it is this machine's, or the only one there is.
func choose(index v1.ImageIndex, wanted *v1.Platform) (v1.Image, error) {
	images, err := imagesOf(index)
	if err != nil {
		return nil, err
	}
	var built []string
	for _, image := range images {
		config, err := image.ConfigFile()
		if err != nil {
			return nil, err
		}
		platform := config.Platform()
		built = append(built, platform.String())
		if platform.Satisfies(orHost(wanted)) {
			return image, nil
		}
	}
	if wanted == nil && len(images) == 1 {
		return images[0], nil
	}
	if len(images) == 0 {
		return nil, errors.New("it holds no image")
	}
	slices.Sort(built)
	return nil, fmt.Errorf("it is for %s, not for %s: choose with --platform", strings.Join(built, " and "), orHost(wanted))
}

// orHost is the wanted platform, this machine's when none is.
func orHost(wanted *v1.Platform) v1.Platform {
	if wanted != nil {
		return *wanted
	}
	host := platforms.DefaultSpec()
	return v1.Platform{OS: host.OS, Architecture: host.Architecture}
}

// imagesOf are the images of an index and of the indexes in it, without
// attestations, whose platform is unknown.
func imagesOf(index v1.ImageIndex) ([]v1.Image, error) {
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	var images []v1.Image
	for _, entry := range manifest.Manifests {
		switch {
		case entry.Platform != nil && entry.Platform.OS == "unknown":
		case entry.MediaType.IsIndex():
			nested, err := index.ImageIndex(entry.Digest)
			if err != nil {
				return nil, err
			}
			more, err := imagesOf(nested)
			if err != nil {
				return nil, err
			}
			images = append(images, more...)
		case entry.MediaType.IsImage():
			image, err := index.Image(entry.Digest)
			if err != nil {
				return nil, err
			}
			images = append(images, image)
		}
	}
	return images, nil
}

// emulators is where Linux lists the interpreters of foreign programs.
const emulators = "/proc/sys/fs/binfmt_misc"

// checkRunnable refuses an image that this machine has no processor for, real
// or emulated. The emulators are the files of a folder, as in binfmt_misc.
func checkRunnable(architecture, host, emulators string) error {
	if architecture == host {
		return nil
	}
	machines := map[string]string{"arm64": "aarch64", "amd64": "x86_64"}
	state, err := os.ReadFile(filepath.Join(emulators, "qemu-"+machines[architecture]))
	if err == nil && fixedAndEnabled(string(state)) {
		return nil
	}
	return fmt.Errorf("the image is for linux/%s and this machine is linux/%s: register an emulator (apt-get install qemu-user-static, with binfmt_misc mounted), or build with --platform linux/%s",
		architecture, host, host)
}

// fixedAndEnabled reads a binfmt_misc entry. Only an interpreter with the flag
// F is open already, and so found from inside another root filesystem.
func fixedAndEnabled(state string) bool {
	enabled, fixed := false, false
	for line := range strings.Lines(state) {
		line = strings.TrimSpace(line)
		enabled = enabled || line == "enabled"
		if flags, ok := strings.CutPrefix(line, "flags:"); ok {
			fixed = strings.Contains(flags, "F")
		}
	}
	return enabled && fixed
}
