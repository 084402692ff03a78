# byway: `make help` lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
DESTDIR ?=
# The date of what is built: that of the last commit, so that whoever builds it gets the same bytes.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
# `make test T=core/race` runs the test files that match.
T ?=
# `make bench B='start login'` runs these rows.
B ?=
# CI's computer has other work: there a file that fails runs once more, alone.
again := $(if $(CI),--again)
# `make fuzz FUZZ_SECONDS=36000` goes on for so long, all targets together.
FUZZ_SECONDS ?= 300
# `make test-faults MINUTES=120` goes on for about as long.
MINUTES ?= 5
# How many sessions `make test-load` holds open at once, and how many it has one after another.
SESSIONS ?= 60
LOGINS ?= 200

modules := node_modules/.byway-lock.json
# Folders as well: they change when a file in them goes.
sources := $(shell find src)
version := $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)
debs := $(foreach architecture,amd64 arm64,dist/byway_$(version)_$(architecture).deb)
packing := $(addprefix scripts/,executable.mjs executable-main.cjs code-cache.mjs runtime.mjs runtimes.json)

.PHONY: build demo test test-overlays test-faults test-load test-packages soak fuzz reliability check types lint format fmt bench bench-small setup-bench dist-all deb release install uninstall clean help setup setup-demo setup-packages tools overlay-tools

build: dist/byway.js dist/byway dist/byway.1 dist/completions ## dist/byway.js (any Node >= 20.12), dist/byway (no Node needed), manual page, completions

demo: setup-demo build ## real ssh, scp and rsync through byway, on a throwaway sshd
	@scripts/demo.sh

test: setup build tools ## all tests, installing first what they need; T=<pattern> picks files
	@node scripts/test.mjs $(again) $(T)

test-overlays: setup build overlay-tools ## the tests that need tailscale and dumbpipe, which it builds
	@node scripts/test.mjs --kind overlays --timeout 900 $(again) $(T)

test-faults: setup build tools ## faults on the wire and in the computer, for about MINUTES (5); T=<pattern> picks files
	@BYWAY_TEST_MINUTES=$(MINUTES) node scripts/test.mjs --kind faults --timeout $$(( 120 + 60 * $(MINUTES) )) $(again) $(T)

fuzz: $(modules) ## fuzzes what byway reads of others for FUZZ_SECONDS (300); T=<targets> picks, SEED=<n> repeats
	@FUZZ_SECONDS=$(FUZZ_SECONDS) node --import tsx fuzz/main.ts $(T)

reliability: build ## runs SUITES (all that throw things at it; BYWAY_TEST_REPORT adds to earlier ones), and writes docs/reliability.md of what they note
	@node scripts/reliability.mjs

test-load: setup build ## SESSIONS (60) at once, LOGINS (200) one after another: relayed and fd-passed
	@BYWAY_TEST_SESSIONS=$(SESSIONS) BYWAY_TEST_LOGINS=$(LOGINS) node scripts/test.mjs --kind load --timeout $$(( 600 + 2 * $(SESSIONS) + 2 * $(LOGINS) )) $(again) $(T)

soak: setup build ## sessions that stay open beside others that come and go, for MINUTES (5)
	@BYWAY_TEST_MINUTES=$(MINUTES) node scripts/test.mjs --kind soak --timeout $$(( 300 + 60 * $(MINUTES) )) $(T)

check: types lint format test ## types, lint, format and test: what CI runs

types: $(modules) ## check the types
	@node_modules/.bin/tsc

lint: $(modules) ## run the linter
	@node_modules/.bin/biome lint --error-on-warnings

format: $(modules) ## is everything formatted, are the imports in order?
	@node_modules/.bin/biome check --linter-enabled=false

fmt: $(modules) ## format, sort imports, and mend what the linter can
	@node_modules/.bin/biome check --write

bench: setup-bench build ## measure byway beside its peers; writes bench/results.md; B=<rows> picks some
	@node --import tsx bench/main.ts $(B)

bench-small: setup-bench build ## the bench, only to see that it works
	@node --import tsx bench/main.ts --small $(B)

dist-all: $(addprefix dist/byway-,linux-x64 linux-arm64 macos-arm64) ## the executables of every platform

install: dist/byway dist/byway.1 dist/completions ## executable, manual page, completions and examples below PREFIX (/usr/local)
	@scripts/install.sh install dist/byway "$(DESTDIR)$(PREFIX)"

uninstall: ## take away what install put there
	@scripts/install.sh uninstall dist/byway "$(DESTDIR)$(PREFIX)"

deb: $(debs) ## the Debian packages

release: dist-all dist/byway.1 dist/completions $(debs) ## all that is published, with checksums and an SBOM, in dist/release
	@scripts/release.sh

test-packages: setup setup-packages build release ## the tests that install and remove what is published
	@node scripts/test.mjs --kind package --timeout 900 $(again) $(T)

clean: ## remove what was built
	rm -rf dist coverage

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:
	@scripts/setup.sh test

tools:
	@scripts/setup-sops.sh

overlay-tools:
	@scripts/setup-overlays.sh

setup-packages:
	@scripts/setup.sh packages

setup-bench:
	@scripts/setup.sh bench

setup-demo:
	@scripts/setup.sh demo

# The lock file's contents decide, not its date: npm ci is slow, and a checkout changes dates.
$(modules): package-lock.json
	@cmp -s $< $@ || { npm ci --loglevel=error && cp $< $@; }

dist/byway.js: $(sources) package.json scripts/bundle.mjs scripts/chunks.mjs $(modules)
	node scripts/bundle.mjs

dist/byway.1: $(sources) $(wildcard scripts/manual*.ts) $(modules)
	@mkdir -p dist
	node --import tsx scripts/manual.ts >$@

dist/completions: dist/byway.js
	@mkdir -p $@
	for shell in bash zsh fish; do node dist/byway.js completion $$shell >$@/$$shell; done
	@touch $@

dist/byway_$(version)_amd64.deb: dist/byway-linux-x64
dist/byway_$(version)_arm64.deb: dist/byway-linux-arm64
$(debs): dist/byway.1 dist/completions $(addprefix scripts/,deb.sh install.sh) README.md CHANGELOG.md LICENSE
	@scripts/deb.sh $@

dist/byway: dist/byway.js $(packing)
	node scripts/executable.mjs

dist/byway-%: dist/byway.js $(packing)
	node scripts/executable.mjs $* $@
