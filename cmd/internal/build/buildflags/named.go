package buildflags

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/client/ociindex"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/util/gitutil"
	"github.com/opencontainers/go-digest"
)

// KeyCapabilities names the attribute with what a frontend has to know.
const KeyCapabilities = "frontend.caps"

const (
	imageScheme  = "docker-image://"
	layoutScheme = "oci-layout://"
)

// need says what a frontend has to know.
func (r *Request) need(capability string) {
	var needed []string
	if before := r.Attrs[KeyCapabilities]; before != "" {
		needed = strings.Split(before, ",")
	}
	slices.Sort(needed)
	if at, found := slices.BinarySearch(needed, capability); !found {
		needed = slices.Insert(needed, at, capability)
	}
	r.Attrs[KeyCapabilities] = strings.Join(needed, ",")
}

// needQuery says that a frontend has to read the query of a git URL.
func (r *Request) needQuery(source string) {
	if url, err := gitutil.ParseURL(source); err == nil && len(url.Query) > 0 {
		r.need("moby.buildkit.frontend.gitquerystring")
	}
}

// setNamedContexts sets the contexts given with --build-context.
func (f Flags) setNamedContexts(r *Request) error {
	contexts := map[string]string{}
	for _, value := range f.BuildContexts {
		name, source, ok := strings.Cut(value, "=")
		if !ok {
			return fail("build-context", value, errors.New("write NAME=SOURCE"))
		}
		named, err := reference.ParseNormalizedNamed(name)
		if err != nil {
			return fail("build-context", value, err)
		}
		contexts[strings.TrimSuffix(reference.FamiliarString(named), ":latest")] = source
	}
	for _, name := range slices.Sorted(maps.Keys(contexts)) {
		if err := r.addNamedContext(name, contexts[name]); err != nil {
			return fail("build-context", name+"="+contexts[name], err)
		}
		// A frontend that does not know named contexts says so.
		r.need("moby.buildkit.frontend.contexts+forward")
	}
	return nil
}

// addNamedContext sets one named context.
func (r *Request) addNamedContext(name, source string) error {
	switch {
	case strings.HasPrefix(source, imageScheme), isRemote(source):
		r.Attrs["context:"+name] = source
		r.needQuery(source)
	case strings.HasPrefix(source, layoutScheme):
		return r.addLayout(name, strings.TrimPrefix(source, layoutScheme))
	case isFolder(source):
		r.addNamedFolder(name, source)
	default:
		return fmt.Errorf("there is no folder %s: name one, or a URL, docker-image://REF or oci-layout://PATH", source)
	}
	return nil
}

// addNamedFolder sends a local folder.
func (r *Request) addNamedFolder(name, folder string) {
	mount := name
	// These two mounts are taken by the build's own context and file.
	if name == dockerui.DefaultLocalNameContext || name == dockerui.DefaultLocalNameDockerfile {
		mount = "_" + name
	}
	r.Folders[mount] = folder
	r.Attrs["context:"+name] = "local:" + mount
	r.Attrs["sharedkey:localdir:"+name] = folderName(folder)
}

// addLayout offers an OCI layout folder as a content store. The store's name
// takes the folder's place in the reference, which is pinned by digest.
func (r *Request) addLayout(name, source string) error {
	folder, pinned, err := resolveLayout(source)
	if err != nil {
		return err
	}
	store := fmt.Sprintf("layout%d", len(r.Layouts))
	r.Layouts[store] = folder
	r.Attrs["context:"+name] = layoutScheme + store + "@" + pinned.String()
	return nil
}

// resolveLayout splits PATH[:TAG][@DIGEST] and looks the digest up when it is
// not given.
func resolveLayout(source string) (string, digest.Digest, error) {
	if i := strings.LastIndex(source, "@"); i >= 0 {
		if pinned, err := digest.Parse(source[i+1:]); err == nil {
			return trimTag(source[:i]), pinned, nil
		}
	}
	folder := trimTag(source)
	tag := strings.TrimPrefix(strings.TrimPrefix(source, folder), ":")
	if tag == "" {
		tag = "latest"
	}
	index := ociindex.NewStoreIndex(folder)
	found, err := index.Get(tag)
	if err != nil {
		return "", "", fmt.Errorf("reading the OCI layout: %w", err)
	}
	if found == nil {
		if found, err = index.GetSingle(); err != nil {
			return "", "", fmt.Errorf("reading the OCI layout: %w", err)
		}
	}
	if found == nil {
		return "", "", fmt.Errorf("the OCI layout %s has no tag %q and more than one image: name one", folder, tag)
	}
	return folder, found.Digest, nil
}

// trimTag removes a trailing :TAG. A colon that is followed by a slash belongs
// to the path.
func trimTag(source string) string {
	i := strings.LastIndex(source, ":")
	if i < 0 || strings.ContainsAny(source[i:], `/\`) {
		return source
	}
	return source[:i]
}
