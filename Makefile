# Every target with a ## comment is listed by `make help`.

GO      ?= go
TOOL     = $(GO) tool -modfile=tools/lint/go.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS  = -s -w -X main.buildVersion=$(VERSION)
prefix  ?= /usr/local
FUZZTIME ?= 10s

.DEFAULT_GOAL := build

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/wxdev
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/wxdev ./cmd/wxdev

.PHONY: demo
demo: ## run the main job on servers of its own
	@echo 'building wxdev; the first time takes a minute or two' >&2
	@$(MAKE) --no-print-directory build
	@bin/wxdev demo

.PHONY: deps
deps: ## install what the tests need, or say what is missing
	sh testdata/servers/setup.sh

.PHONY: quick
quick: ## run the tests that need only Go and do not wait
	$(GO) test -short ./...

# The timeout is for a busy machine. CI=true makes what is missing a failure.
.PHONY: test
test: deps ## run all tests
	CI=true $(GO) test -timeout 30m ./...
	cd tools/dist && $(GO) test ./...
	$(GO) run ./tools/bench -once

.PHONY: race
race: deps ## run all tests with the race detector
	CI=true $(GO) test -race -timeout 60m ./...

.PHONY: cover
cover: ## show how much of each package the tests run
	$(GO) test -timeout 30m -cover ./...

.PHONY: bench
bench: ## print how many times as long as its bare primitive each hot path takes
	$(GO) run ./tools/bench

.PHONY: bench-start
bench-start: ## measure how long commands take to start, beside a bare program
	@$(GO) run ./tools/benchstart

.PHONY: bench-peers
bench-peers: ## measure wxdev bench beside hey, ab, wrk and vegeta, on a quiet machine; writes docs/performance.md
	$(GO) run ./tools/benchpeers -write

.PHONY: fuzz
fuzz: ## run each fuzz test for FUZZTIME
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s $$pkg || exit 1; \
	  done; \
	done

.PHONY: lint
lint: ## check format, vet, staticcheck and workflows
	@out=$$($(TOOL) gofumpt -l cmd internal packaging pkg tools testdata examples); if [ -n "$$out" ]; then echo "gofumpt would change:"; echo "$$out"; exit 1; fi
	$(GO) mod tidy -diff
	$(GO) vet ./...
	for os in windows darwin; do GOOS=$$os $(GO) vet ./... || exit 1; done
	cd testdata/silenceper && $(GO) mod tidy -diff && $(GO) vet ./...
	cd testdata/loadtools && $(GO) mod tidy -diff
	cd examples/vegeta && $(GO) mod tidy -diff && $(GO) vet ./...
	cd tools/dist && $(GO) mod tidy -diff && $(GO) vet ./...
	$(TOOL) staticcheck ./...
	$(TOOL) actionlint -shellcheck= -pyflakes= .github/workflows/*.yml

.PHONY: fmt
fmt: ## format the Go files
	$(TOOL) gofumpt -w cmd internal packaging pkg tools testdata examples

.PHONY: update
update: ## rewrite the expected output of scripts and goldens
	$(GO) test ./cmd/wxdev -update

.PHONY: generate
generate: ## rewrite the tables that are made from data files
	$(GO) run ./tools/gen reasons types words packs

.PHONY: pictures
pictures: ## make the pictures of the READMEs; needs Chromium and fonts-noto-cjk
	CI=true $(GO) test -count=1 -run '^TestPictures$$' ./pkg/emulator/phone/phonetest -update

.PHONY: phone-figures
phone-figures: ## measure how fast the page of the emulator is, on a quiet machine
	CI=true $(GO) test -count=1 -v -run '^TestFigures$$' ./pkg/emulator/phone/phonetest -figures

.PHONY: facts
facts: ## count the facts about WeChat whose source is recorded, and the others
	@$(GO) run ./tools/facts

.PHONY: docs
docs: ## rewrite the pages of docs/ that are made from the catalogue, and the schemas
	$(GO) run ./tools/docs pages

.PHONY: guides
guides: ## rewrite what the commands of docs/guides print
	$(GO) test ./cmd/wxdev -run TestGuides -update

.PHONY: man
man: ## rewrite the manual pages of docs/man
	$(GO) test ./cmd/wxdev -run TestManPages -update

.PHONY: site
site: ## make the static site below dist/site
	rm -rf dist/site
	$(GO) run ./tools/docs site dist/site

.PHONY: completions
completions: ## rewrite completions/
	$(GO) run ./cmd/wxdev completion bash > completions/wxdev.bash
	$(GO) run ./cmd/wxdev completion zsh > completions/_wxdev
	$(GO) run ./cmd/wxdev completion fish > completions/wxdev.fish
	$(GO) run ./cmd/wxdev completion powershell > completions/wxdev.ps1

.PHONY: install
install: build ## install the binary, manual pages and completions below prefix
	install -D -m 755 bin/wxdev $(DESTDIR)$(prefix)/bin/wxdev
	for page in docs/man/man1/*; do install -D -m 644 $$page $(DESTDIR)$(prefix)/share/man/man1/$${page##*/} || exit 1; done
	for page in docs/man/zh_CN/man1/*; do install -D -m 644 $$page $(DESTDIR)$(prefix)/share/man/zh_CN/man1/$${page##*/} || exit 1; done
	install -D -m 644 completions/wxdev.bash $(DESTDIR)$(prefix)/share/bash-completion/completions/wxdev
	install -D -m 644 completions/_wxdev $(DESTDIR)$(prefix)/share/zsh/site-functions/_wxdev
	install -D -m 644 completions/wxdev.fish $(DESTDIR)$(prefix)/share/fish/vendor_completions.d/wxdev.fish

.PHONY: dist
dist: ## build archives and packages into dist/, for all systems or TARGETS=linux/amd64,darwin/arm64
	@rm -rf dist/wxdev* dist/checksums.txt
	@cd tools/dist && $(GO) run . -version '$(VERSION)' -targets '$(TARGETS)'

# goreleaser is two gigabytes of modules, and takes two cores ten minutes the
# first time, so CI only reads its configuration, with tools/dist.
.PHONY: release-check
release-check: ## have goreleaser check its configuration and make one target, and compare that with make dist
	CI=true $(GO) test -count=1 -timeout 60m -v -run '^TestGoreleaser$$' ./packaging -goreleaser

.PHONY: ci
ci: lint test ## what CI runs

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist
