package planner

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Base is what was found in an image that functions start from and that is not
// AWS's own.
type Base struct {
	// Executable is the path of its Python, and FullVersion the version of that,
	// "3.13.5". The version may be MAJOR.MINOR, or empty, when it is assumed.
	Executable, FullVersion string
	// Glibc is the minor version of its C library, of series 2. Musl is set when
	// that is musl.
	Glibc int
	Musl  bool
	// Client is set when it has awslambdaric, AWS's runtime client.
	Client bool
	// Entrypoint and WorkingDir are of its configuration.
	Entrypoint []string
	WorkingDir string
}

// snapStartLabel tells Lambda that an image which is not made from AWS's supports
// SnapStart: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
const snapStartLabel = "com.amazonaws.lambda.feature.snapstart"

// RuntimeClient is the package that runs a function by its handler, and its module.
const RuntimeClient = "awslambdaric"

// errUnseen is the error of a decision that a base has to be looked at for.
var errUnseen = fmt.Errorf("the base image was not looked at")

// lookAtBase takes what was found in the base that the project names. AWS's own,
// which is the default, is known.
func (p *planning) lookAtBase() error {
	if p.Spec.Base == "" {
		return nil
	}
	img := p.baseImage()
	if known, ok := p.Bases[img.Ref]; ok {
		p.base = known
		return nil
	}
	if !p.AssumePython {
		p.unseen = &img
		return errUnseen
	}
	p.baseAssumed = true
	if p.base = assumedBase(img.Ref); img.Dockerfile != nil {
		p.base = assumedDockerfile(p.baseChain)
	}
	return nil
}

// tagVersion is the Python version that a tag begins with.
var tagVersion = regexp.MustCompile(`^3\.[0-9]+`)

// assumedBase is what an image is taken to have where nobody can look at it, by
// what images of that name have. One of an unknown name is taken to be made from
// AWS's, which has no Executable here: its path holds the version.
func assumedBase(ref string) *Base {
	repository, _, _ := strings.Cut(ref, "@")
	repository, tag := cutTag(repository)
	version := tagVersion.FindString(tag)
	musl := strings.Contains(tag, "alpine")
	made := &Base{Entrypoint: []string{"/lambda-entrypoint.sh"}, WorkingDir: plan.TaskRoot}
	switch {
	case strings.Contains(repository, "lambda/python"):
		made.FullVersion = version
	case strings.HasSuffix(repository, "chainguard/python"):
		return &Base{Executable: "/usr/bin/python", FullVersion: version, Glibc: newestGlibc, Entrypoint: []string{"/usr/bin/python"}}
	case strings.Contains(repository, "distroless/python3"):
		return &Base{Executable: "/usr/bin/python3", FullVersion: version, Glibc: bookwormGlibc, Entrypoint: []string{"/usr/bin/python3"}}
	case repository == "python" || strings.HasSuffix(repository, "/library/python"):
		return &Base{Executable: "/usr/local/bin/python3", FullVersion: version, Glibc: bookwormGlibc, Musl: musl}
	}
	return made
}

// Versions of glibc that images are taken to have where nobody can look: Debian
// 12's, and a newer one.
const (
	bookwormGlibc = 36
	newestGlibc   = 40
)

// cutTag cuts the tag off a reference: a colon before the last slash is a port's.
func cutTag(ref string) (repository, tag string) {
	registry, name := path.Split(ref)
	name, tag, _ = strings.Cut(name, ":")
	return registry + name, tag
}

// basePython is the Python of the base, when that is known.
func (p *planning) basePython() (v project.Version, known bool) {
	if p.base == nil || p.base.FullVersion == "" {
		return v, false
	}
	parts := strings.SplitN(p.base.FullVersion, ".", 3)
	if len(parts) < 2 {
		return v, false
	}
	v, err := project.ParseVersion(parts[0] + "." + parts[1])
	return v, err == nil
}

// choiceOfBase is the Python of the base, which leaves no choice.
func (p *planning) choiceOfBase(v project.Version) ([]pythonChoice, error) {
	ref := p.Spec.Base
	if p.Spec.Python != "" && p.Spec.Python != v.String() {
		return nil, source.ErrorAt([]plan.Location{p.Spec.Locate("base"), p.Spec.Locate("python")},
			"the base %s has Python %s, and python = %q: name a `base` that has Python %s, or remove `python`", ref, p.base.FullVersion, p.Spec.Python, p.Spec.Python)
	}
	if oldest := (project.Version{Major: 3, Minor: 9}); v.Compare(oldest) < 0 {
		return nil, source.Errorf(p.Spec.Locate("base"), "the base %s has Python %s, and the steps of a build take %s or newer: name a `base` with a newer Python", ref, p.base.FullVersion, oldest)
	}
	if p.Spec.Python != "" {
		return []pythonChoice{{v, "python in " + p.Spec.Doc.Name}}, nil
	}
	if p.baseAssumed {
		return []pythonChoice{{v, "the Python of " + ref + ", by its name"}}, nil
	}
	return []pythonChoice{{v, "the Python of " + ref}}, nil
}

// runtimeOf is the runtime of a Python. What runs on the base has what the base
// has; an archive runs on Lambda's own.
func (p *planning) runtimeOf(v project.Version) (project.Runtime, bool) {
	if p.base == nil || p.base.Executable == "" || p.Output.IsArchive() || p.Output == plan.OutputTest && p.TestFor.IsArchive() {
		return project.LookupRuntime(v)
	}
	return project.BaseRuntime(v, p.base.Glibc, p.base.Musl), true
}

// executable is the path of the Python in the base.
func (p *planning) executable(v project.Version) string {
	if p.base != nil && p.base.Executable != "" {
		return p.base.Executable
	}
	return "/var/lang/bin/python" + v.String()
}

// planStart completes what starts the function: the entrypoint, the folder it
// starts in, and the user.
func (p *planning) planStart() error {
	c := p.plan.Config
	c.User = p.Spec.User
	c.Entrypoint = p.Spec.Entrypoint
	if p.base != nil && path.Clean(p.base.WorkingDir) != plan.TaskRoot {
		c.WorkingDir = plan.TaskRoot
	}
	if c.Command {
		c.Path = []string{path.Join(plan.TaskRoot, "bin")}
		// Scripts of packages have no other way to find the modules.
		c.Env = map[string]string{"PYTHONPATH": plan.TaskRoot}
		maps.Copy(c.Env, p.Spec.Env)
		return nil
	}
	if p.base == nil || len(c.Entrypoint) > 0 || startsFunctions(p.base.Entrypoint) {
		return nil
	}
	if !p.base.Client && !p.hasPackage(RuntimeClient) {
		return source.Errorf(p.Spec.Locate("base"), "the base %s has no entrypoint that starts Lambda functions, and %s, which is one, is not among the packages of the function: add it with `uv add %s`, or set `entrypoint`",
			p.Spec.Base, RuntimeClient, RuntimeClient)
	}
	c.Entrypoint = []string{p.plan.Python.Executable, "-m", RuntimeClient}
	if _, set := c.Labels[snapStartLabel]; !set {
		c.Labels[snapStartLabel] = "Allow"
	}
	return nil
}

// hasPackage tells whether a package is installed.
func (p *planning) hasPackage(name string) bool {
	return slices.ContainsFunc(slices.Concat(p.closure.Packages, p.closure.Members), func(pkg *project.Package) bool {
		return project.NormalizeName(pkg.Name) == name
	})
}

// general is the name of a program that starts no functions by itself: an
// interpreter or an init.
var general = regexp.MustCompile(`^(?:python[0-9.]*|sh|bash|ash|dash|busybox|env|tini|dumb-init|docker-entrypoint\.sh)$`)

// startsFunctions tells whether an entrypoint may start functions. What nobody
// knows is taken to be made for that.
func startsFunctions(entrypoint []string) bool {
	if len(entrypoint) == 0 {
		return false
	}
	if slices.ContainsFunc(entrypoint, func(word string) bool { return strings.Contains(word, "lambda") }) {
		return true
	}
	return !general.MatchString(path.Base(entrypoint[0]))
}
