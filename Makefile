# make run      serve an instance at http://localhost:8080, its home in .phyle/ (PHYLE_* variables change that)
# make demo     two phyles at http://localhost:8081 and :8082 that have a story to tell, in .phyle-demo/ (PHYLE_DEMO)
# make demo-reset  forget them
# make test     the whole test suite
# make lint     style, types, and which package may import which
# make check    lint and test
# make bench    measure
#
# Needs python3 (3.11 or later) with pip, and make; everything else goes into .venv, which is made on first use.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(PYTHON) -m pip --python $(BIN)/python --quiet --disable-pip-version-check --no-input
INSTALL := $(PIP) install --root-user-action=ignore --no-warn-script-location
TESTS ?=

# Named after what is installed: an unchanged lock file means that nothing is asked of pip.
RUN_STAMP := $(VENV)/.run-$(shell cat requirements.lock pyproject.toml | cksum | tr ' ' '-')
DEV_STAMP := $(VENV)/.dev-$(shell cat requirements.lock requirements-dev.lock pyproject.toml | cksum | tr ' ' '-')

.PHONY: run demo demo-reset test lint check bench
.DELETE_ON_ERROR:

run: $(RUN_STAMP)
	@PHYLE_HOME="$${PHYLE_HOME:-.phyle}" exec $(BIN)/python -m phyle up

demo: $(RUN_STAMP)
	@exec $(BIN)/python -m phyle demo

demo-reset: $(RUN_STAMP)
	@exec $(BIN)/python -m phyle demo --reset

test: $(DEV_STAMP)
	@$(BIN)/pytest -q -n logical --maxprocesses=4 --dist=worksteal $(TESTS)

lint: $(DEV_STAMP)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Run $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >$(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

check: lint test

bench: $(DEV_STAMP)
	@$(BIN)/python -m bench

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Phyle needs Python 3.11 or later, this is %d.%d: make PYTHON=..." % sys.version_info[:2])'
	@$(PYTHON) -m pip --version >/dev/null
	@$(PYTHON) -m venv --without-pip $(VENV)

$(RUN_STAMP): | $(BIN)/python
	@echo "Installing what Phyle needs into $(VENV)"
	@$(INSTALL) -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.run-* && touch $@

$(DEV_STAMP): | $(RUN_STAMP)
	@echo "Installing what the tests need into $(VENV)"
	@$(INSTALL) -r requirements-dev.lock
	@rm -f $(VENV)/.dev-* && touch $@
