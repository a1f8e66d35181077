package project

import (
	"maps"
	"slices"
	"strings"
	"time"

	"deps.dev/util/pypi"

	"github.com/uvlambda/uvlambda/plan"
)

// falseSince is the first uv that takes false as the date of a package.
const falseSince = "0.9.26"

// setting gives the value of an entry as an installation has it, nil when it has
// none. Places of packages are left to addURLs and remoteIndexes.
func (to Installation) setting(name string, value any) any {
	switch name {
	case "index", "index-url", "extra-index-url", "find-links":
		return nil
	case "exclude-newer":
		if cutoff, ok := CutoffTime(value); ok {
			return cutoff
		}
		return nil
	case "exclude-newer-package":
		return to.cutoffs(value)
	case "extra-build-dependencies":
		return to.matched(value)
	default:
		return tables(value)
	}
}

// cutoffs are the dates of single packages, nil when there are none.
func (to Installation) cutoffs(value any) any {
	dates, _ := value.(map[string]any)
	kept := map[string]any{}
	for name, date := range dates {
		if cutoff, ok := CutoffTime(date); ok {
			kept[name] = cutoff
		} else if date == false && (to.UV == "" || CompareVersions(to.UV, falseSince) >= 0) {
			kept[name] = date
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// matched are extra-build-dependencies with the versions that the function gets, where
// an entry has match-runtime. uv finds them out itself where it installs a whole
// project, and only there.
func (to Installation) matched(value any) any {
	packages, _ := value.(map[string]any)
	all := maps.Clone(packages)
	for name, value := range packages {
		items, _ := value.([]any)
		list := make([]any, len(items))
		for i, item := range items {
			list[i] = item
			if table, _ := item.(map[string]any); table["match-runtime"] == true {
				list[i] = to.match(table)
			}
		}
		if items != nil {
			all[name] = list
		}
	}
	return all
}

// match gives a requirement with the version that the function gets. One that it does
// not get stays as it is, for uv to tell of it.
func (to Installation) match(table map[string]any) any {
	text, _ := table["requirement"].(string)
	// The parser wants a space before the URL, PEP 508 does not.
	read, err := pypi.ParseDependency(strings.Replace(text, "@", " @", 1))
	version := to.Versions[NormalizeName(read.Name)]
	if err != nil || version == "" {
		return table
	}
	requirement := read.Name
	if read.Extras != "" {
		requirement += "[" + read.Extras + "]"
	}
	requirement += "==" + version
	if read.Environment != "" {
		requirement += " ; " + read.Environment
	}
	return requirement
}

// ForPackage gives what [tool.uv] has for the build of one package.
func (p *Pyproject) ForPackage(name string) plan.PackageBuild {
	var build plan.PackageBuild
	of := func(key string) map[string]any {
		packages, _ := p.UV[key].(map[string]any)
		for other, value := range packages {
			if entries, ok := value.(map[string]any); ok && NormalizeName(other) == NormalizeName(name) {
				return entries
			}
		}
		return nil
	}
	entries := of("config-settings-package")
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		values, isList := entries[key].([]any)
		if !isList {
			values = []any{entries[key]}
		}
		for _, value := range values {
			if text, ok := value.(string); ok {
				build.ConfigSettings = append(build.ConfigSettings, key+"="+text)
			}
		}
	}
	for key, value := range of("extra-build-variables") {
		if text, ok := value.(string); ok {
			if build.BuildVariables == nil {
				build.BuildVariables = map[string]string{}
			}
			build.BuildVariables[key] = text
		}
	}
	return build
}

// CutoffTime gives exclude-newer as the full timestamp that every uv reads. A
// date includes its whole day, in the builder's time zone, UTC. A relative span
// is left out: what it means changes from day to day.
func CutoffTime(value any) (string, bool) {
	text, _ := value.(string)
	if _, err := time.Parse(time.RFC3339, text); err == nil {
		return text, true
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return "", false
	}
	return day.AddDate(0, 0, 1).Format(time.RFC3339), true
}

// tables gives an array of tables its type, so that it is written with [[headers]].
func tables(value any) any {
	list, _ := value.([]any)
	var all []map[string]any
	for _, item := range list {
		table, ok := item.(map[string]any)
		if !ok {
			return value
		}
		all = append(all, table)
	}
	if len(all) == 0 {
		return value
	}
	return all
}
