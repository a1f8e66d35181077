package buildflags

import (
	"errors"
	"strconv"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/solver/pb"
)

// setFrontend sets what chooses the frontend and what it builds.
func (f Flags) setFrontend(r *Request, args map[string]string) error {
	if f.Target != "" {
		r.Attrs["target"] = f.Target
	}
	if f.Pull {
		r.Attrs["image-resolve-mode"] = pb.AttrImageResolveModeForcePull
	}
	if isTrue(args["BUILDKIT_MULTI_PLATFORM"]) {
		r.Attrs["multi-platform"] = "true"
	}
	if syntax, ok := args["BUILDKIT_SYNTAX"]; ok {
		image, _, _ := strings.Cut(strings.TrimSpace(syntax), " ")
		if image == "" {
			return fail("build-arg", "BUILDKIT_SYNTAX=", errors.New("name a frontend image, or leave the argument out"))
		}
		r.FrontendImage = image
		r.Attrs["source"] = image
		r.Attrs["cmdline"] = syntax
	}
	return f.setNoCache(r)
}

// setNoCache sets the stages that run again. An empty list means all stages.
func (f Flags) setNoCache(r *Request) error {
	if f.NoCache && len(f.NoCacheFilter) > 0 {
		return errors.New("--no-cache and --no-cache-filter cannot be used together: leave one out")
	}
	if f.NoCache || len(f.NoCacheFilter) > 0 {
		r.Attrs["no-cache"] = strings.Join(f.NoCacheFilter, ",")
	}
	return nil
}

// setPlatforms sets the target platforms.
func (f Flags) setPlatforms(r *Request, env Environment) error {
	names, err := f.TargetPlatforms(env)
	if len(names) > 0 {
		r.Attrs["platform"] = strings.Join(names, ",")
	}
	return err
}

// TargetPlatforms are the platforms to build for, in OCI form, with docker's
// variable as default. None means the builder's own.
func (f Flags) TargetPlatforms(env Environment) ([]string, error) {
	if len(f.Platforms) == 0 {
		if value, ok := env.LookupEnv("DOCKER_DEFAULT_PLATFORM"); ok && value != "" {
			return parsePlatforms([]string{value})
		}
	}
	return parsePlatforms(f.Platforms)
}

// parsePlatforms reads --platform values, each a comma-separated list, into
// their normal OCI form. The name local is the platform this runs on.
func parsePlatforms(values []string) ([]string, error) {
	var names []string
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			platform := platforms.DefaultSpec()
			if !strings.EqualFold(name, "local") {
				var err error
				if platform, err = platforms.Parse(name); err != nil {
					return nil, fail("platform", value, err)
				}
			}
			names = append(names, platforms.FormatAll(platforms.Normalize(platform)))
		}
	}
	return names, nil
}

// isTrue reads a boolean as Go writes it; anything else is false.
func isTrue(value string) bool {
	b, err := strconv.ParseBool(value)
	return err == nil && b
}
