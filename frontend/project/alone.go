package project

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Alone reports whether a package is installed by itself: it is large, it is built
// from its source distribution, or it is a file at an address of its own. That is a
// matter of its lock entry and of what may be built, and of no other package.
func (p *Package) Alone(rt Runtime, arch string, settings BuildSettings) bool {
	switch {
	case p.Large(rt, arch, settings):
		return true
	case p.Built(rt, arch, settings):
		return p.Sdist != nil && (isRemote(p.Source.Registry) || p.Source.URL != "") && p.Sdist.checked(cmp.Or(p.Source.URL, p.Sdist.URL))
	default:
		wheels := p.wheelsFor(rt, arch)
		return p.Source.URL != "" && len(wheels) == 1 && wheels[0].checked(p.Source.URL)
	}
}

// Built reports whether a package is built from source on the target, whose arch
// is named as in GOARCH.
func (p *Package) Built(rt Runtime, arch string, settings BuildSettings) bool {
	return p.supply(rt, arch, settings) == fromSource
}

// checked reports whether a file at an address is downloaded by everybody alike,
// and checked by its SHA-256.
func (f *File) checked(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && isRemote(address) && parsed.User == nil && strings.HasPrefix(f.Hash, sha256Prefix)
}

// listedFile is a file in a pylock.toml.
type listedFile struct {
	URL          string            `toml:"url"`
	Size         int64             `toml:"size,omitzero"`
	Subdirectory string            `toml:"subdirectory,omitempty"`
	Hashes       map[string]string `toml:"hashes"`
}

// list describes a file at an address for a pylock.toml.
func (f *File) list(address string) *listedFile {
	return &listedFile{URL: address, Size: f.Size, Hashes: map[string]string{"sha256": strings.TrimPrefix(f.Hash, sha256Prefix)}}
}

// listedPackage is a package in a pylock.toml.
type listedPackage struct {
	Name    string        `toml:"name"`
	Version string        `toml:"version,omitempty"`
	Index   string        `toml:"index,omitempty"`
	Archive *listedFile   `toml:"archive,omitempty"`
	Sdist   *listedFile   `toml:"sdist,omitempty"`
	Wheels  []*listedFile `toml:"wheels,omitempty"`
}

// Pylock is the text of a pylock.toml that has a package which is installed by
// itself, and nothing of the project that locks it
// (https://packaging.python.org/en/latest/specifications/pylock-toml/). Of several
// wheels that the target can have, uv chooses as it does among all of them.
func (p *Package) Pylock(rt Runtime, arch string, settings BuildSettings) (string, error) {
	listed := listedPackage{Name: p.Name, Version: p.Version, Index: p.Source.Registry}
	wheels, built := p.wheelsFor(rt, arch), p.Built(rt, arch, settings)
	switch {
	case p.Source.URL != "":
		file := p.Sdist
		if !built {
			file = &wheels[0]
		}
		listed.Archive = file.list(p.Source.URL)
		listed.Archive.Subdirectory = p.Source.Subdirectory
	case built:
		listed.Sdist = p.Sdist.list(p.Sdist.URL)
	default:
		for i := range wheels {
			listed.Wheels = append(listed.Wheels, wheels[i].list(wheels[i].URL))
		}
		slices.SortFunc(listed.Wheels, func(a, b *listedFile) int { return strings.Compare(a.URL, b.URL) })
	}
	var b strings.Builder
	encoder := toml.NewEncoder(&b)
	encoder.Indent = ""
	err := encoder.Encode(struct {
		LockVersion string          `toml:"lock-version"`
		CreatedBy   string          `toml:"created-by"`
		Packages    []listedPackage `toml:"packages"`
	}{"1.0", "uvlambda", []listedPackage{listed}})
	return b.String(), err
}
