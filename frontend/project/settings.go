package project

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// indexKeys are the entries of [[tool.uv.index]] that matter to an installation. uv
// takes no offence at entries of an index that it does not know.
func indexKeys() []string {
	return []string{
		"authenticate", "cache-control", "default", "explicit", "format", "hash-algorithm", "ignore-error-codes", "name", "url",
	}
}

// Installation is what the settings of an installation depend on beside [tool.uv].
type Installation struct {
	// UV is the version of uv, empty when an image is named for it. An entry that this version
	// does not know is left out, since it would be fatal to uv.
	UV string
	// Versions are the versions that the function gets of packages, by normalized
	// name.
	Versions map[string]string
}

// InstallSettings gives the text of a uv.toml with the entries of [tool.uv] that
// affect installation, or how a package is built, sorted: see UVInstalls. It is empty
// when there are none. Indexes that are folders are left out, since the lock names
// their files. A password in a URL is an error, since the text is kept in the build's
// records.
//
// The indexes of other projects of the workspace are there for the credentials
// of their packages, and explicit: a member names indexes for its own sources.
func (p *Pyproject) InstallSettings(to Installation, others ...*Pyproject) (string, error) {
	settings, err := p.installSettings(to, others)
	if err != nil {
		return "", err
	}
	return p.settingsText(settings)
}

// installSettings are the entries of InstallSettings.
func (p *Pyproject) installSettings(to Installation, others []*Pyproject) (map[string]any, error) {
	settings := map[string]any{}
	for _, key := range UVKeys() {
		value, ok := p.UV[key.Name]
		if !ok || key.Use&UVInstalls == 0 || !key.KnownTo(to.UV) {
			continue
		}
		if value = to.setting(key.Name, value); value != nil {
			settings[key.Name] = value
		}
	}
	indexes, err := p.remoteIndexes()
	if err := errors.Join(p.addURLs(settings), err); err != nil {
		return nil, err
	}
	for _, other := range others {
		more, err := other.remoteIndexes()
		if err != nil {
			return nil, err
		}
		for _, index := range more {
			named := func(has map[string]any) bool { return has["name"] == index["name"] }
			if index["name"] == nil || slices.ContainsFunc(indexes, named) {
				continue
			}
			delete(index, "default")
			index["explicit"] = true
			indexes = append(indexes, index)
		}
	}
	if len(indexes) > 0 {
		settings["index"] = indexes
	}
	return settings, nil
}

// settingsText is the text of a uv.toml.
func (p *Pyproject) settingsText(settings map[string]any) (string, error) {
	var b strings.Builder
	encoder := toml.NewEncoder(&b)
	encoder.Indent = ""
	if err := encoder.Encode(settings); err != nil {
		return "", source.Errorf(p.Doc.Locate("tool", "uv"), "writing the settings for uv: %w", err)
	}
	return b.String(), nil
}

// remoteIndexes are the [[tool.uv.index]] entries with a URL, and not a folder.
func (p *Pyproject) remoteIndexes() ([]map[string]any, error) {
	var indexes []map[string]any
	var errs []error
	for i, entry := range p.indexes() {
		text, _ := entry["url"].(string)
		if !isRemote(text) {
			continue
		}
		name, _ := entry["name"].(string)
		errs = append(errs, p.checkPassword(text, name, "index", strconv.Itoa(i), "url"))
		index := map[string]any{}
		for _, key := range indexKeys() {
			if value, ok := entry[key]; ok {
				index[key] = value
			}
		}
		indexes = append(indexes, index)
	}
	return indexes, errors.Join(errs...)
}

// indexes gives the [[tool.uv.index]] entries.
func (p *Pyproject) indexes() []map[string]any {
	list, _ := p.UV["index"].([]any)
	indexes := make([]map[string]any, len(list))
	for i := range list {
		indexes[i], _ = list[i].(map[string]any)
	}
	return indexes
}

// addURLs copies the older ways to name places of packages.
func (p *Pyproject) addURLs(settings map[string]any) error {
	var errs []error
	if text, ok := p.UV["index-url"].(string); ok && isRemote(text) {
		errs = append(errs, p.checkPassword(text, "", "index-url"))
		settings["index-url"] = text
	}
	for _, key := range []string{"extra-index-url", "find-links"} {
		var remote []string
		for i, text := range p.uvStrings(key) {
			if isRemote(text) {
				errs = append(errs, p.checkPassword(text, "", key, strconv.Itoa(i)))
				remote = append(remote, text)
			}
		}
		if len(remote) > 0 {
			settings[key] = remote
		}
	}
	return errors.Join(errs...)
}

func isRemote(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}

// checkPassword refuses a URL that holds a password, without repeating it.
func (p *Pyproject) checkPassword(text, index string, path ...string) error {
	location := p.Doc.Locate(slices.Concat([]string{"tool", "uv"}, path)...)
	parsed, err := url.Parse(text)
	if err != nil {
		return source.Errorf(location, "%s is not a URL: correct it", path[0])
	}
	if _, has := parsed.User.Password(); !has {
		return nil
	}
	remedy := "name the index in [[tool.uv.index]] and pass UV_INDEX_<NAME>_PASSWORD as a build secret"
	if index != "" {
		remedy = fmt.Sprintf("pass it as the build secret UV_INDEX_%s_PASSWORD", EnvName(index))
	}
	return source.Errorf(location,
		"the URL holds a password, which would be kept in the records of the build: take it out and %s", remedy)
}

// NamedIndex is an index that credentials can be given for.
type NamedIndex struct {
	Name, URL string
	Source    plan.Location
}

// HasUser reports whether the index's URL names a user.
func (i NamedIndex) HasUser() bool {
	parsed, err := url.Parse(i.URL)
	return err == nil && parsed.User.Username() != ""
}

// NamedIndexes gives the [[tool.uv.index]] entries with a name, in file order.
func (p *Pyproject) NamedIndexes() []NamedIndex {
	var named []NamedIndex
	for _, index := range p.AllIndexes() {
		if index.Name != "" {
			named = append(named, NamedIndex{index.Name, index.URL, index.Source})
		}
	}
	return named
}

// Index is an index that a project names.
type Index struct {
	// Name is empty for an index that has none.
	Name, URL string
	// Default is set for the index that packages without another come from.
	Default bool
	Source  plan.Location
}

// AllIndexes gives the [[tool.uv.index]] entries in file order, and then what
// the older keys name.
func (p *Pyproject) AllIndexes() []Index {
	var all []Index
	for i, entry := range p.indexes() {
		name, _ := entry["name"].(string)
		address, _ := entry["url"].(string)
		isDefault, _ := entry["default"].(bool)
		all = append(all, Index{name, address, isDefault, p.Doc.Locate("tool", "uv", "index", strconv.Itoa(i), "name")})
	}
	if address, ok := p.UV["index-url"].(string); ok {
		all = append(all, Index{URL: address, Default: true, Source: p.Doc.Locate("tool", "uv", "index-url")})
	}
	for i, address := range p.uvStrings("extra-index-url") {
		all = append(all, Index{URL: address, Source: p.Doc.Locate("tool", "uv", "extra-index-url", strconv.Itoa(i))})
	}
	return all
}
