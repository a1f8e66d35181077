package explain

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// Limit is one of Lambda's limits and how much of it is used.
type Limit struct {
	// Name is "unzipped", "zipped", "layers" or "image".
	Name string `json:"name"`
	// Source is the archive that the limit is about, when it is about one only.
	Source string `json:"source,omitempty"`
	// Size and Limit are in bytes. For "layers" they count layers.
	Size  int64 `json:"size"`
	Limit int64 `json:"limit"`
}

// limits are the limits of Lambda that apply to contents together.
func limits(contents []Content) []Limit {
	var list []Limit
	unzipped := Limit{Name: "unzipped", Limit: plan.LimitUnzipped}
	for _, c := range contents {
		if c.Kind == KindImage {
			return []Limit{{Name: "image", Size: c.size, Limit: plan.LimitImage}}
		}
		unzipped.Size += c.size
		if c.Kind == KindZip {
			list = append(list, Limit{Name: "zipped", Source: c.Layers[0].Name, Size: c.archive, Limit: plan.LimitZipped})
		}
	}
	if layers := countLayers(contents); layers > 0 {
		list = append(list, Limit{Name: "layers", Size: layers, Limit: plan.LimitLayers})
	}
	return append([]Limit{unzipped}, list...)
}

// countLayers counts the contents that have nothing but folders in which Lambda
// looks for what layers bring:
// https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
func countLayers(contents []Content) (n int64) {
	folders := []string{"python", "bin", "lib", "extensions"}
	for _, c := range contents {
		elsewhere := func(f File) bool {
			first, below, _ := strings.Cut(path.Clean(f.Path), "/")
			return below == "" || !slices.Contains(folders, first)
		}
		if len(c.Files) > 0 && !slices.ContainsFunc(c.Files, elsewhere) {
			n++
		}
	}
	return n
}

// amount is a number with its unit, for people.
func (l Limit) amount(n int64) string {
	if l.Name == "layers" {
		return strconv.FormatInt(n, 10)
	}
	return humanSize(n)
}
