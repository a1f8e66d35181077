// Package bake writes the file that docker buildx bake builds many functions
// from.
package bake

import (
	"fmt"
	"strings"
)

// File describes a bake file. All its targets have one context.
type File struct {
	// Context is the build context, as bake takes it.
	Context string
	// Syntax is the frontend image of build files that do not name one
	// themselves; it may be empty, and then has to be given to bake.
	Syntax  string
	Targets []Target
}

// Target is one function.
type Target struct {
	// Name names the target and the image.
	Name string
	// BuildFile is relative to the context.
	BuildFile string
	// Function is the function's name in the build file, empty when it has no
	// other.
	Function string
	// HasSyntax is set when the build file's first line names the frontend.
	HasSyntax bool
}

// The parts that are the same in every file. What is in them is described at
// https://docs.docker.com/build/bake/reference/
const (
	variables = `# Made by uvlambda bake. Build all with: docker buildx bake -f FILE
# Set variables in the environment: TAG=1 docker buildx bake -f FILE --push

variable "REGISTRY" {
  description = "What the images' names begin with, such as registry.example.com/team"
  default     = ""
}

variable "TAG" {
  default = "latest"
}

variable "PLATFORMS" {
  description = "Platforms to build for, such as linux/amd64,linux/arm64; when empty, each function's own"
  default     = ""
}
`
	syntaxVariable = `
variable "BUILDKIT_SYNTAX" {
  description = "The image of the uvlambda frontend"
  default     = %s
  validation {
    condition     = BUILDKIT_SYNTAX != ""
    error_message = "Set BUILDKIT_SYNTAX to the image of the uvlambda frontend, or name it in the build file's first line: # syntax=IMAGE"
  }
}
`
	tagFunction = `
function "tags" {
  params = [name]
  result = [REGISTRY == "" ? "${name}:${TAG}" : "${REGISTRY}/${name}:${TAG}"]
}
`
	// Attestations make an index of an image, which AWS Lambda rejects
	// (docker/buildx#1533).
	commonTarget = `
target "_common" {
  context   = %s
  platforms = compact(split(",", PLATFORMS))
  # AWS Lambda rejects images with attestations.
  attest = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
}
`
)

// HCL is the file's text.
func (f File) HCL() string {
	var b strings.Builder
	b.WriteString(variables)
	if f.needsSyntax() {
		fmt.Fprintf(&b, syntaxVariable, quote(f.Syntax))
	}
	b.WriteString(tagFunction)
	b.WriteString("\ngroup \"default\" {\n  targets = [\n")
	for _, t := range f.Targets {
		fmt.Fprintf(&b, "    %s,\n", quote(t.Name))
	}
	b.WriteString("  ]\n}\n")
	fmt.Fprintf(&b, commonTarget, quote(f.Context))
	for _, t := range f.Targets {
		t.write(&b)
	}
	return b.String()
}

// needsSyntax reports whether any build file has no syntax line.
func (f File) needsSyntax() bool {
	for _, t := range f.Targets {
		if !t.HasSyntax {
			return true
		}
	}
	return false
}

// write adds a target's block.
func (t Target) write(b *strings.Builder) {
	fmt.Fprintf(b, "\ntarget %s {\n  inherits   = [\"_common\"]\n  dockerfile = %s\n", quote(t.Name), quote(t.BuildFile))
	if t.Function != "" {
		fmt.Fprintf(b, "  target     = %s\n", quote(t.Function))
	}
	fmt.Fprintf(b, "  tags       = tags(%s)\n", quote(t.Name))
	if !t.HasSyntax {
		b.WriteString("  args       = { BUILDKIT_SYNTAX = BUILDKIT_SYNTAX }\n")
	}
	b.WriteString("}\n")
}

// quote writes a string of HCL that stands for itself: neither a template nor
// an escape in it is one.
// https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions
func quote(text string) string {
	escaped := strings.NewReplacer(
		`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{",
	).Replace(text)
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range escaped {
		if r < ' ' || r == 0x7f {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}
