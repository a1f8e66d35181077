package initproject

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
)

var (
	// lambdaTag is the tag of a Lambda base image: a Python, then perhaps that it is a
	// preview and the day of the release, then perhaps the architecture
	// (https://docs.aws.amazon.com/lambda/latest/dg/python-image.html).
	lambdaTag = regexp.MustCompile(`^([0-9]+\.[0-9]+)((?:-preview)?(?:[.-][0-9][0-9.]*)?)(?:-(x86_64|arm64))?$`)
	uvTag     = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
)

// splitImage splits a reference into repository and tag. The tag is empty when
// there is none, or a digest says more.
func splitImage(image string) (repository, tag string) {
	named, err := reference.Parse(image)
	if err != nil {
		return "", ""
	}
	if repo, ok := named.(reference.Named); ok {
		repository = repo.Name()
	}
	if _, pinned := named.(reference.Digested); pinned {
		return repository, ""
	}
	if tagged, ok := named.(reference.Tagged); ok {
		tag = tagged.Tag()
	}
	return repository, tag
}

// isLambda tells whether an image is one of the Lambda base images, or a copy
// of one in another registry.
func isLambda(image string) bool {
	repository, _ := splitImage(image)
	return strings.HasSuffix(repository, "lambda/python") || strings.HasSuffix(repository, "aws-lambda-python")
}

// isOfficial reports whether an image is one of Docker's library, none of which
// knows Lambda.
func isOfficial(image string) bool {
	named, err := reference.ParseNormalizedNamed(image)
	return err == nil && !strings.Contains(reference.FamiliarName(named), "/")
}

// noteUV takes the version from an image of uv, and tells whether it is one.
func (r *reader) noteUV(image string, at []parser.Range) bool {
	if !r.isUV(image) {
		return false
	}
	repository, tag := splitImage(image)
	r.origin["uv"] = at
	switch {
	case repository != planner.UVRepository:
		r.uv = image
	case uvTag.MatchString(tag):
		r.uv = tag
	case strings.Contains(image, "@"):
		r.uv = image
	}
	return true
}

// isUV reports whether an image is uv's, or a copy in another registry.
func (r *reader) isUV(image string) bool {
	repository, _ := splitImage(image)
	_, name, _ := strings.Cut(planner.UVRepository, "/")
	return repository == planner.UVRepository || strings.HasSuffix(repository, "/"+name)
}

// imageSettings say what the image of the last stage is: Python and
// architecture for one that uvlambda would choose itself, else also the image.
func (r *reader) imageSettings(hasFile bool) []setting {
	var settings []setting
	repository, tag := splitImage(r.image)
	match := lambdaTag.FindStringSubmatch(tag)
	if match == nil {
		match = make([]string, 4)
	}
	python, release, architecture := match[1], match[2], match[3]
	if python != "" && isLambda(r.image) {
		settings = append(settings, setting{"python", quoted(python)})
	}
	switch {
	case architecture != "":
	case strings.HasPrefix(r.platform, "linux/arm64"):
		architecture = "arm64"
	case strings.HasPrefix(r.platform, "linux/amd64"):
		architecture = "x86_64"
	}
	if architecture != "" {
		settings = append(settings, setting{"architecture", quoted(architecture)})
	}
	usual := repository == planner.BaseRepository && (tag == "" && !strings.Contains(r.image, "@") || python != "" && python+release == usualTag(python))
	switch {
	case hasFile:
		settings = append(settings, baseSetting(baseFileName))
	case r.image != "" && !usual:
		settings = append(settings, setting{"base", quoted(r.image)})
	}
	return settings
}

// usualTag is the tag of the image that a build takes for a Python by itself.
func usualTag(python string) string {
	if version, err := project.ParseVersion(python); err == nil {
		if runtime, ok := project.LookupRuntime(version); ok {
			return runtime.Image()
		}
	}
	return python
}

// recipe is what was read, as far as the table can say it.
func (r *reader) recipe() *recipe {
	r.builtIn = r.builder()
	file := r.baseFile()
	settings := r.settings(file != "")
	settings = slices.DeleteFunc(settings, func(s setting) bool {
		err := s.check()
		if err != nil {
			r.leave(r.origin[s.key], s.line(), err.Error())
		}
		return err != nil
	})
	r.leaveLists()
	r.leavePreparations()
	for _, p := range r.parts {
		r.left = append(r.left, p.left...)
	}
	slices.SortStableFunc(r.left, func(a, b Left) int { return a.Location.Line - b.Location.Line })
	flags, remarks := r.clientNeeds()
	return &recipe{
		base: r.image, settings: settings, left: r.left, baseFile: file,
		flags: flags, remarks: remarks, requirements: r.requirements, readsGit: r.readsGit || r.givesVersion,
	}
}

// settings are the lines of the table, unchecked.
func (r *reader) settings(hasFile bool) []setting {
	started := r.startSettings()
	var settings []setting
	add := func(key, value string, present bool) {
		if present {
			settings = append(settings, setting{key, value})
		}
	}
	add("handler", quoted(r.start.handler), r.start.handler != "")
	add("package", quoted(r.pkg), r.pkg != "")
	settings = append(settings, r.imageSettings(hasFile)...)
	settings = append(settings, started...)
	add("builder", quoted(r.builtIn), r.builtIn != "")
	includes := r.includes()
	add("include", array(includes), len(includes) > 0)
	add("groups", array(distinct(r.groups)), len(r.groups) > 0)
	add("extras", array(distinct(r.extras)), len(r.extras) > 0)
	add("env", inlineTable(r.env), len(r.env) > 0)
	add("labels", inlineTable(r.labels), len(r.labels) > 0)
	add("uv", quoted(r.uv), r.uv != "")
	return settings
}

// leaveLists notes the packages that are installed and are not the project's.
func (r *reader) leaveLists() {
	if r.exports {
		return
	}
	for _, list := range r.lists {
		// A list that is not in the context was exported from the project.
		if file := path.Base(list.file); r.kind(file) == files.Regular {
			r.leaveCommand(list.command, "uvlambda installs what uv.lock has: uv add -r "+file+" names in the project what it lists")
		}
	}
	for _, c := range r.installs {
		r.leaveCommand(c, "uvlambda installs what uv.lock has: name these packages in the project, by uv add")
	}
}

// distinct gives sorted TOML strings, each once.
func distinct(texts []string) []string {
	sorted := slices.Sorted(slices.Values(texts))
	return quotedAll(slices.Compact(sorted))
}
