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
  context   = "."
  platforms = compact(split(",", PLATFORMS))
  # AWS Lambda rejects images with attestations.
  attest = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
}

target "orders" {
  inherits   = ["_common"]
  dockerfile = "pyproject.toml"
  target     = "orders"
  tags       = tags("orders")
}

target "receipts" {
  inherits   = ["_common"]
  dockerfile = "pyproject.toml"
  target     = "receipts"
  tags       = tags("receipts")
}
