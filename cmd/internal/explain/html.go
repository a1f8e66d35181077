package explain

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
)

//go:embed page.html
var pageTemplate string

// page is what the template shows.
type page struct {
	Report
	Maps     []treemap
	Licences []licenceUsage
}

// licenceUsage is how much of a function is under a licence.
type licenceUsage struct {
	Licence  string
	Packages []string
	Size     int64
}

// WriteHTML writes the report as one page, which needs no network and no
// script.
func (r Report) WriteHTML(w io.Writer) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"size":     humanSize,
		"share":    share,
		"percent":  percent,
		"plural":   plural,
		"width":    func(share float64) float64 { return min(100, 100*share) },
		"describe": Limit.describe,
		"amount":   Limit.amount,
		"kind":     Kind.title,
		"layer":    Kind.layer,
		"group":    Group.title,
		"join":     strings.Join,
	}).Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	var html bytes.Buffer
	if err := page.Execute(&html, newPage(r)); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	if _, err := w.Write(html.Bytes()); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// newPage lays out a report. What a build adds to a base image has a treemap of
// its own, because it is small beside it.
func newPage(r Report) page {
	p := page{Report: r, Licences: licences(r.functionParts())}
	var function []GroupUsage
	for _, group := range r.Groups {
		if group.Group.ofFunction() {
			function = append(function, group)
		}
	}
	if len(function) < len(r.Groups) {
		p.Maps = append(p.Maps, newTreemap("The function", function, r.functionParts()))
		p.Maps = append(p.Maps, newTreemap("The whole image", r.Groups, r.Parts))
		return p
	}
	p.Maps = append(p.Maps, newTreemap("What fills it", r.Groups, r.Parts))
	return p
}

// licences groups packages by their licence, the most used first.
func licences(parts []Part) []licenceUsage {
	found := map[string]*licenceUsage{}
	for _, part := range parts {
		if part.Group == GroupApplication {
			continue
		}
		name := cmp.Or(part.Licence, "not stated")
		if found[name] == nil {
			found[name] = &licenceUsage{Licence: name}
		}
		found[name].Packages = append(found[name].Packages, part.Title())
		found[name].Size += part.Size
	}
	var list []licenceUsage
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, *found[name])
	}
	slices.SortStableFunc(list, func(a, b licenceUsage) int { return cmp.Compare(len(b.Packages), len(a.Packages)) })
	return list
}
