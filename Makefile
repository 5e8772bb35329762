# Everything a checkout needs: GNU make and Python 3.11 or newer. `make` alone lists the targets.
#
# .venv is made and filled as needed. The stamp files in it are newer than what they were made
# from, so a second start installs nothing and works offline.

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt
CODE := bunco ingest processors dashboards tests bench training

# The newest Python that constraints.txt was tried with comes first; `make PYTHON=/path/to/python`
# names another.
PYTHON ?=
PYTHONS := $(PYTHON) python3.13 python3.12 python3.11 python3 python

# A .venv whose Python is gone (an upgrade took it) counts as none.
$(shell test -x $(BIN)/python || rm -f $(VENV)/.installed $(VENV)/.installed-dev)

# A shell function: print the first interpreter that can do the work, or say what is wrong.
define find_python
find_python() { \
	too_old=; no_venv=; \
	for python in "$$@"; do \
		command -v "$$python" >/dev/null 2>&1 || continue; \
		"$$python" -c 'pass' >/dev/null 2>&1 || continue; \
		if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			too_old="$$too_old $$python"; continue; \
		fi; \
		if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
			no_venv="$$no_venv $$python"; continue; \
		fi; \
		echo "$$python"; return 0; \
	done; \
	if [ -n "$$no_venv" ]; then \
		echo "bunco:$$no_venv cannot make virtual environments (no venv or ensurepip)." >&2; \
		echo "On Debian or Ubuntu: apt install python3-venv. Then run make again." >&2; \
	elif [ -n "$$too_old" ]; then \
		echo "bunco needs Python 3.11 or newer; too old:$$too_old." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
	else \
		echo "bunco needs Python 3.11 or newer, and no Python was found." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
	fi; \
	return 1; \
}
endef

.DEFAULT_GOAL := help
.PHONY: help demo run test test-slow prove check format schema bench bench-distributed evaluate services lock clean install install-dev

help: ## List the targets
	@echo 'bunco: targets of make'
	@awk '/^[a-z-]+:.*## / { about = $$0; sub(/.*## /, "", about); sub(/:.*/, ""); \
		printf "  %-12s %s\n", $$0, about }' Makefile

demo: $(VENV)/.installed ## Play a built-in scenario through the real pipeline, offline
	@$(BIN)/bunco demo

run: $(VENV)/.installed ## Watch the sources of ./bunco.toml (writes a starter file first)
	@$(BIN)/bunco run

test: $(VENV)/.installed-dev ## Run the tests
	@$(BIN)/python -m pytest

test-slow: $(VENV)/.installed-dev ## Run the tests of whole systems: browsers, kills, outages
	@# kafka-python leaves sockets of a broker that was killed to Python's collector.
	@$(BIN)/python -m pytest -m "slow and not long" -W "ignore:unclosed <socket:ResourceWarning"

prove: $(VENV)/.installed-dev ## Run the long proofs of the distributed run (Kafka, Elasticsearch)
	@BUNCO_REQUIRE_SERVICES=1 $(BIN)/python -m pytest -m long

services: $(VENV)/.installed-dev ## Run Kafka and Elasticsearch for development
	@$(BIN)/python -m tests.services

check: $(VENV)/.installed-dev ## Format, lint, types, import order, documentation, tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest

format: $(VENV)/.installed-dev ## Format the code and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

schema: $(VENV)/.installed ## Write the JSON Schema of the wire form anew
	@$(BIN)/python -c 'import json; from bunco.codec import json_schema; print(json.dumps( \
		json_schema(), indent=2, ensure_ascii=False))' > docs/wire-form.schema.json

bench: $(VENV)/.installed-dev ## Measure the whole pipeline against the floor
	@$(BIN)/python -m bench

evaluate: $(VENV)/.installed-dev ## Measure the detectors on the shared data
	@$(BIN)/bunco evaluate

bench-distributed: $(VENV)/.installed-dev ## Measure a processor on Kafka against plain Faust and quixstreams
	@$(BIN)/python -m bench.distributed
	@$(BIN)/python -m bench.delay

install: $(VENV)/.installed ## Make .venv with bunco in it
install-dev: $(VENV)/.installed-dev ## The same with the tools of the developers

$(BIN)/python:
	@$(find_python); python=$$(find_python $(PYTHONS)) || exit 1; \
	echo "bunco: making $(VENV) with $$($$python --version)"; \
	"$$python" -m venv $(VENV)

# pip first, at its pinned version; then what builds the package, so that nothing unpinned is
# fetched for the build.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "bunco: installing into $(VENV)"
	@$(INSTALL) pip
	@$(INSTALL) --group build
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "bunco: installing the developers' tools into $(VENV)"
	@$(INSTALL) --no-build-isolation --editable '.[distributed,evaluate,nostr,notify]'
	@$(INSTALL) --group dev
	@touch $@

# The oldest Python needs the most packages, so it is the one to lock with.
LOCK_PYTHONS := $(PYTHON) python3.11 python3.12 python3.13 python3
lock: ## Write constraints.txt anew: the newest versions that pyproject.toml allows
	@$(find_python); python=$$(find_python $(LOCK_PYTHONS)) || exit 1; \
	fresh=$$(mktemp -d) || exit 1; trap 'rm -rf "$$fresh"' EXIT; \
	echo "bunco: locking with $$($$python --version)"; \
	"$$python" -m venv "$$fresh/venv" \
	&& "$$fresh/venv/bin/python" -m pip install --quiet --upgrade pip \
	&& "$$fresh/venv/bin/python" -m pip install --quiet --group dev ".[distributed,evaluate,nostr,notify]" \
	&& { \
		echo '# Exact versions of everything that a checkout installs, for Python 3.11 to 3.13.'; \
		echo '# Made by `make lock`; do not edit by hand.'; \
		"$$fresh/venv/bin/python" -m pip freeze --all --exclude bunco --exclude setuptools; \
	} > "$$fresh/constraints.txt" \
	&& cp "$$fresh/constraints.txt" constraints.txt \
	&& echo "bunco: wrote constraints.txt; now run make check"

clean: ## Remove .venv, caches and what was built; never your bunco.toml or stores
	rm -rf $(VENV) build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
