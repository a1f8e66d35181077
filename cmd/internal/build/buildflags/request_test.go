package buildflags

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session/sshforward/sshprovider"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// environment is a process environment for tests.
func environment(variables map[string]string) Environment {
	return Environment{LookupEnv: func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}}
}

// parse reads flags as the command does.
func parse(t *testing.T, args ...string) Flags {
	t.Helper()
	var flags Flags
	set := pflag.NewFlagSet("build", pflag.ContinueOnError)
	flags.Register(set)
	require.NoError(t, set.Parse(args))
	return flags
}

// project makes a folder with the named files and returns its path.
func project(t *testing.T, files ...string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "hello")
	for _, name := range files {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	return folder
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		env  map[string]string
		want map[string]string
	}{
		"none":                 {nil, nil, nil},
		"target":               {[]string{"--target", "api/image"}, nil, map[string]string{"target": "api/image"}},
		"platform":             {[]string{"--platform", "linux/arm64"}, nil, map[string]string{"platform": "linux/arm64"}},
		"platforms":            {[]string{"--platform", "linux/arm64/v8,linux/x86_64"}, nil, map[string]string{"platform": "linux/arm64,linux/amd64"}},
		"platform of docker":   {nil, map[string]string{"DOCKER_DEFAULT_PLATFORM": "linux/arm64"}, map[string]string{"platform": "linux/arm64"}},
		"no cache":             {[]string{"--no-cache"}, nil, map[string]string{"no-cache": ""}},
		"no cache of stages":   {[]string{"--no-cache-filter", "export", "--no-cache-filter", "app"}, nil, map[string]string{"no-cache": "export,app"}},
		"pull":                 {[]string{"--pull"}, nil, map[string]string{"image-resolve-mode": "pull"}},
		"build argument":       {[]string{"--build-arg", "A=1=2"}, nil, map[string]string{"build-arg:A": "1=2"}},
		"argument of env":      {[]string{"--build-arg", "A", "--build-arg", "B"}, map[string]string{"A": "1"}, map[string]string{"build-arg:A": "1"}},
		"epoch":                {nil, map[string]string{"SOURCE_DATE_EPOCH": "7"}, map[string]string{"build-arg:SOURCE_DATE_EPOCH": "7"}},
		"epoch overridden":     {[]string{"--build-arg", "SOURCE_DATE_EPOCH=8"}, map[string]string{"SOURCE_DATE_EPOCH": "7"}, map[string]string{"build-arg:SOURCE_DATE_EPOCH": "8"}},
		"multi-platform":       {[]string{"--build-arg", "BUILDKIT_MULTI_PLATFORM=1"}, nil, map[string]string{"build-arg:BUILDKIT_MULTI_PLATFORM": "1", "multi-platform": "true"}},
		"label":                {[]string{"--label", "a=b", "--label", "c"}, nil, map[string]string{"label:a": "b", "label:c": ""}},
		"hosts":                {[]string{"--add-host", "a:10.0.0.1", "--add-host", "b=[::1]"}, nil, map[string]string{"add-hosts": "a=10.0.0.1,b=::1"}},
		"no network":           {[]string{"--network", "none"}, nil, map[string]string{"force-network-mode": "none"}},
		"shared memory":        {[]string{"--shm-size", "64m"}, nil, map[string]string{"shm-size": "67108864"}},
		"limits":               {[]string{"--ulimit", "nofile=1024:2048", "--ulimit", "core=0"}, nil, map[string]string{"ulimit": "core=0:0,nofile=1024:2048"}},
		"cgroup":               {[]string{"--cgroup-parent", "x"}, nil, map[string]string{"cgroup-parent": "x"}},
		"provenance":           {[]string{"--provenance", "mode=max"}, nil, map[string]string{"attest:provenance": "type=provenance,mode=max"}},
		"plain provenance":     {[]string{"--provenance=true"}, nil, map[string]string{"attest:provenance": "type=provenance"}},
		"no provenance":        {[]string{"--provenance=false"}, nil, nil},
		"bill of materials":    {[]string{"--sbom", "generator=example.com/scanner"}, nil, map[string]string{"attest:sbom": "type=sbom,generator=example.com/scanner"}},
		"attestation":          {[]string{"--attest", `type=sbom,"scan=a,b"`}, nil, map[string]string{"attest:sbom": `type=sbom,"scan=a,b"`}},
		"first attestation":    {[]string{"--attest", "type=provenance,mode=min", "--provenance", "mode=max"}, nil, map[string]string{"attest:provenance": "type=provenance,mode=min"}},
		"context of image":     {[]string{"--build-context", "base=docker-image://example.com/base"}, nil, map[string]string{"context:base": "docker-image://example.com/base", "frontend.caps": "moby.buildkit.frontend.contexts+forward"}},
		"context of image ref": {[]string{"--build-context", "example.com/base:latest=docker-image://other"}, nil, map[string]string{"context:example.com/base": "docker-image://other", "frontend.caps": "moby.buildkit.frontend.contexts+forward"}},
		"context of git":       {[]string{"--build-context", "lib=https://example.com/lib.git"}, nil, map[string]string{"context:lib": "https://example.com/lib.git", "frontend.caps": "moby.buildkit.frontend.contexts+forward"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := parse(t, test.args...).Request(project(t, "pyproject.toml"), environment(test.env))
			require.NoError(t, err)
			want := map[string]string{"filename": "pyproject.toml"}
			for key, value := range test.want {
				want[key] = value
			}
			assert.Equal(t, want, request.Attrs)
		})
	}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	env := environment(nil)
	env.Proxies = map[string]string{"HTTP_PROXY": "http://p", "http_proxy": "http://p", "NO_PROXY": "x"}
	request, err := parse(t, "--build-arg", "no_proxy=y").Request(project(t, "pyproject.toml"), env)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"filename":             "pyproject.toml",
		"build-arg:HTTP_PROXY": "http://p",
		"build-arg:http_proxy": "http://p",
		"build-arg:no_proxy":   "y",
	}, request.Attrs)
}

func TestFrontendImage(t *testing.T) {
	t.Parallel()
	request, err := parse(t, "--build-arg", "BUILDKIT_SYNTAX=example.com/uvlambda:1 x").Request(project(t, "pyproject.toml"), environment(nil))
	require.NoError(t, err)
	assert.Equal(t, "example.com/uvlambda:1", request.FrontendImage)
	assert.Equal(t, map[string]string{
		"filename":                  "pyproject.toml",
		"build-arg:BUILDKIT_SYNTAX": "example.com/uvlambda:1 x",
		"source":                    "example.com/uvlambda:1",
		"cmdline":                   "example.com/uvlambda:1 x",
	}, request.Attrs)
}

func TestEntitlements(t *testing.T) {
	t.Parallel()
	request, err := parse(t, "--allow", "device", "--network", "host").Request(project(t, "pyproject.toml"), environment(nil))
	require.NoError(t, err)
	assert.Equal(t, []string{"device", "network.host"}, request.Entitlements)
	assert.Equal(t, "host", request.Attrs["force-network-mode"])
}

func TestCaches(t *testing.T) {
	t.Parallel()
	request, err := parse(t,
		"--cache-from", "example.com/a,example.com/b", "--cache-from", "type=local,src=cache",
		"--cache-to", "type=registry,ref=example.com/c,mode=max",
		"--build-arg", "BUILDKIT_INLINE_CACHE=1",
	).Request(project(t, "pyproject.toml"), environment(nil))
	require.NoError(t, err)
	assert.Equal(t, []client.CacheOptionsEntry{
		{Type: "registry", Attrs: map[string]string{"ref": "example.com/a"}},
		{Type: "registry", Attrs: map[string]string{"ref": "example.com/b"}},
		{Type: "local", Attrs: map[string]string{"src": "cache"}},
	}, request.CacheImports)
	assert.Equal(t, []client.CacheOptionsEntry{
		{Type: "registry", Attrs: map[string]string{"ref": "example.com/c", "mode": "max"}},
		{Type: "inline", Attrs: map[string]string{}},
	}, request.CacheExports)
}

func TestSSH(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args    []string
		context string
		want    []sshprovider.AgentConfig
	}{
		"none":           {nil, "https://example.com/a.git", nil},
		"cloned":         {nil, "git@example.com:a/b.git", []sshprovider.AgentConfig{{ID: "default"}}},
		"cloned by URL":  {nil, "ssh://git@example.com/a/b.git", []sshprovider.AgentConfig{{ID: "default"}}},
		"chosen":         {[]string{"--ssh", "x=key1,key2"}, "git@example.com:a/b.git", []sshprovider.AgentConfig{{ID: "x", Paths: []string{"key1", "key2"}}}},
		"default chosen": {[]string{"--ssh", "default"}, "https://example.com/a.git", []sshprovider.AgentConfig{{ID: "default"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := parse(t, test.args...).Request(test.context, environment(nil))
			require.NoError(t, err)
			assert.ElementsMatch(t, test.want, request.SSH)
		})
	}
}

func TestInvalidFlags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want string
	}{
		"build argument":    {[]string{"--build-arg", "=1"}, `invalid --build-arg "=1": the key is empty, write KEY=VALUE`},
		"label":             {[]string{"--label", "="}, `invalid --label "=": the key is empty, write KEY=VALUE`},
		"cache twice":       {[]string{"--no-cache", "--no-cache-filter", "a"}, "--no-cache and --no-cache-filter cannot be used together: leave one out"},
		"network":           {[]string{"--network", "bridge"}, `invalid --network "bridge": BuildKit knows default, host and none`},
		"host":              {[]string{"--add-host", "a"}, `invalid --add-host "a": write HOST:IP`},
		"host address":      {[]string{"--add-host", "a:b"}, `invalid --add-host "a:b": "b" is not an IP address`},
		"shared memory":     {[]string{"--shm-size", "big"}, `invalid --shm-size "big": invalid size: 'big'`},
		"limit":             {[]string{"--ulimit", "x=1"}, `invalid --ulimit "x=1": invalid ulimit type: x`},
		"context":           {[]string{"--build-context", "x"}, `invalid --build-context "x": write NAME=SOURCE`},
		"context source":    {[]string{"--build-context", "x=missing"}, `invalid --build-context "x=missing": there is no folder missing: name one, or a URL, docker-image://REF or oci-layout://PATH`},
		"attestation":       {[]string{"--attest", "mode=max"}, `invalid --attest "mode=max": name the attestation with type=TYPE`},
		"attestation field": {[]string{"--attest", "type=sbom,x"}, `invalid --attest "type=sbom,x": field x is not KEY=VALUE`},
		"attestation off":   {[]string{"--attest", "type=sbom,disabled=no"}, `invalid --attest "type=sbom,disabled=no": disabled must be true or false`},
		"cache":             {[]string{"--cache-to", "dest=x"}, `invalid --cache-to "dest=x": name the cache with type=TYPE`},
		"syntax":            {[]string{"--build-arg", "BUILDKIT_SYNTAX= "}, `invalid --build-arg "BUILDKIT_SYNTAX=": name a frontend image, or leave the argument out`},
		"ssh":               {[]string{"--ssh", "a=raw=maybe"}, `invalid --ssh: invalid value for 'raw': maybe: strconv.ParseBool: parsing "maybe": invalid syntax`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, test.args...).Request(project(t, "pyproject.toml"), environment(nil))
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestInvalidPlatform(t *testing.T) {
	t.Parallel()
	_, err := parse(t, "--platform", "linux/a/b/c").Request(project(t, "pyproject.toml"), environment(nil))
	assert.ErrorContains(t, err, `invalid --platform "linux/a/b/c": `)
}

// TestEmptyValues are ignored where buildx ignores them.
func TestEmptyValues(t *testing.T) {
	t.Parallel()
	folder := project(t, "pyproject.toml")
	empty := []string{""}
	request, err := Flags{Secrets: empty, SSH: empty, Outputs: empty, BuildContexts: empty, Annotations: empty, Allow: empty, CacheFrom: empty, CacheTo: empty}.Request(folder, environment(nil))
	require.NoError(t, err)
	assert.Empty(t, request.SSH)
	assert.Empty(t, request.Entitlements)
	assert.Empty(t, request.CacheImports)
	assert.Empty(t, request.CacheExports)
	assert.Empty(t, request.Secrets)
	assert.Empty(t, request.Outputs)
}
