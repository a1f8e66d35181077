// Package explain says what fills a function's image, archive or task root: by
// Python package, by layer, and against Lambda's limits.
//
// ReadImage, ReadZip and ReadFolder list the files, NewReport turns the list into a
// report, and WriteText and WriteHTML print the report. Names and sizes in an
// archive may be hostile: nothing is written to disk, and only the central
// directory and Python's own metadata are read from a zip archive.
package explain

import (
	"cmp"
	"slices"
)

// Version is the schema version of a report printed as JSON. It grows when a
// field is renamed, removed or changes its meaning; added fields do not change
// it.
const Version = 1

// Kind is what a report is about.
type Kind string

// The kinds of contents.
const (
	KindImage  Kind = "image"
	KindZip    Kind = "zip"
	KindFolder Kind = "folder"
)

// Group is the part of a function that something belongs to.
type Group string

const (
	// GroupPackage are third-party packages.
	GroupPackage Group = "package"
	// GroupMember are packages that were installed from a folder or a file, or
	// that are in the layer of an image with the members.
	GroupMember Group = "member"
	// GroupApplication are files of the function that no package has.
	GroupApplication Group = "application"
	// GroupBase are the files of an image outside of the function's folders.
	GroupBase Group = "base"
	// GroupHidden are files of an image that an upper layer replaces or
	// deletes. They are still part of the image, and of its size.
	GroupHidden Group = "hidden"
)

// Groups are all groups, in the order in which they are shown.
func Groups() []Group {
	return []Group{GroupPackage, GroupMember, GroupApplication, GroupBase, GroupHidden}
}

// ofFunction reports whether a group is what a build adds to a base image.
func (g Group) ofFunction() bool {
	return g == GroupPackage || g == GroupMember || g == GroupApplication
}

// Report says what fills an image, an archive or a folder. All sizes are in bytes,
// and count the files' content: an archive's own headers count as Headers only.
type Report struct {
	Version int `json:"version"`
	// Source is what was explained, as it was named.
	Source string `json:"source"`
	// Kind is the kind of the first content.
	Kind Kind `json:"kind"`
	// Platform is the image's platform, such as "linux/arm64".
	Platform string `json:"platform,omitempty"`
	Usage
	// Headers is the size of the zip archives without the compressed files.
	Headers int64   `json:"headers,omitempty"`
	Limits  []Limit `json:"limits"`
	// Groups, Parts and Layers each add up to Usage.
	Groups []GroupUsage `json:"groups"`
	// Parts has the largest first.
	Parts []Part `json:"parts"`
	// Layers are an image's, the lowest first; else there is one for each
	// archive or folder.
	Layers []Layer `json:"layers"`
}

// Usage is how much something takes.
type Usage struct {
	Files int64 `json:"files"`
	// Size is the size of the files' content, uncompressed.
	Size int64 `json:"size"`
	// Bytecode is the part of Size that is compiled modules.
	Bytecode int64 `json:"bytecode"`
	// Zipped is the compressed size of the files' content in a zip archive, from
	// the archive's directory.
	Zipped int64 `json:"zipped,omitempty"`
}

// add counts a file.
func (u *Usage) add(f File) {
	u.Files++
	u.Size += f.Size
	u.Zipped += f.Zipped
	if isBytecode(f.Path) {
		u.Bytecode += f.Size
	}
}

// GroupUsage is how much a group takes.
type GroupUsage struct {
	Group Group `json:"group"`
	Usage
}

// Part is one thing that takes space: a package, or one of the other entries of
// a folder.
type Part struct {
	Group Group  `json:"group"`
	Name  string `json:"name"`
	// Version is a package's version.
	Version string `json:"version,omitempty"`
	// Licence is the licence in the package's metadata. Empty is unknown.
	Licence string `json:"licence,omitempty"`
	// Folder is where the package is installed, or what the part is in.
	Folder string `json:"folder,omitempty"`
	Usage
}

// Layer is a layer of an image, an archive or a folder.
type Layer struct {
	// Name is how an image's layer was made, an archive's or folder's path.
	Name string `json:"name"`
	// DiffID is the digest of an image's layer, uncompressed.
	DiffID string `json:"diffID,omitempty"`
	// Compressed is the size that the image's manifest gives an image's layer,
	// where it is compressed.
	Compressed int64 `json:"compressed,omitempty"`
	Usage
	// Groups are the groups with files in the layer.
	Groups []GroupUsage `json:"groups"`
}

// NewReport explains contents together, as a function and its layers. Source is
// how a person named them.
func NewReport(source string, contents ...Content) Report {
	r := Report{Version: Version, Source: source, Limits: limits(contents)}
	parts := map[Part]*Usage{}
	groups := groupUsages{}
	for _, c := range contents {
		r.Kind, r.Platform, r.Headers = cmp.Or(r.Kind, c.Kind), c.Platform, r.Headers+c.headers
		layers, groupsOf := slices.Clone(c.Layers), make([]groupUsages, len(c.Layers))
		owners := newOwners(c)
		for _, f := range c.Files {
			part := owners.part(f)
			if parts[part] == nil {
				parts[part] = &Usage{}
			}
			if groupsOf[f.Layer] == nil {
				groupsOf[f.Layer] = groupUsages{}
			}
			r.add(f)
			parts[part].add(f)
			groups.add(part.Group, f)
			layers[f.Layer].add(f)
			groupsOf[f.Layer].add(part.Group, f)
		}
		for i, layer := range layers {
			layer.Groups = groupsOf[i].list()
			r.Layers = append(r.Layers, layer)
		}
	}
	r.Groups = groups.list()
	r.Parts = sortedParts(parts)
	return r
}

// groupUsages collects what each group takes.
type groupUsages map[Group]*Usage

func (g groupUsages) add(group Group, f File) {
	if g[group] == nil {
		g[group] = &Usage{}
	}
	g[group].add(f)
}

// list are the groups that have files.
func (g groupUsages) list() []GroupUsage {
	list := []GroupUsage{}
	for _, group := range Groups() {
		if usage := g[group]; usage != nil {
			list = append(list, GroupUsage{group, *usage})
		}
	}
	return list
}

// sortedParts are parts with their sizes, the largest first.
func sortedParts(usages map[Part]*Usage) []Part {
	parts := []Part{}
	for part, usage := range usages {
		part.Usage = *usage
		parts = append(parts, part)
	}
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version),
			cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Group, b.Group))
	})
	return parts
}
