package emulate

import (
	"runtime"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

func TestNewProcess(t *testing.T) {
	t.Parallel()
	config := v1.Config{
		Entrypoint: []string{"/lambda-entrypoint.sh"},
		Cmd:        []string{"app.main.handler"},
		WorkingDir: "/var/task",
		Env:        []string{"PATH=/bin", "AWS_REGION=eu-west-1", "STAGE=image"},
	}
	opts := Options{Env: []string{"STAGE=flag", "NEW=1"}, Memory: 256}
	p, err := newProcess(config, lambdaUser(), opts, 9001)
	require.NoError(t, err)
	assert.Equal(t, process{
		args: []string{"/lambda-entrypoint.sh", "app.main.handler"},
		dir:  "/var/task",
		user: owner{uid: 993, gid: 990},
		env: []string{
			"PATH=/bin",
			"AWS_REGION=us-east-1",
			"STAGE=flag",
			"_HANDLER=app.main.handler",
			"AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001",
			"AWS_LAMBDA_FUNCTION_NAME=function",
			"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
			"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
			"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
			"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/function",
			"AWS_LAMBDA_LOG_STREAM_NAME=uvlambda",
			"AWS_DEFAULT_REGION=us-east-1",
			"LAMBDA_TASK_ROOT=/var/task",
			"LAMBDA_RUNTIME_DIR=/var/runtime",
			"NEW=1",
		},
	}, p)
}

func TestProcessArguments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config  v1.Config
		handler string
		args    []string
		dir     string
	}{
		"handler":       {v1.Config{Entrypoint: []string{"/e"}, Cmd: []string{"a.b"}, WorkingDir: "/w"}, "c.d", []string{"/e", "c.d"}, "/w"},
		"no entrypoint": {v1.Config{Cmd: []string{"/bootstrap", "x"}}, "", []string{"/bootstrap", "x"}, "/"},
		"no command":    {v1.Config{Entrypoint: []string{"/bootstrap"}}, "", []string{"/bootstrap"}, "/"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := newProcess(test.config, owner{}, Options{Handler: test.handler}, 1)
			require.NoError(t, err)
			assert.Equal(t, test.args, p.args)
			assert.Equal(t, test.dir, p.dir)
		})
	}
}

func TestNoProcess(t *testing.T) {
	t.Parallel()
	_, err := newProcess(v1.Config{}, owner{}, Options{}, 1)
	assert.EqualError(t, err, "the image has neither an entrypoint nor a command: name the function with --handler")
}

func TestRuntimeSpec(t *testing.T) {
	t.Parallel()
	p := process{args: []string{"/e", "a.b"}, env: []string{"A=1"}, dir: "/var/task", user: owner{993, 990}}
	spec := runtimeSpec(p, "/rootfs", 256)
	assert.Equal(t, p.args, spec.Process.Args)
	assert.Equal(t, p.env, spec.Process.Env)
	assert.Equal(t, p.dir, spec.Process.Cwd)
	assert.Equal(t, uint32(993), spec.Process.User.UID)
	assert.Equal(t, uint32(990), spec.Process.User.GID)
	assert.True(t, spec.Process.NoNewPrivileges)
	assert.Empty(t, spec.Process.Capabilities.Bounding)
	if runtime.GOOS == "linux" {
		assert.NotEmpty(t, spec.Linux.Seccomp.Syscalls)
	}
	assert.Equal(t, "/rootfs", spec.Root.Path)
	assert.True(t, spec.Root.Readonly)
	assert.Equal(t, int64(256<<20), *spec.Linux.Resources.Memory.Limit)
	for _, namespace := range spec.Linux.Namespaces {
		assert.NotEqual(t, "network", string(namespace.Type), "the Runtime API is on this machine's loopback")
	}
	assert.Nil(t, runtimeSpec(p, "/rootfs", 0).Linux.Resources)
}

func TestDockerArguments(t *testing.T) {
	t.Parallel()
	opts := Options{Handler: "a.b", Memory: 256, Platform: "linux/arm64", Env: []string{"A=1"}}
	variables := func(host string) []string {
		var args []string
		for _, variable := range variables(opts, host, 9001) {
			args = append(args, "--env", variable)
		}
		return args
	}
	start := []string{"run", "--rm", "--name", "c", "--user", "993:990", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--tmpfs", "/tmp:rw,exec,mode=1777,size=512m"}
	limits := []string{"--platform", "linux/arm64", "--memory", "256m"}
	linux := append(append(append([]string{}, start...), "--network", "host"), limits...)
	linux = append(append(linux, variables("127.0.0.1")...), "image", "a.b")
	assert.Equal(t, linux, (&engine{}).arguments(opts, "c", "image", 9001))
	desktop := append(append([]string{}, start...), limits...)
	desktop = append(append(desktop, variables("host.docker.internal")...), "image", "a.b")
	assert.Equal(t, desktop, (&engine{docker.Engine{Desktop: true}}).arguments(opts, "c", "image", 9001))
}
