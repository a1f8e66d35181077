package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// imageIndex finds what makes the image an index.
func imageIndex() Rule {
	return Rule{
		Name:        "ImageIndex",
		Description: "Lambda takes the image of one platform, without attestations",
		Why: "An image with attestations is an index of manifests in the registry, and so is one for several platforms. Lambda takes a single manifest only, and rejects an index when the function is created or updated. " +
			"buildx asks for a provenance attestation when it is not told otherwise: pass `--provenance=false`, or set `BUILDX_NO_DEFAULT_ATTESTATIONS=1` in the environment. A check does not count that default. " +
			"An image for several platforms can be deployed by the digest of one platform's manifest.",
		Bad: Example{Flags: "--platform linux/amd64,linux/arm64", Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
`},
		Good: Example{Flags: "--platform linux/arm64", Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
`},
		find: findIndex,
	}
}

// instead is the other remedy, for attestations that buildx only asks for by
// default.
func instead(attestations []string) string {
	if slices.Contains(attestations, "provenance") {
		return ", or set BUILDX_NO_DEFAULT_ATTESTATIONS=1 when no flag asks for them"
	}
	return ""
}

func findIndex(in *Input) []finding {
	if in.Output != plan.OutputImage {
		return nil
	}
	var all []finding
	if len(in.Attestations) > 0 {
		var flags []string
		for _, kind := range slices.Sorted(slices.Values(in.Attestations)) {
			flags = append(flags, "--"+kind+"=false")
		}
		all = append(all, finding{
			"the client asks for attestations, which make the image an index that AWS Lambda rejects: build with " + strings.Join(flags, " ") + instead(in.Attestations),
			in.Spec.Locate("handler"),
		})
	}
	if len(in.Platforms) > 1 {
		all = append(all, finding{
			fmt.Sprintf("an image for %s is an index, which AWS Lambda rejects: build for one platform, or deploy the digest of one platform's manifest", strings.Join(in.Platforms, " and ")),
			in.Spec.Locate("architecture"),
		})
	}
	return all
}
