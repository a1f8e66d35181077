package lint

import (
	"fmt"

	"github.com/distribution/reference"

	"github.com/uvlambda/uvlambda/plan"
)

// unpinnedImage finds images that are another one tomorrow.
func unpinnedImage() Rule {
	return Rule{
		Name:        "UnpinnedImage",
		Description: "base, builder, uv and the images of include should name a version of their image",
		Why: "An image without a tag is `latest`, which may be another Python, another distribution or another uv at the next build. Name the tag of a version, or a digest. " +
			"With neither key, a build takes AWS's base image of the Python version, and a uv that is part of this version of uvlambda.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
base = "registry.example.com/lambda/python:latest"
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
base = "registry.example.com/lambda/python:3.13"
`},
		find: findUnpinned,
	}
}

func findUnpinned(in *Input) []finding {
	type keyed struct {
		key  string
		used plan.Image
	}
	images := []keyed{{"base", in.Plan.Base}, {"uv", in.Plan.UV}}
	if in.Plan.Builder != nil {
		images = append(images, keyed{"builder", *in.Plan.Builder})
	}
	for st, files := range plan.Each[plan.Files](in.Plan) {
		if files.Image != "" {
			images = append(images, keyed{"the image of an include", plan.Image{Ref: files.Image, Source: st.Source}})
		}
	}
	var all []finding
	for _, image := range images {
		if image.used.Dockerfile != nil {
			continue
		}
		named, err := reference.ParseNormalizedNamed(image.used.Ref)
		if err != nil {
			continue
		}
		if _, pinned := named.(reference.Digested); pinned {
			continue
		}
		if tagged, ok := named.(reference.Tagged); !ok || tagged.Tag() == "latest" {
			all = append(all, finding{fmt.Sprintf("%s = %q may be another image at the next build: name the tag of a version, or a digest", image.key, image.used.Ref), image.used.Source})
		}
	}
	return all
}
