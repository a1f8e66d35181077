// Package buildflags turns the command line of a build into a request to
// BuildKit. The flags have the names and the meaning that they have in
// `docker buildx build`: the request carries the frontend attributes, the mounts
// and the exports that buildx would send, so that a frontend cannot tell the two
// clients apart. There is one deliberate difference: only a flag asks for an
// attestation.
package buildflags

import "github.com/spf13/pflag"

// Flags are the flags of a build as they were typed, not yet understood.
type Flags struct {
	// Command is the command that has the flags, "uvlambda build" when empty.
	Command string

	AddHosts      []string
	Allow         []string
	Annotations   []string
	Attests       []string
	BuildArgs     []string
	BuildContexts []string
	CacheFrom     []string
	CacheTo       []string
	CgroupParent  string
	File          string
	IIDFile       string
	Labels        []string
	Load          bool
	Network       string
	NoCache       bool
	NoCacheFilter []string
	Outputs       []string
	Platforms     []string
	Provenance    string
	Pull          bool
	Push          bool
	SBOM          string
	Secrets       []string
	ShmSize       string
	SSH           []string
	Tags          []string
	Target        string
	Ulimits       []string
}

// Register adds the flags to a command's set.
func (f *Flags) Register(set *pflag.FlagSet) {
	f.RegisterInputs(set)
	f.registerResults(set)
}

// RegisterPlan adds the flags that a plan depends on.
func (f *Flags) RegisterPlan(set *pflag.FlagSet) {
	set.StringVarP(&f.File, "file", "f", "", "`path` of the build file (default CONTEXT/uvlambda.toml if it is there, else CONTEXT/pyproject.toml)")
	set.StringVar(&f.Target, "target", "", "`target` to build, [FUNCTION/]OUTPUT (default image)")
	set.StringArrayVar(&f.Platforms, "platform", nil, "`platform` to build for, such as linux/arm64; several give an image index")
	set.StringArrayVar(&f.Labels, "label", nil, "label of the image, `KEY=VALUE`")
}

// RegisterInputs adds the flags that choose the target and the contexts, and the
// flags of the build's containers.
func (f *Flags) RegisterInputs(set *pflag.FlagSet) {
	f.RegisterPlan(set)
	f.registerSandbox(set)
	set.StringArrayVar(&f.BuildArgs, "build-arg", nil, "build argument, `KEY[=VALUE]`; without a value, the value of the environment")
	set.StringArrayVar(&f.BuildContexts, "build-context", nil, "named context, `NAME=SOURCE`: a folder, a URL, docker-image://REF or oci-layout://PATH[:TAG][@DIGEST]")
	set.StringArrayVar(&f.Secrets, "secret", nil, "`secret` for the build, id=ID[,src=PATH|,env=NAME]")
	set.StringArrayVar(&f.SSH, "ssh", nil, "SSH `agent` or keys for the build, default|ID[=SOCKET|KEY[,KEY]]")
	set.StringArrayVar(&f.CacheFrom, "cache-from", nil, "`cache` to read, an image reference or type=TYPE[,KEY=VALUE]")
	set.StringArrayVar(&f.CacheTo, "cache-to", nil, "`cache` to write, an image reference or type=TYPE[,KEY=VALUE]")
	set.BoolVar(&f.NoCache, "no-cache", false, "run every step again")
	set.StringArrayVar(&f.NoCacheFilter, "no-cache-filter", nil, "`stage` to run again")
	set.BoolVar(&f.Pull, "pull", false, "look for newer images in the registry, also when a local one exists")
}

// registerResults adds the flags that say where the result goes.
func (f *Flags) registerResults(set *pflag.FlagSet) {
	set.StringArrayVarP(&f.Tags, "tag", "t", nil, "`name` of the image, [REGISTRY/]REPOSITORY[:TAG]")
	set.StringArrayVarP(&f.Outputs, "output", "o", nil, "`destination` of the result: a folder, - for a tar stream, or type=TYPE[,KEY=VALUE]")
	set.BoolVar(&f.Push, "push", false, "push the image to its registry; short for --output=type=registry,unpack=false")
	set.BoolVar(&f.Load, "load", false, "load the image into docker; short for --output=type=docker")
	set.StringArrayVar(&f.Annotations, "annotation", nil, "OCI annotation of the image, `[TYPE:]KEY=VALUE`")
	set.StringArrayVar(&f.Attests, "attest", nil, "`attestation` to add, type=TYPE[,KEY=VALUE]")
	set.StringVar(&f.Provenance, "provenance", "", "add a provenance attestation: true, or its `parameters`, such as mode=max")
	set.StringVar(&f.SBOM, "sbom", "", "add a bill of materials: true, or its `parameters`, such as generator=IMAGE")
	set.StringVar(&f.IIDFile, "iidfile", "", "write the image ID to this `file`")
}

// registerSandbox adds what the containers of the build get.
func (f *Flags) registerSandbox(set *pflag.FlagSet) {
	set.StringSliceVar(&f.AddHosts, "add-host", nil, "entry of the build containers' hosts file, `HOST:IP`")
	set.StringArrayVar(&f.Allow, "allow", nil, "`entitlement` to grant, such as network.host")
	set.StringVar(&f.CgroupParent, "cgroup-parent", "", "parent `cgroup` of the build containers")
	set.StringVar(&f.Network, "network", "default", "network `mode` of the build containers: default, host, none")
	set.StringVar(&f.ShmSize, "shm-size", "", "`size` of /dev/shm in the build containers, such as 64m")
	set.StringArrayVar(&f.Ulimits, "ulimit", nil, "`limit` of the build containers, NAME=SOFT[:HARD]")
}
