# Short targets; anything longer than three lines is a program in xtask/.
XTASK = cargo run --quiet --package xtask --

.PHONY: run test lint bench bless soak fuzz audit fmt web setup toolchain

run: toolchain ## build and serve with a demo authority on http://127.0.0.1:8080 (ARGS="--listen ...")
	@$(XTASK) run $(ARGS)

test: toolchain ## every test (ARGS="scenarios browser": these stages and what they need)
	@$(XTASK) test $(ARGS)

lint: toolchain ## formats, clippy, types and lint of the browser application
	@$(XTASK) lint

bench: toolchain ## standard workloads in a release build (ARGS="--workload ...", or ARGS=--peers: other engines)
	@$(XTASK) bench $(ARGS)

bless: toolchain ## rewrite expectations, openapi.json and the generated client
	@$(XTASK) bless

soak: toolchain ## every test with many more seeds (FACHWERK_SOAK=20)
	@$(XTASK) soak

fuzz: toolchain ## the fuzzers (FACHWERK_FUZZ_S=60)
	@$(XTASK) fuzz

audit: toolchain ## licences, advisories, sources, bills of material
	@$(XTASK) audit

fmt: toolchain ## format Rust and the browser application
	@$(XTASK) fmt

web: toolchain ## build the browser application if its sources changed
	@$(XTASK) web

setup: toolchain ## install what is missing on this machine
	@$(XTASK) setup

toolchain:
	@sh xtask/toolchain.sh
