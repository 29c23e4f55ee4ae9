# Two commands matter: `make run` ends at a working page, `make test` says whether this tree may be released.
# From Debian 12 with `git make python3 python3-venv` and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PORT ?= 8000
JOBS ?= 2

# A stamp carries the digest of the lock it was made from: another lock, another stamp, a fresh install.
RUNTIME := $(VENV)/.runtime-$(shell cat requirements.txt pyproject.toml | sha256sum | cut -c1-16)
DEV := $(VENV)/.dev-$(shell cat requirements.txt requirements-dev.txt pyproject.toml | sha256sum | cut -c1-16)
CATALOGUES := $(wildcard webui/translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)
DRAWING := webui/static/dist/manifest.json

.PHONY: help run test check style types contracts quick soak bench assets system-packages lock clean

help:  ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 18

run: $(RUNTIME) assets  ## set everything up, with invented people and cases, and serve it
	$(BIN)/kawal serve --demo --port $(PORT)

test: system-packages $(DEV) assets style types contracts  ## everything that must hold; under 15 minutes on two cores
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not soak" tests

check: $(DEV) assets style types contracts quick  ## the quick half of `make test`, under two minutes

style:
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports --no-logo

quick:
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not soak and not slow and not browser" tests/unit tests/conventions

# The marked tests, then those whose size a variable sets, at the size of the design.
soak: $(DEV) assets  ## long random runs against independent oracles; hours
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m soak tests
	KAWAL_HYPOTHESIS=soak KAWAL_FUZZ=1500 KAWAL_LIVES=300 KAWAL_TAMPERINGS=5000 KAWAL_CRASH_EVERY=1 \
		$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not soak" tests/properties tests/hostile tests/crash

bench: $(DEV)  ## ratios of speed and size, with SQLite and PostgreSQL
	$(BIN)/python -m bench

assets: $(RUNTIME) $(COMPILED) $(DRAWING)  ## what is compiled from other files of the tree

# Without Node and without its wheel nothing is made, and the product works without a diagram editor.
$(DRAWING): $(wildcard webui/frontend/*.* webui/frontend/src/*)
	@bash webui/frontend/build.sh

%.mo: %.po | $(RUNTIME)
	$(BIN)/pybabel -q compile -i $< -o $@

# Debian packages that tests need; only root may install them, anyone else uses what is there.
system-packages:
	@bash tests/system_packages.sh

$(BIN)/python:
	python3 -m venv $(VENV)

$(RUNTIME): | $(BIN)/python
	$(PIP) install -q --require-hashes -r requirements.txt
	$(PIP) install -q --no-deps --no-build-isolation -e .
	rm -f $(VENV)/.runtime-*
	touch $@

$(DEV): $(RUNTIME)
	$(PIP) install -q --require-hashes -r requirements-dev.txt
	rm -f $(VENV)/.dev-*
	touch $@

COMPILE := $(VENV)/lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock: $(BIN)/python  ## pin again what pyproject.toml asks for; addresses stay out of the lock
	$(BIN)/python -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install -q pip-tools==7.6.2
	$(COMPILE) -o requirements.txt pyproject.toml
	$(COMPILE) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

clean:  ## forget what was built, keep data
	rm -rf $(VENV) .node-venv webui/frontend/node_modules webui/static/dist $(COMPILED) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
