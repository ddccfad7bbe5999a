# One command a task. Each installs what it lacks (scripts/install-packages) and builds only what changed.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run build test lint render fuzz mutate bench clean
.DELETE_ON_ERROR:

# Handed on to what the target starts: make run ARGS="--shards 2", make test ARGS="--filter ChatTests",
# make mutate ARGS="--module Chat --sample 40".
ARGS ?=
# Tenants, plans and secrets that `make run` serves.
TENANTS ?= k8s/examples
# How long `make fuzz` looks for crashes.
FUZZ_SECONDS ?= 60

# SwiftPM takes seconds to find out that nothing changed, make milliseconds. Folders are listed too: a deleted file
# changes its folder.
release := .build/release/roost
stamp := .build/roost-release.stamp
sources := $(shell find Sources Package.swift $(wildcard Package.resolved))

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: $(stamp) ## Build the release and start a server here, with the tenants of k8s/examples
	@exec $(release) dev --tenants $(TENANTS) $(ARGS)

build: $(stamp) ## Build the release: .build/release/roost

$(stamp): $(sources)
	@scripts/install-packages build
	scripts/build-release
	@touch $@

$(release): $(stamp)

test: ## Run all tests against servers of their own
	@scripts/install-packages test
	@scripts/install-python
	@scripts/install-python .venv-objects Tests/Support/Objects/servers/requirements.txt
	@scripts/test $(ARGS)

lint: ## Check format, scripts, YAML and links without building
	@scripts/install-packages lint
	@scripts/lint

render: ## Render chart and overlays, check them and the other packaging
	@scripts/install-packages packaging
	@scripts/install-packaging
	@scripts/render $(ARGS)

fuzz: ## Feed the parsers seeded garbage for FUZZ_SECONDS
	@scripts/install-packages build
	@scripts/fuzz $(FUZZ_SECONDS)

mutate: ## Break the rules on purpose and see that the tests notice
	@scripts/install-packages test
	@scripts/mutate $(ARGS)

bench: $(stamp) ## Measure against InspIRCd and ngIRCd, side by side
	@scripts/install-packages bench
	@Benchmarks/run $(ARGS)

clean: ## Delete everything that was built
	rm -rf .build .build-fuzz Benchmarks/.build .venv .venv-objects .venv-packaging
