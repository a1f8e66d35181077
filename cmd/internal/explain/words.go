package explain

import (
	"fmt"

	"github.com/docker/go-units"
)

// humanSize is a size in bytes for people, in powers of 1000: "94 B",
// "1.2 MB".
func humanSize(size int64) string {
	if size < 1000 {
		return fmt.Sprintf("%d B", size)
	}
	return units.CustomSize("%.1f %s", float64(size), 1000, []string{"B", "kB", "MB", "GB", "TB", "PB"})
}

// share is the part of a whole, zero of nothing.
func share(size, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(size) / float64(whole)
}

// percent is a share for people: "12.3 %".
func percent(share float64) string {
	if share > 0 && share < 0.001 {
		return "<0.1 %"
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

// plural is a number of things.
func plural(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// describe says what a limit is about, for people.
func (l Limit) describe() string {
	switch l.Name {
	case "zipped":
		return "zipped, for a direct upload"
	case "unzipped":
		return "unzipped, function and layers"
	case "layers":
		return "layers of a function"
	default:
		return "image, uncompressed"
	}
}

// title is what a group is called.
func (g Group) title() string {
	switch g {
	case GroupPackage:
		return "packages"
	case GroupMember:
		return "members"
	case GroupApplication:
		return "application"
	case GroupBase:
		return "base image"
	default:
		return "hidden"
	}
}

// title is what a report's kind is called.
func (k Kind) title() string {
	if k == KindZip {
		return "zip archive"
	}
	return string(k)
}

// layer is what the layers of a report of this kind are called.
func (k Kind) layer() string {
	if k == KindImage {
		return "Layer"
	}
	return "Archive"
}
