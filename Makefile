# Every target sets up what it needs by itself, in .venv; a machine with Python 3.11, pip, venv and make is enough.
# ARGS goes through to the program behind a target: make test ARGS="-k short", make demo ARGS="--headless --for 60".

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
# Named after what it was made from: another commit's dependencies mean another stamp.
READY := .venv/ready-$(shell cat pyproject.toml constraints.txt | sha256sum | cut -c 1-12)
PYTEST := $(BIN)/python -m pytest
# A process for each core and one more, since many a test waits for a server; each has a Firebird of its own.
# One test after the other: make test ARGS="-n 0".
AT_ONCE := -n $(shell echo $$(($$(nproc) + 1))) --dist worksteal
ARGS ?=
SEEDS ?= 1-5

.PHONY: demo test test-all simulate soak kill check bench tour wheel lock clean

demo: $(READY)
	@$(BIN)/integra demo $(ARGS)

test: $(READY)
	@$(PYTEST) $(AT_ONCE) -m "not long and not bench" $(ARGS)

test-all: $(READY)
	@$(PYTEST) $(AT_ONCE) -m "not bench" $(ARGS)

# One seed or a range: make simulate SEEDS=1-20 ARGS="--days 5". A seed that fails is told, and how to repeat it.
simulate: $(READY)
	@$(BIN)/python -m tests.simulation $(SEEDS) $(ARGS)

# The service is measured while it works: make soak ARGS="--soak-minutes 600".
soak: $(READY)
	@$(PYTEST) tests/end_to_end/test_soak.py -s $(ARGS)

# The table of docs/oversell.md: make oversell ARGS="--runs 1", and with --write into the page.
.PHONY: oversell
oversell: $(READY)
	@$(BIN)/python -m tests.simulation.oversell $(ARGS)

# The pictures of docs/tour, by the console of today.
tour: $(READY)
	@$(BIN)/python -m tests.console.tour

# The service is killed again and again while people buy and decide: make kill ARGS="--kills 300".
kill: $(READY)
	@$(PYTEST) tests/end_to_end/test_killed_service.py -s $(ARGS)

bench: $(READY)
	@$(PYTEST) tests/bench -m bench -s $(ARGS)

wheel: $(READY)
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist >/dev/null
	@ls dist/*.whl

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

$(READY):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Integra needs Python 3.11 or later; name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "setting up .venv (once, and again when the dependencies change)"
	@"$(PYTHON)" -m venv .venv || { echo "Python's venv is missing; on Debian, as root: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) install --constraint constraints.txt hatchling
	@$(PIP) install --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@.ci/native-libraries .venv
	@rm -f .venv/ready-*
	@touch $@

# The newest versions that pyproject.toml allows, taken from an environment made for nothing else.
lock:
	@work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	"$(PYTHON)" -m venv "$$work/venv"; \
	"$$work/venv/bin/pip" install -qq --disable-pip-version-check '.[dev]'; \
	{ echo "# The versions Integra is tested with, transitive ones too. Made by: make lock"; \
	  "$$work/venv/bin/pip" freeze --disable-pip-version-check --exclude integra --exclude pip --exclude setuptools --exclude wheel; \
	} > "$$work/constraints.txt"; \
	mv "$$work/constraints.txt" constraints.txt

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
