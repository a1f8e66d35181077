package explain

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// distInfo matches the path of a file of a package's metadata. The folder is
// named after the package and its version.
var distInfo = regexp.MustCompile(`^((?:.*/)?)([^/]+)\.dist-info/`)

// bytecode matches the path of a compiled module: its folder, its name, and the
// tag that Python adds to the latter (PEP 3147).
var bytecode = regexp.MustCompile(`^((?:.*/)?)__pycache__/([^/.]+)\.[^/]+\.pyc$`)

// isBytecode reports whether a file is a compiled module.
func isBytecode(name string) bool {
	return strings.HasSuffix(name, ".pyc")
}

// sourceOf is the module that a compiled one was made of, and any other file
// itself.
func sourceOf(name string) string {
	if made := bytecode.FindStringSubmatch(name); made != nil {
		return made[1] + made[2] + ".py"
	}
	return name
}

// owners says what part each file of a content belongs to.
type owners struct {
	roots []string
	// packages are the parts of packages by the path of their *.dist-info.
	packages map[string]Part
	// files are the packages' *.dist-info by the paths that their RECORDs list.
	files map[string]string
}

// newOwners reads the metadata of the packages that are not hidden.
func newOwners(c Content) *owners {
	o := &owners{roots: c.roots, packages: map[string]Part{}, files: map[string]string{}}
	for _, f := range c.Files {
		if found := distInfo.FindStringSubmatch(f.Path); found != nil && !f.Hidden {
			folder := strings.TrimSuffix(found[0], "/")
			if _, ok := o.packages[folder]; !ok {
				o.packages[folder] = o.newPackage(c, folder, path.Clean(found[1]), found[2], c.Layers[f.Layer])
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(o.packages)) {
		for _, file := range recorded(c.metadata[folder+"/RECORD"]) {
			o.files[path.Join(path.Dir(folder), file)] = folder
		}
	}
	return o
}

// membersLayer is how a build names the layer of an image with the members.
const membersLayer = "uvlambda: members"

// newPackage describes the package of a *.dist-info folder. Site is the folder
// that it is installed in.
func (o *owners) newPackage(c Content, folder, site, title string, layer Layer) Part {
	p := Part{Group: GroupPackage}
	p.Name, p.Version, _ = strings.Cut(title, "-")
	if site != "." {
		p.Folder = site
	}
	if data := c.metadata[folder+"/METADATA"]; data != nil {
		m := readMetadata(data)
		p.Licence = m.licence
		if m.name != "" && m.version != "" {
			p.Name, p.Version = m.name, m.version
		}
	}
	if _, ours := o.root(folder); !ours {
		p.Group = GroupBase
	} else if layer.Name == membersLayer || fromFile(c.metadata[folder+"/direct_url.json"]) {
		p.Group = GroupMember
	}
	return p
}

// fromFile reports whether a package was installed from a path:
// https://packaging.python.org/en/latest/specifications/direct-url/
func fromFile(data []byte) bool {
	var origin struct {
		URL string `json:"url"`
	}
	return json.Unmarshal(data, &origin) == nil && strings.HasPrefix(origin.URL, "file:")
}

// recorded are the paths that a RECORD lists, relative to the folder that the
// package is installed in. An absolute path is not in the task root.
func recorded(data []byte) []string {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	var files []string
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return files
		}
		// A line that is none costs the sizes of one file their owner.
		if err == nil && !path.IsAbs(fields[0]) {
			files = append(files, fields[0])
		}
	}
}

// root is the folder of the function's own files that a path is in.
func (o *owners) root(name string) (root string, ok bool) {
	if len(o.roots) == 0 {
		return "", true
	}
	for _, root := range o.roots {
		if strings.HasPrefix(name, root+"/") {
			return root, true
		}
	}
	return "", false
}

// part is what a file belongs to, without sizes.
func (o *owners) part(f File) Part {
	if f.Hidden {
		return Part{Group: GroupHidden, Name: "replaced or deleted by upper layers"}
	}
	source := sourceOf(f.Path)
	if folder, ok := o.files[source]; ok {
		return o.packages[folder]
	}
	if found := distInfo.FindString(f.Path); found != "" {
		return o.packages[strings.TrimSuffix(found, "/")]
	}
	if root, ok := o.root(f.Path); ok {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(source, root), "/"), "/")
		return Part{Group: GroupApplication, Name: name, Folder: root}
	}
	return Part{Group: GroupBase, Name: baseFolder(f.Path)}
}

// baseFolder is the folder of a base image under which a file is counted. In
// /usr and /var, where almost all is, it is one further down.
func baseFolder(name string) string {
	elements := strings.Split(name, "/")
	depth := 1
	if elements[0] == "usr" || elements[0] == "var" {
		depth = 2
	}
	return "/" + strings.Join(elements[:min(depth, max(1, len(elements)-1))], "/")
}
