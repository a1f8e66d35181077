package project

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/uvlambda/uvlambda/plan"
)

// Version is a Python language version.
type Version struct{ Major, Minor int }

// String gives MAJOR.MINOR.
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Compare is negative when v is older than w, and positive when it is newer.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}

var majorMinor = regexp.MustCompile(`^([0-9]{1,2})\.([0-9]{1,3})$`)

// ParseVersion reads MAJOR.MINOR and nothing else.
func ParseVersion(s string) (Version, error) {
	m := majorMinor.FindStringSubmatch(s)
	if m == nil {
		return Version{}, fmt.Errorf("%q is not a Python version: write it as MAJOR.MINOR, such as 3.13", s)
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return Version{Major: major, Minor: minor}, nil
}

// Runtime is a Python runtime of AWS Lambda.
type Runtime struct {
	Version Version
	// Platform is the manylinux part of uv's --python-platform.
	Platform string
	// GlibcMinor is the minor version of the C library, of series 2, that the
	// runtime has, and the newest that a wheel may need.
	GlibcMinor int
	// Musl is set for a base whose C library is musl. Wheels may then need musl 1.2
	// or older.
	Musl bool
	// Preview is set before AWS supports the runtime. Only who names the version
	// gets it.
	Preview bool
}

// newestMusl is the minor version of musl, of series 1, that uv's platform of
// musl stands for.
const newestMusl = 2

// glibcPlatforms are the minor versions of glibc that uv has platforms for
// (https://docs.astral.sh/uv/reference/cli/#uv-pip-install--python-platform).
func glibcPlatforms() []int { return []int{17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40} }

// BaseRuntime is the runtime of a base that is not AWS's, by what was found of its
// C library.
func BaseRuntime(v Version, glibcMinor int, musl bool) Runtime {
	if musl {
		return Runtime{Version: v, Platform: "unknown-linux-musl", Musl: true}
	}
	named := glibcPlatforms()
	for _, minor := range named {
		if minor >= glibcMinor {
			return Runtime{Version: v, Platform: manylinux(minor), GlibcMinor: glibcMinor}
		}
	}
	newest := named[len(named)-1]
	return Runtime{Version: v, Platform: manylinux(newest), GlibcMinor: newest}
}

// manylinux is uv's platform of a minor version of glibc.
func manylinux(minor int) string { return fmt.Sprintf("manylinux_2_%d", minor) }

// Libc names the C library and the newest version that a wheel may need, for
// people.
func (r Runtime) Libc() string {
	if r.Musl {
		return fmt.Sprintf("musl 1.%d", newestMusl)
	}
	return fmt.Sprintf("glibc 2.%d", r.GlibcMinor)
}

// Runtimes gives the Python runtimes of Lambda, oldest first
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html). Those up
// to 3.11 run on Amazon Linux 2, the later ones on Amazon Linux 2023. For the C
// library of the former uv knows no platform: see NewerPlatform.
func Runtimes() []Runtime {
	return []Runtime{
		{Version: Version{3, 9}, Platform: "manylinux_2_28", GlibcMinor: 26},
		{Version: Version{3, 10}, Platform: "manylinux_2_28", GlibcMinor: 26},
		{Version: Version{3, 11}, Platform: "manylinux_2_28", GlibcMinor: 26},
		{Version: Version{3, 12}, Platform: "manylinux_2_34", GlibcMinor: 34},
		{Version: Version{3, 13}, Platform: "manylinux_2_34", GlibcMinor: 34},
		{Version: Version{3, 14}, Platform: "manylinux_2_34", GlibcMinor: 34},
		{Version: Version{3, 15}, Platform: "manylinux_2_34", GlibcMinor: 34, Preview: true},
	}
}

// Supported gives the runtimes that AWS supports or has supported, oldest first.
func Supported() []Runtime {
	return slices.DeleteFunc(Runtimes(), func(r Runtime) bool { return r.Preview })
}

// LookupRuntime finds the runtime of a Python version.
func LookupRuntime(v Version) (Runtime, bool) {
	for _, r := range Runtimes() {
		if r.Version == v {
			return r, true
		}
	}
	return Runtime{}, false
}

// NewerPlatform reports whether Platform stands for a newer C library than the
// runtime has, so that uv would take wheels that need one.
func (r Runtime) NewerPlatform() bool {
	return !r.Musl && r.Platform != manylinux(r.GlibcMinor)
}

// Image is the tag of AWS's base image: "3.13", "3.15-preview".
func (r Runtime) Image() string {
	if r.Preview {
		return r.Version.String() + "-preview"
	}
	return r.Version.String()
}

// Tag is the tag of wheels for this Python alone: "cp313".
func (r Runtime) Tag() string { return fmt.Sprintf("cp%d%d", r.Version.Major, r.Version.Minor) }

// WheelPlatform is uv's --python-platform for an architecture named as in
// GOARCH: "aarch64-manylinux_2_34".
func (r Runtime) WheelPlatform(arch string) string {
	return Machine(arch) + "-" + r.Platform
}

// Machine is the name that Python and wheels have for an architecture named as
// in GOARCH; names it does not know are given back.
func Machine(arch string) string {
	return cmp.Or(plan.ArchitectureOfOCI(arch).Machine, arch)
}
