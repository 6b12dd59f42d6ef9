# Qiupu: `make demo` shows it, `make test` proves it.
PYTHON ?= python3.11
BIN := .venv/bin
HOME_OF_DEMO ?= $(CURDIR)/var/demo
UV := $(shell command -v uv 2>/dev/null)

.PHONY: help setup demo test check bench bundle lock pictures messages clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready .venv-runtime/.ready ## fill .venv and the sandbox's own .venv-runtime

.venv/.ready: requirements/dev.txt pyproject.toml hatch_build.py
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or say where it is with PYTHON=/path/to/python3.11"; exit 1; }
	$(if $(UV),$(UV) venv -q --allow-existing --python $(PYTHON) .venv,$(PYTHON) -m venv .venv)
	$(if $(UV),$(UV) pip install -q --python $(BIN)/python,$(BIN)/python -m pip install -q --disable-pip-version-check) --require-hashes -r requirements/dev.txt
	$(if $(UV),$(UV) pip install -q --python $(BIN)/python,$(BIN)/python -m pip install -q --disable-pip-version-check) --no-build-isolation --no-deps -e .
	$(BIN)/python tools/messages.py compile >/dev/null
	@touch $@

.venv-runtime/.ready: requirements/runtime.txt .venv/.ready
	$(BIN)/python -m qiupu.sandbox.runtime .venv-runtime
	@touch $@

messages:
	@$(BIN)/python tools/messages.py compile >/dev/null

demo: setup messages ## build the demo city from nothing, then serve it and print its address and accounts
	QIUPU_HOME=$(HOME_OF_DEMO) QIUPU_DEMO=1 $(BIN)/qiupu demo

test: setup messages ## all tests: on SQLite, and on PostgreSQL when TEST_DATABASE_URL answers
	$(BIN)/python tools/run_tests.py

check: setup messages ## linters, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: setup messages ## the benchmarks; SHARED=/path/to/benchmark/data for those that need public data
	$(BIN)/python -m bench $(if $(SHARED),--shared $(SHARED)) $(BENCH_ARGS)

bundle: setup messages ## wheels and lock for a machine without a network, in dist/bundle
	$(BIN)/python tools/bundle.py

pictures: setup messages ## pictures of the real pages for the README
	$(BIN)/python tools/pictures.py

lock: ## resolve the requirements anew (needs uv)
	sh tools/lock.sh

clean: ## remove what was built, not what was installed
	rm -rf dist build var .pytest_cache .mypy_cache .ruff_cache .hypothesis
