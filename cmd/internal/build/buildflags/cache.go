package buildflags

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/tonistiigi/go-csvvalue"
)

// setCaches sets the caches to read and to write.
func (f Flags) setCaches(r *Request, args map[string]string, env Environment) error {
	var err error
	if r.CacheImports, err = caches("cache-from", f.CacheFrom, env); err != nil {
		return err
	}
	if r.CacheExports, err = caches("cache-to", f.CacheTo, env); err != nil {
		return err
	}
	for _, cache := range r.CacheExports {
		if folder, ok := r.projectFolder(cache.Attrs["dest"]); ok && cache.Type == "local" {
			return fail("cache-to", "type=local,dest="+cache.Attrs["dest"], fmt.Errorf("the cache's blobs would be written over the project in %s: name another folder, or a new one in it", folder))
		}
	}
	if isTrue(args["BUILDKIT_INLINE_CACHE"]) {
		r.CacheExports = append(r.CacheExports, client.CacheOptionsEntry{Type: "inline", Attrs: map[string]string{}})
	}
	return nil
}

// caches reads the values of a flag, and adds what the environment says of the
// services. As with buildx, one of GitHub's cache is left out where there is
// none.
func caches(flag string, values []string, env Environment) ([]client.CacheOptionsEntry, error) {
	var usable []client.CacheOptionsEntry
	for _, value := range values {
		entries, err := cacheEntries(flag, value)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			switch entry.Type {
			case "gha":
				setGitHub(entry.Attrs, env.LookupEnv)
				if entry.Attrs["token"] == "" || entry.Attrs["url"] == "" && entry.Attrs["url_v2"] == "" {
					continue
				}
			case "s3":
				setAWS(entry.Attrs, env.LookupEnv)
			}
			usable = append(usable, entry)
		}
	}
	return usable, nil
}

// cacheEntries reads a list of references, or the attributes of one cache.
func cacheEntries(flag, value string) ([]client.CacheOptionsEntry, error) {
	if !strings.Contains(value, "=") {
		refs, err := csvvalue.Fields(value, nil)
		if err != nil {
			return nil, fail(flag, value, err)
		}
		var entries []client.CacheOptionsEntry
		for _, ref := range refs {
			entries = append(entries, client.CacheOptionsEntry{Type: "registry", Attrs: map[string]string{"ref": ref}})
		}
		return entries, nil
	}
	attrs, err := csvAttributes(flag, value, strings.ToLower)
	if err != nil {
		return nil, err
	}
	kind := attrs["type"]
	if kind == "" {
		return nil, fail(flag, value, errors.New("name the cache with type=TYPE"))
	}
	delete(attrs, "type")
	return []client.CacheOptionsEntry{{Type: kind, Attrs: attrs}}, nil
}

// setGitHub adds where the cache of a workflow of GitHub Actions is.
func setGitHub(attrs map[string]string, lookup func(string) (string, bool)) {
	set := func(key, name string) {
		if value, ok := lookup(name); ok {
			if _, set := attrs[key]; !set {
				attrs[key] = value
			}
		}
	}
	version, given := attrs["version"]
	if service, _ := lookup("ACTIONS_CACHE_SERVICE_V2"); !given && isTrue(service) {
		version = "2"
	}
	set("token", "ACTIONS_RUNTIME_TOKEN")
	if version == "2" {
		set("url_v2", "ACTIONS_RESULTS_URL")
	}
	set("url", "ACTIONS_CACHE_URL")
	set("url", "ACTIONS_RESULTS_URL")
}

// setAWS adds the credentials of the environment. The builder finds the credentials
// of a profile or a role itself.
func setAWS(attrs map[string]string, lookup func(string) (string, bool)) {
	_, hasID := attrs["access_key_id"]
	_, hasSecret := attrs["secret_access_key"]
	id, _ := lookup("AWS_ACCESS_KEY_ID")
	secret, _ := lookup("AWS_SECRET_ACCESS_KEY")
	if hasID && hasSecret || id == "" || secret == "" {
		return
	}
	token, _ := lookup("AWS_SESSION_TOKEN")
	for key, value := range map[string]string{"access_key_id": id, "secret_access_key": secret, "session_token": token} {
		if _, set := attrs[key]; !set && value != "" {
			attrs[key] = value
		}
	}
}
