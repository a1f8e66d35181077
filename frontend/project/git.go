package project

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// GitSource is a commit of a git repository that a package is built from.
type GitSource struct {
	// Repository is the URL of the repository.
	Repository string
	// Scheme and Host are parts of that URL.
	Scheme, Host string
	// Commit is the full hash that the lock pins.
	Commit string
	// Folder is the package's folder in the repository, "." for the repository
	// itself.
	Folder string
	// LFS is set when the repository has files in Git LFS that the package needs.
	LFS bool
}

// fullCommit is a commit as uv.lock pins it: SHA-1 or SHA-256.
var fullCommit = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// Repository reads the commit that a source from git names. It is not ok for
// another source, and for an address that is none.
func (s Source) Repository() (g GitSource, ok bool) {
	if s.Git == "" {
		return GitSource{}, false
	}
	address, err := url.Parse(s.Git)
	if err != nil || address.Host == "" || !fullCommit.MatchString(address.Fragment) {
		return GitSource{}, false
	}
	asked := address.Query()
	subdirectory := asked.Get("subdirectory")
	if subdirectory == "" {
		subdirectory = s.Subdirectory
	}
	g = GitSource{
		Scheme: address.Scheme, Host: address.Host, Commit: address.Fragment,
		// A folder above the repository is none: the path is taken from its root.
		Folder: path.Join(".", path.Clean("/" + subdirectory)[1:]),
		LFS:    asked.Get("lfs") == "true",
	}
	address.RawQuery, address.Fragment = "", ""
	g.Repository = address.String()
	return g, true
}

// Repositories are the URLs of the git repositories that a project names: as
// sources, and in requirements.
func (p *Pyproject) Repositories() []string {
	var urls []string
	add := func(text string) {
		text, _, _ = strings.Cut(strings.TrimPrefix(text, "git+"), "#")
		// A revision stands behind the path.
		if address, err := url.Parse(text); err == nil && address.Host != "" {
			address.Path, _, _ = strings.Cut(address.Path, "@")
			address.RawPath, address.RawQuery = "", ""
			urls = append(urls, address.String())
		}
	}
	sources, _ := p.UV["sources"].(map[string]any)
	for name := range sources {
		_, entries := p.sources(NormalizeName(name))
		for _, entry := range entries {
			table, _ := entry.(map[string]any)
			if text, ok := table["git"].(string); ok {
				add(text)
			}
		}
	}
	for _, key := range [][]string{{"project"}, {"dependency-groups"}, {"build-system", "requires"}} {
		eachString(p.Doc.Value(key...), func(text string) {
			if _, from, ok := strings.Cut(text, "git+"); ok {
				from, _, _ = strings.Cut(from, ";")
				add(strings.TrimSpace(from))
			}
		})
	}
	slices.Sort(urls)
	return slices.Compact(urls)
}

// GitSchemes are the protocols by which BuildKit fetches git repositories.
func GitSchemes() []string { return []string{"https", "http", "ssh", "git"} }

// Fetchable tells whether BuildKit knows the protocol of the repository.
func (g GitSource) Fetchable() bool { return slices.Contains(GitSchemes(), g.Scheme) }
