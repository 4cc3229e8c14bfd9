# `make run` builds Aldgate, fills it with made-up people and serves it on this machine.
# `make test` runs everything that a developer and the continuous integration run.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

target := $(or $(CARGO_TARGET_DIR),target)
snapshots := $(target)/snapshots-seen
# Files that others published and that are not ours to hand on: real registers, a real sheet. The tests on them are
# extra: each says of a real file what another test says of one of ours.
others := ../shared/fixtures
# One choice of packages and targets everywhere: with another one cargo compiles the dependencies once more.
build := cargo build --quiet --workspace --bins --tests --examples
step = @printf '\n==> %s\n'

.PHONY: help run test check lint fmt bench bench-http bench-nodes bench-storm bench-hostile fuzz web docs clean e2e need-build \
	need-nextest need-test test-format test-lint test-units test-quick test-others test-postgres test-kill test-docs test-packs \
	test-pdf test-api test-dependencies

help: ## Say what each target does
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  %-14s %s\n", $$1, $$2 }'

run: web ## Build it, fill it with the demo coalition and serve it on http://localhost:8080
	cargo build --release -p aldgate
	$(target)/release/aldgate serve --demo --data data --listen 127.0.0.1:8080

test: need-test ## Run every check: format, lints, tests on both databases, packs, documents, browser
	@MAKE='$(MAKE)' tools/steps.sh web test-format test-lint test-units test-others test-postgres test-docs test-packs \
		test-pdf test-api test-dependencies e2e

check: need-build need-nextest ## Run what is quick, in a few minutes: format, lints, the crates and most stories on SQLite
	@MAKE='$(MAKE)' tools/steps.sh web test-format test-lint test-quick

test-format:
	$(step) 'Format'
	cargo fmt --all --check

test-lint: web
	$(step) 'Lints'
	cargo clippy --workspace --all-targets -- -D warnings

test-units: web ## Run the tests with the embedded database
	$(step) 'Tests, with SQLite'
	@mkdir -p $(target) && rm -f $(snapshots)
	INSTA_SNAPSHOT_REFERENCES_FILE=$(abspath $(snapshots)) cargo nextest run --workspace
	@tools/snapshots.sh $(snapshots)

test-quick: web
	$(step) 'Quick tests, with SQLite'
	cargo nextest run --workspace --profile check

test-others: web ## Try files that other people published, where they are
	@if [ -d $(others) ]; then \
		OTHER_PEOPLES_FILES=$(abspath $(others)) cargo nextest run --workspace --ignore-default-filter \
			-E 'test(/\bother_peoples_files::/)'; \
	else \
		echo 'Not run: the tests on files that other people published. There is no $(others).'; \
	fi

test-postgres: web ## Run the stories with PostgreSQL
	$(step) 'Stories, with PostgreSQL'
	tools/postgres.sh run cargo nextest run --workspace -E 'package(aldgate) + package(aldgate-db)'

test-kill: web ## Kill the gateway a thousand times while it acts, and look for what was lost
	ALDGATE_KILL_ROUNDS=1000 cargo nextest run -p aldgate --cargo-profile release --profile kill --no-capture -E 'test(survives_a_kill)'

test-docs: web
	$(step) 'Examples in the documentation'
	cargo test --quiet --workspace --doc

test-packs: web ## Check the packs and run their scenarios
	$(step) 'Packs and their scenarios'
	$(build)
	$(target)/debug/aldgate packs check packs

test-pdf: ## Validate documents as PDF/UA-1 and PDF/A-3a
	$(step) 'Documents, validated by veraPDF'
	$(build)
	tools/pdf-validate/samples.sh

test-api: web ## Send requests made up from the description of the API
	$(step) 'Requests made up from the description of the API'
	$(build)
	tools/api/test.sh 25

test-dependencies: ## Check licences, bans, sources, what is unused and, where it can be reached, what is known of weaknesses
	$(step) 'What the dependencies bring with them'
	@command -v cargo-machete >/dev/null || cargo install cargo-machete --locked
	cargo machete app crates
	@command -v cargo-deny >/dev/null || cargo install cargo-deny --locked
	tools/audit.sh

e2e: web ## Walk through the journeys in a browser, with accessibility checks
	$(step) 'Journeys in a browser'
	$(build)
	cd e2e && npm ci --no-audit --no-fund && npm test

lint: test-format test-lint ## Check format and lints

fmt: ## Format the Rust code
	cargo fmt --all

bench: web ## Measure, with the profile of the packages, and compare with the targets
	ALDGATE_POSTGRES_DURABLE=1 tools/postgres.sh run cargo bench --workspace
	node tools/bench/table.mjs $(target)/criterion

bench-http: web ## Measure over HTTP on generated coalitions, on both databases: BENCH_SIZES=1000,20000,200000
	cargo build --profile dist -p aldgate
	BENCH_PROGRAM=$(target)/dist/aldgate BENCH_OUT=$(target)/bench node tools/bench/http.mjs
	BENCH_PROGRAM=$(target)/dist/aldgate BENCH_OUT=$(target)/bench ALDGATE_POSTGRES_DURABLE=1 tools/postgres.sh run \
		sh -c 'unset ALDGATE_POSTGRES_DURABLE; BENCH_POSTGRES=$$ALDGATE_TEST_POSTGRES node tools/bench/http.mjs'

bench-nodes: web ## Stop and kill two gateways, and their PostgreSQL, under load, and look for what was lost
	cargo build --profile dist -p aldgate
	BENCH_PROGRAM=$(target)/dist/aldgate ALDGATE_POSTGRES_DURABLE=1 tools/postgres.sh run \
		sh -c 'unset ALDGATE_POSTGRES_DURABLE; BENCH_POSTGRES=$$ALDGATE_TEST_POSTGRES node tools/bench/nodes.mjs'

bench-storm: web ## Storm one account with wrong passwords, and measure what others notice
	cargo build --release -p aldgate
	BENCH_PROGRAM=$(target)/release/aldgate node tools/bench/storm.mjs

bench-hostile: web ## Send hostile requests for two minutes, and measure what others notice
	cargo build --release -p aldgate
	BENCH_PROGRAM=$(target)/release/aldgate node tools/bench/hostile.mjs

fuzz: web ## Fuzz every reader of foreign bytes, ten minutes each
	tools/fuzz.sh

web: need-build web/dist/aldgate.css ## Build the styles and scripts that the program embeds

web/dist/aldgate.css: web/package-lock.json web/build.js $(wildcard web/src/*)
	cd web && npm ci --no-audit --no-fund && npm run build
	touch $@

docs: web ## Write the pages of the documentation that are made from the program
	$(build)
	$(target)/debug/aldgate settings --markdown > docs/settings.md.new
	mv docs/settings.md.new docs/settings.md
	$(target)/debug/aldgate settings --limits > docs/limits.md.new
	mv docs/limits.md.new docs/limits.md

clean: ## Remove what was built. The data folder stays
	cargo clean
	rm -rf web/dist web/node_modules e2e/node_modules tools/pdf-validate/.cache

need-build:
	@tools/need.sh cc=build-essential npm=npm node=nodejs
	@command -v cargo >/dev/null || { echo 'Please install Rust: https://rustup.rs' >&2; exit 2; }

need-nextest:
	@command -v cargo-nextest >/dev/null || cargo install cargo-nextest --locked

need-test: need-build need-nextest
	@tools/need.sh python3=python3 chromium=chromium $(or $(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb)),initdb)=postgresql pdfinfo=poppler-utils unzip=unzip javac=default-jdk-headless \
		go=golang-go /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go=golang-golang-x-mod-dev pip3=python3-pip /usr/share/java/jaxb-runtime.jar=libjaxb-java /usr/share/java/FastInfoset.jar=libfastinfoset-java
