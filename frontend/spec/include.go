package spec

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// Places are the folders outside of the task root that files may be copied to:
// where Lambda looks for layers and extensions, and where an image has what its
// distribution did not bring. All of them are folders, and not links, in AWS's
// base images. What else a system has belongs to a base image.
func Places() []string {
	return []string{plan.LayerRoot, "/usr/local", "/usr/share", "/srv"}
}

// runtimePlaces are the files and folders of Lambda's runtime, which nothing may
// replace: without them no function starts.
func runtimePlaces() []string {
	return []string{"/var/runtime", "/var/lang", "/lambda-entrypoint.sh", "/usr/local/bin/aws-lambda-rie"}
}

// placeList names the places for people.
func placeList() string { return suggest.And(Places()) }

// readIncludes reads what to copy: strings, or tables of image, from and to.
func readIncludes(t *source.Table) []Include {
	var includes []Include
	for i, item := range t.Array("include") {
		at := []string{"include", strconv.Itoa(i)}
		include := Include{Source: t.Locate(at...)}
		switch item := item.(type) {
		case string:
			include.From = cleaned(checked(t, at, "include", checkSource))
		case map[string]any:
			checkNames(t, at, []string{"image", "from", "to"}, " in include")
			from := checkNamed
			if _, ok := item["image"]; ok {
				include.Image = checked(t, append(at, "image"), "include image", checkImage)
				from = checkInImage
			}
			include.From = cleaned(readIncludePath(t, at, "from", from))
			if include.Image != "" && include.From != "" {
				include.From = path.Join("/", include.From)
			}
			include.To = destination(readIncludePath(t, at, "to", checkTo))
		default:
			t.Add(at, "include must hold strings and { image, from, to } tables only")
		}
		includes = append(includes, include)
	}
	return includes
}

// readIncludePath reads one of the paths of an include, which are required.
func readIncludePath(t *source.Table, include []string, name string, check check) string {
	at := []string{include[0], include[1], name}
	if t.Value(at...) == nil {
		t.Add(include, "include has no %q: write { from = \"PATH\", to = \"PATH\" }", name)
		return ""
	}
	return checked(t, at, "include "+name, check)
}

// checkInImage is for paths in another image, in which a leading slash is its root.
func checkInImage(value string) error {
	return cmp.Or(checkUpward(value), checkLetters(value))
}

// checkTo is for the place that something is copied to: below the task root, or
// absolute.
func checkTo(value string) error {
	if !path.IsAbs(value) {
		return checkPath(value)
	}
	if err := cmp.Or(checkSlashes(value), checkUpward(value), checkLetters(value)); err != nil {
		return err
	}
	to := path.Clean(value)
	below := func(dir string) bool { return to == dir || strings.HasPrefix(to, dir+"/") }
	switch {
	case slices.ContainsFunc(runtimePlaces(), below):
		return fmt.Errorf("%q is a part of Lambda's runtime, without which no function starts: choose a place below %s", value, plan.LayerRoot)
	case below(plan.TaskRoot) || slices.ContainsFunc(Places(), below):
		return nil
	}
	return fmt.Errorf("%q is outside of %s: choose a place there, or make a base image that has the file, and name it with `base`", value, placeList())
}

// destination gives a checked place without what has no meaning in it: relative to
// the task root when it is there. A slash at the end stays, except at the end of
// the task root itself.
func destination(to string) string {
	if to == "" {
		return ""
	}
	clean, ending := path.Clean(to), ""
	if strings.HasSuffix(to, "/") {
		ending = "/"
	}
	if rel, ok := strings.CutPrefix(clean+"/", plan.TaskRoot+"/"); ok {
		clean = path.Clean(rel)
	}
	if clean == "." {
		return clean
	}
	return clean + ending
}
