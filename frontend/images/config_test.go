package images

import (
	"testing"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/plan"
)

// What a plan says of the start of a function is set over the base's
// configuration, and the rest of that is kept.
func TestConfigureTheStart(t *testing.T) {
	t.Parallel()
	base := dockerspec.DockerOCIImage{}
	base.Config.Entrypoint, base.Config.WorkingDir, base.Config.User = []string{"/entry"}, "/home", "app"
	base.Config.Env = []string{"PATH=/usr/bin", "A=1"}
	for name, tt := range map[string]struct {
		set        plan.Config
		entrypoint []string
		dir, user  string
		env        []string
	}{
		"handler":    {plan.Config{Cmd: []string{"app.handler"}}, []string{"/entry"}, "/home", "app", base.Config.Env},
		"entrypoint": {plan.Config{Entrypoint: []string{"/other"}, User: "1000", WorkingDir: "/var/task"}, []string{"/other"}, "/var/task", "1000", base.Config.Env},
		"command": {plan.Config{Command: true, Cmd: []string{"serve"}, Path: []string{"/var/task/bin"}, Env: map[string]string{"B": "2"}},
			nil, "/home", "app", []string{"PATH=/var/task/bin:/usr/bin", "A=1", "B=2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := Configure(base, &tt.set, nil, ocispecs.Platform{}, nil).Config
			assert.Equal(t, tt.entrypoint, made.Entrypoint)
			assert.Equal(t, tt.set.Cmd, made.Cmd)
			assert.Equal(t, tt.dir, made.WorkingDir)
			assert.Equal(t, tt.user, made.User)
			assert.Equal(t, tt.env, made.Env)
		})
	}
	assert.Equal(t, []string{"PATH=/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, withPath(nil, []string{"/bin"}))
}
