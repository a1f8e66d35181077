package project

import (
	"slices"

	"github.com/uvlambda/uvlambda/plan"
)

// LargeWheel is the size in bytes from which on a wheel is large: installing it
// takes longer than to start a container for it.
const LargeWheel = 4 << 20

// keptWheel is the size in bytes from which on a wheel's URL and hash are kept: a
// package that is large on one architecture is large on the other too, though its
// wheels are somewhat smaller there.
const keptWheel = LargeWheel / 2

const sha256Prefix = "sha256:"

// Large reports whether a package is large, which is a matter of its lock entry
// alone: it comes from an index, and each of its wheels that uv may choose on one
// of Lambda's architectures is large. On the target, whose arch is named as in
// GOARCH, its wheels have to be checked by their SHA-256.
func (p *Package) Large(rt Runtime, arch string, settings BuildSettings) bool {
	if !isRemote(p.Source.Registry) || settings.forbidsWheel(p.Name) {
		return false
	}
	wheels := p.wheelsFor(rt, arch)
	if len(wheels) == 0 || !slices.ContainsFunc(plan.Architectures(), func(a plan.Architecture) bool { return p.largeOn(rt, a.OCI) }) {
		return false
	}
	return !slices.ContainsFunc(wheels, func(f File) bool { return !f.checked(f.URL) })
}

// largeOn reports whether each wheel for an architecture is large.
func (p *Package) largeOn(rt Runtime, arch string) bool {
	wheels := p.wheelsFor(rt, arch)
	return len(wheels) > 0 && !slices.ContainsFunc(wheels, func(f File) bool { return f.Size < LargeWheel })
}

// wheelsFor are the package's wheels that uv may choose on the target.
func (p *Package) wheelsFor(rt Runtime, arch string) []File {
	var wheels []File
	for _, f := range p.Wheels {
		if rt.installs(f, arch) {
			wheels = append(wheels, f)
		}
	}
	return wheels
}

// WheelSettings gives the text of a uv.toml with what InstallSettings has that
// concerns the download of the package's wheels, and the names of the indexes in it.
// Those are on a host of the package's index or wheels; what other packages come
// from, and what is about building, changes nothing of this one.
func (p *Pyproject) WheelSettings(pkg *Package, to Installation, others ...*Pyproject) (text string, indexes []string, err error) {
	all, err := p.installSettings(to, others)
	if err != nil {
		return "", nil, err
	}
	settings := map[string]any{}
	for _, key := range UVKeys() {
		if value, ok := all[key.Name]; ok && key.Use&UVFetches != 0 {
			settings[key.Name] = value
		}
	}
	if address, ok := all["index-url"].(string); ok && pkg.isAt(address) {
		settings["index-url"] = address
	}
	addresses, _ := all["extra-index-url"].([]string)
	if addresses = slices.DeleteFunc(slices.Clone(addresses), func(address string) bool { return !pkg.isAt(address) }); len(addresses) > 0 {
		settings["extra-index-url"] = addresses
	}
	var kept []map[string]any
	entries, _ := all["index"].([]map[string]any)
	for _, index := range entries {
		if address, _ := index["url"].(string); !pkg.isAt(address) {
			continue
		}
		kept = append(kept, index)
		if name, ok := index["name"].(string); ok {
			indexes = append(indexes, name)
		}
	}
	if len(kept) > 0 {
		settings["index"] = kept
	}
	text, err = p.settingsText(settings)
	return text, indexes, err
}

// isAt reports whether an address is on a host that the package's index or
// wheels are on.
func (p *Package) isAt(address string) bool {
	host := string(hostOf([]byte(address)))
	return host == string(hostOf([]byte(p.Source.Registry))) ||
		slices.ContainsFunc(p.Wheels, func(f File) bool { return f.Host == host })
}
