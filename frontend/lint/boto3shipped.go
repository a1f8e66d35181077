package lint

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/spec"
)

// boto3Shipped finds the AWS SDK in a function whose runtime has it already.
func boto3Shipped() Rule {
	return Rule{
		Name:        "Boto3Shipped",
		Description: "boto3 is part of Lambda's runtime too",
		Why: "Lambda's Python runtimes bring boto3 and botocore. A function that installs them ships them twice: some 20 MB of an archive, and of what a cold start reads. " +
			"Which is better is a choice: the runtime's are free, and Lambda updates them under the function; your own stay as they were locked and tested. " +
			"Say which: `boto3 = true` in `[tool.uvlambda.slim]` leaves them out, `boto3 = false` keeps them, and either ends the warning.\n\n" +
			"A function with its own `base` is not looked at: what that brings is not known.",
		Bad:  Example{Files: boto3Example("")},
		Good: Example{Files: boto3Example("\n[tool.uvlambda.slim]\nboto3 = true\n")},
		find: findBoto3,
	}
}

func findBoto3(in *Input) []finding {
	if in.Spec.Base != "" || in.Spec.Says("slim", spec.SlimBoto3) {
		return nil
	}
	var names []string
	var size int64
	for _, name := range []string{"boto3", "botocore", "s3transfer"} {
		if p := in.find(name); p != nil {
			names = append(names, name)
			size += p.DownloadSize(in.Runtime, in.Platform.Architecture)
		}
	}
	if len(names) == 0 {
		return nil
	}
	_, at := in.origin(in.find(names[0]))
	weight := ""
	if size > 0 {
		weight = fmt.Sprintf(" (%d MB to download)", megabytes(size))
	}
	return found(fmt.Sprintf("%s%s would be shipped beside the copies in Lambda's runtime: set boto3 in [tool.uvlambda.slim], to true to leave them out, or to false to keep them",
		strings.Join(names, ", "), weight), at)
}

// boto3Example is a function that depends on boto3.
func boto3Example(table string) string {
	return `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"
dependencies = ["boto3"]

[tool.uvlambda]
handler = "app.handler"
` + table + `-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "boto3"
version = "1.40.0"
source = { registry = "https://packages.example.com/simple" }
dependencies = [{ name = "botocore" }]
wheels = [
    { url = "https://packages.example.com/boto3-1.40.0-py3-none-any.whl", hash = "sha256:00", size = 139000 },
]

[[package]]
name = "botocore"
version = "1.40.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [
    { url = "https://packages.example.com/botocore-1.40.0-py3-none-any.whl", hash = "sha256:00", size = 13900000 },
]

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
dependencies = [{ name = "boto3" }]

[package.metadata]
requires-dist = [{ name = "boto3" }]
`
}
