# Made by uvlambda bake. Build all with: docker buildx bake -f FILE
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

variable "BUILDKIT_SYNTAX" {
  description = "The image of the uvlambda frontend"
  default     = "registry.example.com/uvlambda:1"
  validation {
    condition     = BUILDKIT_SYNTAX != ""
    error_message = "Set BUILDKIT_SYNTAX to the image of the uvlambda frontend, or name it in the build file's first line: # syntax=IMAGE"
  }
}

function "tags" {
  params = [name]
  result = [REGISTRY == "" ? "${name}:${TAG}" : "${REGISTRY}/${name}:${TAG}"]
}

group "default" {
  targets = [
    "orders",
    "receipts",
  ]
}

target "_common" {
  context   = "shop/$${x}"
  platforms = compact(split(",", PLATFORMS))
  # AWS Lambda rejects images with attestations.
  attest = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
}

target "orders" {
  inherits   = ["_common"]
  dockerfile = "services/orders/pyproject.toml"
  tags       = tags("orders")
}

target "receipts" {
  inherits   = ["_common"]
  dockerfile = "services/receipts/uvlambda.toml"
  target     = "receipts"
  tags       = tags("receipts")
  args       = { BUILDKIT_SYNTAX = BUILDKIT_SYNTAX }
}
