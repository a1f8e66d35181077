package explain

import "github.com/uvlambda/uvlambda/plan"

// Limit is one of Lambda's limits and how much of it is used.
type Limit struct {
	// Name is "unzipped", "zipped" or "image".
	Name string `json:"name"`
	// Source is the archive that the limit is about, when it is about one only.
	Source string `json:"source,omitempty"`
	// Size and Limit are in bytes.
	Size  int64 `json:"size"`
	Limit int64 `json:"limit"`
}

// limits are those that apply to contents together.
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
	return append([]Limit{unzipped}, list...)
}
