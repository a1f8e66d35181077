package images

import (
	"maps"
	"slices"
	"strings"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/plan"
)

// created is the time of every image without SOURCE_DATE_EPOCH, so that the
// same input gives the same digest on any day: Lambda then sees a new image
// only when there is one. It is the time of the files in the layers.
var created = time.Unix(plan.Epoch, 0).UTC()

// Configure sets a plan's configuration over the base image's, which is kept
// in all that the plan is silent about. layers are the comments of the layers
// over the base.
func Configure(base dockerspec.DockerOCIImage, set *plan.Config, layers []string, platform ocispecs.Platform, epoch *time.Time) dockerspec.DockerOCIImage {
	if epoch == nil {
		epoch = &created
	}
	img := base
	img.Created = epoch
	img.Platform = platform
	img.Config.Cmd = set.Cmd
	if set.Command || len(set.Entrypoint) > 0 {
		img.Config.Entrypoint = set.Entrypoint
	}
	if set.WorkingDir != "" {
		img.Config.WorkingDir = set.WorkingDir
	}
	if set.User != "" {
		img.Config.User = set.User
	}
	img.Config.Env = mergeEnv(withPath(base.Config.Env, set.Path), set.Env)
	img.Config.Labels = maps.Clone(base.Config.Labels)
	if img.Config.Labels == nil {
		img.Config.Labels = map[string]string{}
	}
	maps.Copy(img.Config.Labels, set.Labels)
	img.History = slices.Clone(base.History)
	for _, comment := range layers {
		img.History = append(img.History, ocispecs.History{Created: epoch, CreatedBy: comment})
	}
	img.History = append(img.History, ocispecs.History{
		Created: epoch, CreatedBy: "uvlambda: CMD " + strings.Join(set.Cmd, " "), EmptyLayer: true,
	})
	return img
}

// defaultPath is the PATH of an image that says none, as Docker sets it.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Path are the folders of an image's PATH.
func Path(env []string) []string {
	found := defaultPath
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, "PATH="); ok {
			found = value
		}
	}
	return strings.Split(found, ":")
}

// withPath puts folders before the folders in PATH.
func withPath(base, folders []string) []string {
	if len(folders) == 0 {
		return base
	}
	return mergeEnv(base, map[string]string{"PATH": strings.Join(slices.Concat(folders, Path(base)), ":")})
}

// mergeEnv replaces or appends variables, in the base's order and then sorted.
func mergeEnv(base []string, set map[string]string) []string {
	env := slices.Clone(base)
	for _, key := range slices.Sorted(maps.Keys(set)) {
		entry := key + "=" + set[key]
		same := func(kv string) bool { return strings.HasPrefix(kv, key+"=") }
		if i := slices.IndexFunc(env, same); i >= 0 {
			env[i] = entry
		} else {
			env = append(env, entry)
		}
	}
	return env
}
