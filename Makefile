# `make run` starts the explorer, `make test` checks it; `make` lists all targets. Requirements: Python and make.
#
#   make run TORCH=cpu    the first time, where there is no GPU: PyTorch without its GPU libraries, a much smaller download
#   make run PORT=8600    another port
#   make test ARGS="-k store"    options for pytest; with run, verify and screenshots: options for these

VENV  ?= .venv
PORT  ?= 8501
ARGS  ?=
TORCH ?=
# The first of these that is new enough makes the virtual environment.
PYTHONS ?= python3 python3.14 python3.13 python3.12 python3.11 python

# Compiled files are kept even where the environment forbids it: the tests start many processes that import the explorer.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := $(VENV)/bin/python
PIP    := $(PYTHON) -m pip install --disable-pip-version-check -q

# A stamp newer than its requirements file means that the file is installed, so a second run installs nothing.
MADE      := $(VENV)/.made
FOR_APP   := $(VENV)/.installed-for-the-app
FOR_TESTS := $(VENV)/.installed-for-the-tests

ifeq ($(TORCH),cpu)
  # uv selects PyTorch's CPU-only builds by itself.
  INSTALL := $(PIP) 'uv>=0.7.14' && $(PYTHON) -m uv pip install --python $(PYTHON) --torch-backend=cpu
else ifeq ($(TORCH),)
  INSTALL := $(PIP)
else
  $(error TORCH may be cpu, or left out for PyTorch as its makers package it, not '$(TORCH)')
endif

BENCHMARKS := $(sort $(notdir $(basename $(wildcard benchmarks/bench_*.py))))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test bench verify screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: $(FOR_APP) ## install what is missing and start the explorer
	@$(PYTHON) -m streamlit run app.py --server.port $(PORT) $(ARGS)

test: $(FOR_TESTS) ## lint, types, import layers, then unit, page and browser tests
	@$(PYTHON) -m tests.browser.chromium
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) $(VENV)/bin/lint-imports --no-logo
	$(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

bench: $(FOR_APP) ## print speeds as ratios to plain implementations
	@$(if $(BENCHMARKS),,echo "There is nothing to measure yet: no benchmarks/bench_*.py.")
	@set -e; for name in $(BENCHMARKS); do echo "$$name"; $(PYTHON) -m benchmarks.$$name; done

verify: $(FOR_APP) ## recompute what assets/ ships and compare
	@$(PYTHON) -m benchmarks.verify $(ARGS)

screenshots: $(FOR_TESTS) ## take screenshots of the running app
	@$(PYTHON) -m tests.browser.chromium
	@$(PYTHON) -m benchmarks.screenshots $(ARGS)

clean: ## remove the virtual environment and the caches of the checks (not what was trained)
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@found=; for name in $(PYTHONS); do \
	    if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "The explorer needs Python 3.11 or newer with its venv module, and none of $(PYTHONS) is that (Debian: apt-get install python3-venv)." >&2; \
	    exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version)"; \
	$$found -m venv $(VENV) && touch $@

$(FOR_APP): requirements.txt $(MADE)
	@echo "Installing what the app needs. PyTorch is a big download: the first time takes minutes$(if $(TORCH),,; TORCH=cpu makes it smaller)."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(FOR_TESTS): requirements-dev.txt $(FOR_APP)
	@echo "Installing what the tests need beside it."
	@$(PIP) -r requirements-dev.txt
	@touch $@
