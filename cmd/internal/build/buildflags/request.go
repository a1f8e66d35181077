package buildflags

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session/sshforward/sshprovider"

	"github.com/uvlambda/uvlambda/frontend"
)

// Environment is what a build takes from the process that runs it.
type Environment struct {
	// LookupEnv reads an environment variable.
	LookupEnv func(name string) (string, bool)
	// Proxies are the proxy build arguments of the docker configuration.
	Proxies map[string]string
}

// Request is what BuildKit is asked for.
type Request struct {
	// Local says how a person calls a build like this one; see Frontend.
	Local frontend.Options
	// place is where a local context has its project, and folder what was given.
	project Project
	folder  string

	// Attrs are the frontend's attributes.
	Attrs map[string]string
	// Folders are the local folders sent to the build, by mount name.
	Folders map[string]string
	// Layouts are OCI layout folders offered to the build, by store name.
	Layouts map[string]string
	// Stdin says what standard input is read for.
	Stdin Stdin
	// SharedKey names the context's folder, so that BuildKit sends only what
	// changed since the last build of the same folder.
	SharedKey string

	Outputs []Output
	// Names are the image's, comma-separated, empty when it has none. Outputs
	// that are images have them already.
	Names        string
	CacheExports []client.CacheOptionsEntry
	CacheImports []client.CacheOptionsEntry
	// Entitlements are what the build is allowed beyond the default.
	Entitlements []string
	// Secrets are --secret values. They are read when the build runs.
	Secrets []string
	SSH     []sshprovider.AgentConfig
	// FrontendImage is the image that builds instead of the built-in frontend,
	// from the build argument BUILDKIT_SYNTAX.
	FrontendImage string
}

// Frontend is what a frontend in this process has at hand.
func (r *Request) Frontend() frontend.Options {
	opts := r.Local
	opts.Folders = r.Folders
	return opts
}

// Stdin is a use of standard input.
type Stdin int

const (
	// StdinUnused leaves standard input alone.
	StdinUnused Stdin = iota
	// StdinContext reads the build context, a tar archive.
	StdinContext
	// StdinFile reads the build file.
	StdinFile
)

// Request works out what to ask BuildKit for. Context is the command's
// argument: a folder, a git or HTTP URL, or - for a tar archive on standard
// input. Errors name the flag to change.
func (f Flags) Request(context string, env Environment) (*Request, error) {
	f = f.withoutEmpty()
	r := &Request{
		Local:   frontend.Options{Command: f.Typed(context), Secrets: f.secrets(env)},
		Attrs:   map[string]string{},
		Folders: map[string]string{},
		Layouts: map[string]string{},
		Secrets: f.Secrets,
	}
	args, err := f.arguments(env)
	if err != nil {
		return nil, err
	}
	setArgs(r, args)
	if err := errors.Join(
		f.setFrontend(r, args),
		f.setAllowed(r),
		f.setSandbox(r),
		f.setPlatforms(r, env),
		f.setLabels(r),
		f.setAttestations(r),
		f.setContext(r, context),
		f.setNamedContexts(r),
		f.setSSH(r, context),
		f.setCaches(r, args, env),
		f.setOutputs(r),
	); err != nil {
		return nil, err
	}
	f.lockAtRoot(r)
	return r, nil
}

// withoutEmpty leaves out the empty values that buildx ignores.
func (f Flags) withoutEmpty() Flags {
	isEmpty := func(value string) bool { return value == "" }
	for _, values := range []*[]string{&f.Allow, &f.Annotations, &f.BuildContexts, &f.CacheFrom, &f.CacheTo, &f.Outputs, &f.Secrets, &f.SSH} {
		*values = slices.DeleteFunc(slices.Clone(*values), isEmpty)
	}
	return f
}

// setArgs passes the build arguments on.
func setArgs(r *Request, args map[string]string) {
	for key, value := range args {
		r.Attrs["build-arg:"+key] = value
	}
}

// setLabels passes the image labels on.
func (f Flags) setLabels(r *Request) error {
	labels, err := f.LabelValues()
	for key, value := range labels {
		r.Attrs["label:"+key] = value
	}
	return err
}

// LabelValues are the image labels of the command line.
func (f Flags) LabelValues() (map[string]string, error) {
	return keyValues("label", f.Labels, nil)
}

// arguments are the build arguments, with those that the environment adds.
func (f Flags) arguments(env Environment) (map[string]string, error) {
	args, err := keyValues("build-arg", f.BuildArgs, env.LookupEnv)
	if err != nil {
		return nil, err
	}
	// The reproducible-builds variable is handed on without being asked for.
	const epoch = "SOURCE_DATE_EPOCH"
	if _, set := args[epoch]; !set {
		if value, ok := env.LookupEnv(epoch); ok && value != "" {
			args[epoch] = value
		}
	}
	all := maps.Clone(args)
	for key, value := range env.Proxies {
		if !hasFold(args, key) {
			all[key] = value
		}
	}
	return all, nil
}

// hasFold reports whether a key is set in any case: proxy variables are known
// in capitals and in small letters.
func hasFold(args map[string]string, name string) bool {
	for key := range args {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// fail makes an error that starts with the flag it is about.
func fail(flag, value string, err error) error {
	return fmt.Errorf("invalid --%s %q: %w", flag, value, err)
}
