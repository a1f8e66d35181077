package project

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"deps.dev/util/pypi"
)

// Folder gives the folder, relative to the lock's or absolute, of an index that
// is a folder of wheels and source distributions: one of find-links, or an index
// with the format "flat".
func (s Source) Folder() (dir string, ok bool) {
	return s.Registry, s.Registry != "" && !strings.Contains(s.Registry, "://")
}

// IndexFolders are the indexes that are folders and that requirements of packages of the
// repository are tied to, as URLs.
func (l *Lock) IndexFolders() []string {
	var places []string
	add := func(asked []Requirement) {
		for _, r := range asked {
			if strings.HasPrefix(r.Index, "file://") && !slices.Contains(places, r.Index) {
				places = append(places, r.Index)
			}
		}
	}
	for _, p := range l.Local() {
		add(p.Metadata.RequiresDist)
		for _, group := range p.Groups() {
			add(p.Metadata.RequiresDev[group])
		}
	}
	return places
}

// LocalFiles are the files of the repository, or of the machine, that the lock
// has of a package instead of URLs. Paths are relative to the lock's folder.
func (p *Package) LocalFiles() []string {
	folder, ok := p.Source.Folder()
	switch {
	case p.Source.Path != "":
		return []string{p.Source.Path}
	case !ok:
		return nil
	}
	var files []string
	for _, f := range p.Wheels {
		files = append(files, f.in(folder))
	}
	if p.Sdist != nil {
		files = append(files, p.Sdist.in(folder))
	}
	return files
}

// LocalFile gives the one of LocalFiles that uv installs on a target: the wheel whose tag is the most specific, else the source distribution.
// arch is named as in GOARCH.
func (p *Package) LocalFile(rt Runtime, arch string, settings BuildSettings) (string, bool) {
	folder, ok := p.Source.Folder()
	if !ok {
		return p.Source.Path, p.Source.Path != ""
	}
	switch p.supply(rt, arch, settings) {
	case fromWheel:
		fitting := slices.DeleteFunc(slices.Clone(p.Wheels), func(f File) bool { return !rt.installs(f, arch) })
		best := slices.MaxFunc(fitting, func(a, b File) int { return slices.Compare(rt.rank(a, arch), rt.rank(b, arch)) })
		return best.in(folder), true
	case fromSource:
		return p.Sdist.in(folder), true
	default:
		return "", false
	}
}

// in gives a file's place by the place of its folder.
func (f File) in(folder string) string {
	if path.IsAbs(f.Path) {
		return f.Path
	}
	return path.Join(folder, f.Path)
}

// rank orders wheels. The larger one has the tag that stands first in the runtime's
// list or, for equal tags, the larger build number.
func (r Runtime) rank(f File, arch string) []int {
	wheel, err := pypi.ParseWheelName(f.Filename)
	if err != nil {
		return nil
	}
	var best []int
	for _, tag := range wheel.Platforms {
		if !r.accepts(tag, Machine(arch)) {
			continue
		}
		if rank := r.rankTag(tag, Machine(arch)); slices.Compare(rank, best) > 0 {
			best = rank
		}
	}
	return append(best, wheel.BuildTag.Num)
}

// rankTag ranks a tag that the runtime accepts: native code before none, then by
// the Python and the ABI, then by the C library.
func (r Runtime) rankTag(tag pypi.PEP425Tag, machine string) []int {
	native, kind, minor := 1, 1, 0
	glibc, ok := glibcOf(tag.Platform, machine)
	if !ok {
		native = 0
	}
	exact := tag.Python == r.Tag()
	switch {
	case exact && tag.ABI == r.Tag():
		kind = 5
	case exact && tag.ABI == "abi3":
		kind = 4
	case exact:
		kind = 3
	case tag.ABI == "abi3":
		kind = 2
	}
	digits := strings.TrimPrefix(strings.TrimLeft(tag.Python, "cpy"), strconv.Itoa(r.Version.Major))
	if number, err := strconv.Atoi(digits); err == nil {
		minor = 2 * number
	} else {
		// "py3" stands right behind the runtime's own.
		minor = 2*r.Version.Minor - 1
	}
	glibc *= 2
	if strings.HasPrefix(tag.Platform, "manylinux_") {
		glibc++ // before the older name of the same library
	}
	return []int{native, kind, minor, glibc}
}
