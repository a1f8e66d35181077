# `make help` lists the targets. What is expensive to make is kept in a cache
# folder of the person's, by version, and made once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/uvlambda
PLATFORMS ?= linux/amd64,linux/arm64
PACKAGES ?= frontend/archive frontend/spec frontend/project frontend/planner llb

# The version that tools/FOLDER/go.mod pins a module at: $(call pinned,FOLDER,MODULE)
pinned = $(1)-$(shell awk '$$1 == "$(2)" { print $$2 }' tools/$(1)/go.mod)
BUILDKIT := $(CACHE)/tools/$(call pinned,buildkit,github.com/moby/buildkit)
BUILDX := $(CACHE)/tools/$(call pinned,buildx,github.com/docker/buildx)
LINT := $(CACHE)/tools/$(call pinned,lint,github.com/golangci/golangci-lint/v2)
MUTATE := $(CACHE)/tools/$(call pinned,mutate,github.com/go-gremlins/gremlins)

UNIT_PACKAGES = $(shell go list ./... | grep -v /integration)

.PHONY: help build demo test cross unit race differential integration bench bench-quick tools image lint mutate clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Compile the programs into bin/
	CGO_ENABLED=0 go build -trimpath -buildvcs=auto -o bin/ ./cmd/uvlambda ./cmd/uvlambda-frontend

demo: build tools ## Build examples/fastapi, start it and send it an event
	go run ./integration/demo

cross: ## Compile the command and its tests for the systems that they do not run on
	for os in windows darwin; do \
		for arch in amd64 arm64; do CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build ./cmd/...; done; \
		CGO_ENABLED=0 GOOS=$$os go vet ./cmd/...; done

test: unit integration ## Run all tests

unit: ## Run the tests that need nothing but Go
	go test $(UNIT_PACKAGES)

race: ## Run the unit tests under the race detector, which needs a C compiler
	CGO_ENABLED=1 go test -race $(UNIT_PACKAGES)

differential: ## Compare decisions with those of uv and of other programs
	go test ./integration/differential -count=1

integration: build tools ## Run the tests that build on a real buildkitd, and those above
	go test ./integration/... -count=1 -timeout 75m -parallel 6

bench: ## Measure builds beside the guide's: make bench [BENCH="-rows zip -runs 9 -docs docs"]
	go run ./integration/bench $(BENCH)

bench-quick: ## Measure what developers feel daily, in less than 3 minutes
	go run ./integration/bench -quick $(BENCH)

tools: $(BUILDKIT)/.built $(BUILDX)/.built ## Build the pinned BuildKit and buildx, and link them into bin/tools
	@mkdir -p bin/tools
	@ln -sf $(BUILDKIT)/* $(BUILDX)/* bin/tools/

image: build tools ## Build the frontend image and push it: make image IMAGE=REF [PLATFORMS=...]
	@test -n "$(IMAGE)" || { echo "name the image: make image IMAGE=registry.example.com/uvlambda:1" >&2; exit 2; }
	go run ./integration/publish -platforms "$(PLATFORMS)" "$(IMAGE)"

lint: $(LINT)/.built ## Check formatting and run the linters
	$(LINT)/golangci-lint run --allow-parallel-runners ./...

mutate: $(MUTATE)/.built ## Change operators, and see whether tests notice: make mutate [PACKAGES=frontend/spec]
	nice go run ./integration/mutate -gremlins $(MUTATE)/gremlins $(MUTATE_FLAGS) $(PACKAGES)

clean: ## Remove bin/ and stop the default private builder
	if [ -x bin/uvlambda ]; then bin/uvlambda builder stop; fi
	rm -rf bin

# One folder per tools/FOLDER/go.mod and version: .../tools/FOLDER-vVERSION
$(CACHE)/tools/%/.built:
	@echo "tools: building $* (once)"
	cd tools/$(firstword $(subst -v, ,$*)) && CGO_ENABLED=0 go build -o $(@D)/ tool
	@touch $@
