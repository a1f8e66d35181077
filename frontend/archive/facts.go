package archive

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uvlambda/uvlambda/plan"
)

// SumMark stands where the checksum goes in facts of an archive that is not yet
// written.
const SumMark = "(CodeSha256)"

// Package is a distribution in an archive; the rest is the application.
type Package struct {
	Name string `json:"name"`
	// Size are the bytes of its files.
	Size    int64  `json:"size"`
	Version string `json:"version"`
}

// facts are what deployment tools want to know of an archive.
type facts struct {
	plan.Facts
	// CodeSha256 is what Lambda calls so: the checksum of the archive in base64.
	CodeSha256 string
	Packages   []Package       `json:"packages"`
	Slimmed    json.RawMessage `json:"slimmed,omitempty"`
	Unzipped   int64           `json:"unzipped"`
	Zipped     int64           `json:"zipped"`
}

// Facts are the facts of the archive as JSON, in which SumMark has the place
// of the checksum. Slimmed is what slimming saved, as JSON, or nil.
func (l *Layout) Facts(known plan.Facts, slimmed []byte) ([]byte, error) {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	err := w.Encode(facts{
		Facts:      known,
		CodeSha256: SumMark,
		Packages:   packages(l.entries),
		Slimmed:    slimmed,
		Unzipped:   l.Unzipped,
		Zipped:     l.Size,
	})
	if err != nil {
		return nil, fmt.Errorf("describing an archive: %w", err)
	}
	return b.Bytes(), nil
}

// packages are the sizes by distribution, the largest first.
func packages(entries []Entry) []Package {
	sizes := map[Owner]int64{}
	for _, e := range entries {
		sizes[e.Owner] += int64(e.Size)
	}
	listed := make([]Package, 0, len(sizes))
	for owner, size := range sizes {
		listed = append(listed, Package{Name: owner[0], Version: owner[1], Size: size})
	}
	slices.SortFunc(listed, func(a, b Package) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return listed
}
