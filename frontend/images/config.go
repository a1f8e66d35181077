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
	img.Config.Env = mergeEnv(base.Config.Env, set.Env)
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
