# Targets are documented by the `##` text after them; `make` lists them.

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## start the bot on this machine with its data in ./data
	go run ./cmd/liaison

.PHONY: test
test: ## every check, as continuous integration runs it
	scripts/test

.PHONY: check
check: ## the checks for while you work: no race detector, benchmarks or image
	scripts/test --fast

.PHONY: fuzz
fuzz: ## try every fuzz target with inputs made up for FUZZ_TIME (20s) each; an input that fails is kept in testdata/fuzz (about half an hour)
	scripts/fuzz

.PHONY: faults
faults: ## break what the bot stands on, again and again, and count what is lost; all conversations with three processes (a quarter of an hour, or more than twice that on an old machine)
	LIAISON_TEST_FAULTS=full scripts/with-services go test ./cmd/liaison -v -timeout 60m -run '^(TestFaults|TestReplicatedConversations)$$'

.PHONY: bench
bench: build ## how much a city takes, on SQLite and on PostgreSQL and Redis, beside a peer; how that and retrieval fare as the library grows (about 10 minutes)
	LIAISON_TEST_BENCH=full LIAISON_TEST_BINARY=$(CURDIR)/bin/liaison scripts/with-services go test ./cmd/liaison -timeout 30m -run '^$$' -bench 'City|Library' -benchtime 1x
	go test ./knowledge -run '^$$' -bench 'Build|Retrieve|Baselines' -benchtime 1x

.PHONY: build
build: ## build the static binary bin/liaison
	scripts/build

.PHONY: fmt
fmt: ## format the Go code
	git ls-files -z --cached --others --exclude-standard -- '*.go' | xargs -0 gofmt -w

.PHONY: image-check
image-check: ## lint the Dockerfile and replay the committed one without Docker
	scripts/image-check
