# `make` alone lists the targets. Each installs what it lacks, from the registries of cargo and npm and the distribution's
# packages, and is quick the second time. The longer steps are small scripts in .ci/.

SHELL := bash
.DEFAULT_GOAL := help

CARGO_TARGET_DIR ?= target
override CARGO_TARGET_DIR := $(abspath $(CARGO_TARGET_DIR))
export CARGO_TARGET_DIR

# As in .ci/env: the project's own tools first, cargo's folder last.
tools := $(CARGO_TARGET_DIR)/tools
export PATH := $(tools)/bin:$(tools)/node_modules/.bin:$(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

binary := $(CARGO_TARGET_DIR)/release/latchkey
site := $(CARGO_TARGET_DIR)/site
# Apart from the release's, and without hashes in the file names: those change with every save.
dev_site := $(CARGO_TARGET_DIR)/dev-site
# What the browser tests and the benchmarks are about; a Chromium on the PATH is the browser, else Playwright's own.
built = LATCHKEY_TEST_BIN="$(binary)" LATCHKEY_SITE_ROOT="$(site)" \
	CHROMIUM_BIN="$${CHROMIUM_BIN:-$$(command -v chromium || command -v chromium-browser || true)}"

.PHONY: help run test check dev bench build tools tools-browser advisories

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

run: build ## builds the release and serves http://localhost:3000, mail shown at /dev/mail
	@LATCHKEY_SITE_ROOT="$(site)" "$(binary)"

test: tools tools-browser ## every test: Rust on both databases, then a real browser against the real binary
	.ci/with-postgres cargo test --locked --features ssr
	@.ci/build
	cd end2end && $(built) ../.ci/with-postgres npx playwright test

# The audit reads the sources of all platforms' crates, clippy fetches only this one's: hence `cargo fetch`.
check: ## formatting, clippy for server and browser, dependency audit
	@.ci/tools rust
	cargo fmt --check
	cargo clippy --locked --features ssr --all-targets -- -D warnings
	cargo clippy --locked --package browser --package leptos-light --package wasm-streams --package latchkey --lib --no-default-features --features latchkey/hydrate,browser/default --target wasm32-unknown-unknown -- -D warnings
	@.ci/tools deny
	@cargo fetch --locked --quiet
	cargo-deny --offline --locked check bans licenses sources

advisories: ## known weaknesses of the dependencies; its database is not on a registry, so not part of check
	@.ci/tools rust deny
	cargo-deny --locked check advisories

dev: tools ## rebuilds and reloads on every save
	LEPTOS_SITE_ROOT="$(dev_site)" LATCHKEY_SITE_ROOT="$(dev_site)" LEPTOS_HASH_FILES=false cargo-leptos watch

bench: build ## the benchmarks, as a table
	$(built) cargo bench --locked --features ssr --bench figures

build: ## the release: binary and site folder
	@.ci/build

tools: ## installs what the build needs
	@.ci/tools

tools-browser: ## installs what the browser tests need
	@.ci/browser
