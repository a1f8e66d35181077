package project

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"deps.dev/util/pypi"
)

// BuildSettings are the entries of [tool.uv] that allow or forbid building
// packages from source.
type BuildSettings struct {
	NoBuild         bool
	NoBuildPackage  []string // normalized names
	NoBinary        bool
	NoBinaryPackage []string // normalized names
}

func (s BuildSettings) forbidsBuild(name string) bool {
	return s.NoBuild || slices.Contains(s.NoBuildPackage, name)
}

func (s BuildSettings) forbidsWheel(name string) bool {
	return s.NoBinary || slices.Contains(s.NoBinaryPackage, name)
}

// Missing is a package that cannot be installed on the target from the lock.
type Missing struct {
	Package *Package
	// Native is set when the package has wheels for other platforms only.
	Native bool
	// NoBuild is set when the package could be built from source, but the
	// project's no-build settings forbid it.
	NoBuild bool
	// NoBinary is set when the project's no-binary settings forbid its wheels,
	// and it has no source distribution.
	NoBinary bool
	// Platforms are the sorted platform tags that it has wheels for.
	Platforms []string
	// Pythons are the sorted tags of the Pythons that it has wheels for which
	// are for the target's platform: all of them are other ones.
	Pythons []string
}

// MissingWheels names every third-party package of the closure that cannot be
// installed on the target, in lock order; arch is named as in GOARCH.
func (c *Closure) MissingWheels(rt Runtime, arch string, settings BuildSettings) []Missing {
	var missing []Missing
	for _, p := range c.Packages {
		supply := p.supply(rt, arch, settings)
		if supply.installs() {
			continue
		}
		m := Missing{
			Package:   p,
			Native:    supply == otherPlatforms,
			NoBuild:   supply == buildForbidden,
			NoBinary:  supply == nothing && settings.forbidsWheel(p.Name),
			Platforms: p.Platforms(),
		}
		if !m.NoBinary && !m.NoBuild {
			m.Pythons = p.pythons(rt, arch)
		}
		missing = append(missing, m)
	}
	return missing
}

// Installable reports whether MissingWheels names nothing.
func (c *Closure) Installable(rt Runtime, arch string, settings BuildSettings) bool {
	return !slices.ContainsFunc(c.Packages, func(p *Package) bool { return !p.supply(rt, arch, settings).installs() })
}

// SourceOnly names the packages that are built from source on the target, in
// lock order; arch is named as in GOARCH. Whether they are free of native code
// is not known before.
func (c *Closure) SourceOnly(rt Runtime, arch string, settings BuildSettings) []*Package {
	var packages []*Package
	for _, p := range c.Packages {
		if p.supply(rt, arch, settings) == fromSource {
			packages = append(packages, p)
		}
	}
	return packages
}

// supply is how a package gets onto a target.
type supply int

const (
	fromWheel supply = iota
	fromSource
	// otherPlatforms: it has wheels with native code, none for the target.
	otherPlatforms
	// buildForbidden: it has to be built, and the settings forbid it.
	buildForbidden
	// nothing: it has neither a wheel for the target nor a source.
	nothing
)

// installs reports whether it gets there at all.
func (s supply) installs() bool { return s == fromWheel || s == fromSource }

func (p *Package) supply(rt Runtime, arch string, settings BuildSettings) supply {
	wheel := settings.forbidsWheel(p.Name)
	switch {
	case !wheel && p.hasWheel(rt, arch):
		return fromWheel
	case !wheel && slices.ContainsFunc(p.Platforms(), func(tag string) bool { return tag != "any" }):
		return otherPlatforms
	case !p.hasSource():
		return nothing
	case settings.forbidsBuild(p.Name):
		return buildForbidden
	default:
		return fromSource
	}
}

// hasSource reports whether the package can be built: a lock names no source
// distribution for a repository that is built from a checkout.
func (p *Package) hasSource() bool { return p.Sdist != nil || p.Source.Git != "" }

func (p *Package) hasWheel(rt Runtime, arch string) bool {
	return slices.ContainsFunc(p.Wheels, func(f File) bool { return rt.installs(f, arch) })
}

// DownloadSize is the size in bytes of the largest wheel that installs on the
// runtime, else of the source distribution; arch is named as in GOARCH. It is 0
// when the lock does not say.
func (p *Package) DownloadSize(rt Runtime, arch string) int64 {
	var size int64
	for _, f := range p.Wheels {
		if rt.installs(f, arch) {
			size = max(size, f.Size)
		}
	}
	if size == 0 && p.Sdist != nil {
		return p.Sdist.Size
	}
	return size
}

// installs reports whether a wheel installs on the runtime.
func (r Runtime) installs(f File, arch string) bool {
	// Most wheels of a large lock are for other machines, and parsing all names
	// would take as long as the rest of a plan.
	if !strings.HasSuffix(f.Filename, "any.whl") && !strings.Contains(f.Filename, Machine(arch)) {
		return false
	}
	wheel, err := pypi.ParseWheelName(f.Filename)
	return err == nil && slices.ContainsFunc(wheel.Platforms, func(tag pypi.PEP425Tag) bool {
		return r.accepts(tag, Machine(arch))
	})
}

// Platforms gives the sorted platform tags of the package's wheels.
func (p *Package) Platforms() []string {
	var tags []string
	for _, f := range p.Wheels {
		wheel, err := pypi.ParseWheelName(f.Filename)
		if err != nil {
			continue
		}
		for _, tag := range wheel.Platforms {
			tags = append(tags, tag.Platform)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// pythons gives the sorted Python tags of the wheels for the runtime's platform.
// For a build of Python that only the ABI tag names, it gives the ABI tag.
func (p *Package) pythons(rt Runtime, arch string) []string {
	var pythons []string
	for _, f := range p.Wheels {
		wheel, err := pypi.ParseWheelName(f.Filename)
		if err != nil {
			continue
		}
		for _, tag := range wheel.Platforms {
			switch {
			case !rt.acceptsPlatform(tag.Platform, Machine(arch)):
			case strings.HasPrefix(tag.ABI, tag.Python):
				pythons = append(pythons, tag.ABI)
			default:
				pythons = append(pythons, tag.Python)
			}
		}
	}
	slices.SortFunc(pythons, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	return slices.Compact(pythons)
}

// accepts reports whether a wheel with that tag installs on the runtime
// (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/).
func (r Runtime) accepts(tag pypi.PEP425Tag, machine string) bool {
	if tag.Platform == "any" && tag.ABI != "none" {
		return false
	}
	return r.acceptsPython(tag.Python, tag.ABI) && r.acceptsPlatform(tag.Platform, machine)
}

// acceptsPython: the version's own ABI; the stable ABI of it and of older ones;
// no ABI for its own interpreter and for every older language version.
func (r Runtime) acceptsPython(python, abi string) bool {
	exact := r.Tag()
	switch {
	case python == exact:
		return abi == exact || abi == "abi3" || abi == "none"
	case abi == "abi3":
		return r.atLeast(python, "cp")
	case abi == "none":
		return r.atLeast(python, "py")
	default:
		return false
	}
}

// atLeast reports whether a tag such as cp38, py3 or py310 names a version that
// the runtime's is compatible with.
func (r Runtime) atLeast(tag, implementation string) bool {
	digits, ok := strings.CutPrefix(tag, implementation+strconv.Itoa(r.Version.Major))
	if !ok {
		return false
	}
	if digits == "" {
		return implementation == "py"
	}
	minor, err := strconv.Atoi(digits)
	return err == nil && minor >= 0 && minor <= r.Version.Minor
}

// acceptsPlatform reports whether a platform tag is of the machine, and of a C
// library that the runtime's is no older than.
func (r Runtime) acceptsPlatform(platform, machine string) bool {
	if platform == "any" {
		return true
	}
	if r.Musl {
		return platform == "linux_"+machine || muslOf(platform, machine) <= newestMusl
	}
	minor, ok := glibcOf(platform, machine)
	return ok && minor <= r.GlibcMinor
}

// muslOf gives the minor version of musl, of series 1, that a platform tag of the
// machine stands for (PEP 656), and one that no base has for any other tag.
func muslOf(platform, machine string) int {
	digits, musl := strings.CutPrefix(strings.TrimSuffix(platform, "_"+machine), "musllinux_1_")
	minor, err := strconv.Atoi(digits)
	if !musl || err != nil || minor < 0 {
		return math.MaxInt
	}
	return minor
}

// glibcOf gives the minor version of the C library, of series 2, that a platform
// tag of the machine stands for, and -1 for one of no known library. It knows the
// perennial manylinux tags of PEP 600 and the three names from before it.
func glibcOf(platform, machine string) (minor int, ok bool) {
	policy, ok := strings.CutSuffix(platform, "_"+machine)
	if !ok {
		return 0, false
	}
	switch policy {
	case "linux":
		return -1, true
	case "manylinux2014":
		return 17, true
	case "manylinux2010":
		return 12, machine == "x86_64"
	case "manylinux1":
		return 5, machine == "x86_64"
	}
	digits, perennial := strings.CutPrefix(policy, "manylinux_2_")
	minor, err := strconv.Atoi(digits)
	return minor, perennial && err == nil && minor >= 0
}
