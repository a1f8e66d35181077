package buildflags

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/cmd/buildctl/build"
)

// setCaches sets the caches to read and to write.
func (f Flags) setCaches(r *Request, args map[string]string) error {
	from, err := cacheLines("cache-from", f.CacheFrom)
	if err != nil {
		return err
	}
	if r.CacheImports, err = build.ParseImportCache(from); err != nil {
		return fmt.Errorf("invalid --cache-from: %w", err)
	}
	to, err := cacheLines("cache-to", f.CacheTo)
	if err != nil {
		return err
	}
	if r.CacheExports, err = build.ParseExportCache(to); err != nil {
		return fmt.Errorf("invalid --cache-to: %w", err)
	}
	for i, cache := range r.CacheExports {
		if folder, ok := r.projectFolder(cache.Attrs["dest"]); ok && cache.Type == "local" {
			return fail("cache-to", f.CacheTo[min(i, len(f.CacheTo)-1)], fmt.Errorf("the cache's blobs would be written over the project in %s: name another folder, or a new one in it", folder))
		}
	}
	if isTrue(args["BUILDKIT_INLINE_CACHE"]) {
		r.CacheExports = append(r.CacheExports, client.CacheOptionsEntry{Type: "inline", Attrs: map[string]string{}})
	}
	return nil
}

// cacheLines writes buildx's short form, a list of references, in full.
func cacheLines(flag string, values []string) ([]string, error) {
	var lines []string
	for _, value := range values {
		if !strings.Contains(value, "=") {
			for ref := range strings.SplitSeq(value, ",") {
				lines = append(lines, "type=registry,ref="+ref)
			}
			continue
		}
		attrs, err := csvAttributes(flag, value)
		if err != nil {
			return nil, err
		}
		if attrs["type"] == "" {
			return nil, fail(flag, value, errors.New("name the cache with type=TYPE"))
		}
		lines = append(lines, value)
	}
	return lines, nil
}
