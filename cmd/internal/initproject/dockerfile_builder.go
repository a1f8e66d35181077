package initproject

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

var (
	// fetchers are packages that a stage needs for what BuildKit and uvlambda do
	// themselves: fetch repositories and archives.
	fetchers = regexp.MustCompile(`^(?:git|git-core|git-lfs|openssh|openssh-clients?|ca-certificates|curl|curl-minimal|wget|tar|gzip|xz|unzip|zip|findutils|which|shadow-utils|python3?-pip)$`)
	// compilers are packages that SAM's build images, and the full images of Python,
	// have too.
	// They find cmake and ninja as packages of Python, where a build needs them.
	compilers = regexp.MustCompile(`^(?:gcc|gcc-c\+\+|g\+\+|clang|make|cmake|ninja-build|binutils|build-essential|build-base|musl-dev|libc6-dev|glibc-devel|pkg-config|pkgconf|pkgconfig|libffi-dev(?:el)?|python3?[0-9.]*-dev(?:el)?)$`)
	// libraries are packages that the full images of Python have besides
	// (https://github.com/docker-library/buildpack-deps).
	libraries = regexp.MustCompile(`^(?:libbz2|libcurl4-openssl|libdb|libevent|libgdbm|libglib2\.0|libgmp|libjpeg|libkrb5|liblzma|libmagickcore|libmagickwand|libmaxminddb|libncurses5|libpng|libpq|libreadline|libsqlite3|libssl|libwebp|libxml2|libxslt|libyaml|zlib1g|default-libmysqlclient)-dev$`)
)

// preparation is a RUN that installs packages of the distribution in a stage before
// the function's packages.
type preparation struct {
	command *instructions.RunCommand
	// names are the packages, less those that only fetch.
	names []string
}

// readPreparation reads which packages of the distribution a stage installs before
// the function's packages: for a compiler there is a builder, and what fetches is
// not needed.
func (r *reader) readPreparation(c *instructions.RunCommand, commands []string) {
	p := preparation{command: c}
	for _, command := range commands {
		for _, name := range systemPackages(commandWords(command)) {
			if !fetchers.MatchString(name) {
				p.names = append(p.names, name)
			}
		}
	}
	r.parts[r.at].preparations = append(r.parts[r.at].preparations, p)
}

// leavePreparations notes the packages of the distribution that no builder has.
func (r *reader) leavePreparations() {
	for i, part := range r.parts {
		r.at = i
		for _, p := range part.preparations {
			missing := slices.DeleteFunc(slices.Clone(p.names), func(name string) bool {
				return r.builtIn != "" && (compilers.MatchString(name) || isPython(r.builtIn) && libraries.MatchString(name))
			})
			if len(missing) > 0 {
				r.leaveCommand(p.command, "packages are built in the base image, or in an image of yours that has "+strings.Join(missing, ", ")+": name that with `builder`")
			}
		}
	}
}

// compiles reports whether a stage that installs packages has a compiler installed.
func (r *reader) compiles() bool {
	return slices.ContainsFunc(r.parts, func(p part) bool {
		return p.used && slices.ContainsFunc(p.preparations, func(p preparation) bool { return slices.ContainsFunc(p.names, compilers.MatchString) })
	})
}

// systemPackages are the packages that a package manager is to install.
func systemPackages(words []string) []string {
	if len(words) == 0 || !isPackageManager(path.Base(words[0])) {
		return nil
	}
	var names []string
	installs := false
	for _, word := range words[1:] {
		word = strings.Trim(word, `'"`)
		switch {
		case strings.HasPrefix(word, "-"):
		case !installs:
			installs = slices.Contains([]string{"install", "add"}, word)
			if !installs {
				return nil
			}
		default:
			names = append(names, word)
		}
	}
	return names
}

// samImage and pythonImage are the images of builders: the base images of Lambda,
// and of Python, with a compiler.
const (
	samImage    = "public.ecr.aws/sam/build-python"
	pythonImage = "python"
)

// builder is the image in which the packages are built, empty for the base: the
// image of the stages that install them, when it has the same kind of Python, or the one that
// has the compiler which such a stage installs.
func (r *reader) builder() string {
	for i, p := range r.parts {
		if !p.installs || p.final || !p.used {
			continue
		}
		first := i
		for base, ok := r.stageNamed(r.stages[first].BaseName, first); ok; base, ok = r.stageNamed(r.stages[first].BaseName, first) {
			first = base
		}
		image, err := r.imageOf(r.stages[first])
		if err != nil || image == r.image || r.isUV(image) || isPython(image) != isPython(r.image) || isLambda(image) {
			continue
		}
		if isPython(image) && strings.Contains(image, "-slim") {
			continue
		}
		r.origin["builder"] = r.stages[first].Location
		return image
	}
	if !r.compiles() {
		return ""
	}
	return r.builderOfBase()
}

// builderOfBase is the image that has a compiler beside the base's Python.
func (r *reader) builderOfBase() string {
	repository, tag := splitImage(r.image)
	match := lambdaTag.FindStringSubmatch(tag)
	switch {
	case isLambda(r.image) && match != nil:
		return samImage + match[1]
	case isPython(r.image) && strings.Contains(tag, "-slim"):
		return repository + ":" + strings.Replace(tag, "-slim", "", 1)
	default:
		return ""
	}
}

// isPython reports whether an image is one of Python's own.
func isPython(image string) bool {
	repository, _ := splitImage(image)
	return repository == pythonImage || strings.HasSuffix(repository, "/library/"+pythonImage)
}
