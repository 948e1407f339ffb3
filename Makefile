# The two commands of the README are `make app` and `make test`; CI calls `make check`, `make test` and `make test-long`,
# pre-commit the first. Everything is installed into .venv, which `make clean` removes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help app test test-long check bench accuracy notebooks wheel lock clean env-app env-dev

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
TESTARGS ?= -n auto
BENCHARGS ?=
ACCARGS ?=
UV ?= uv

# The first Python here that is new enough and can make virtual environments.
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if $$p -c '$(USABLE)' >/dev/null 2>&1; then echo $$p; break; fi; done)

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes --only-binary :all: -r
EDITABLE := $(PIP) install --no-deps --no-build-isolation -e .

help:
	@echo 'make app        install what the app needs and serve it on this machine (PORT=8501)'
	@echo 'make test       install the test set and run the tests (TESTARGS="-n auto")'
	@echo 'make test-long  the tests that are left out there, some minutes more'
	@echo 'make check      format, lint, types, floors, knowledge, generated files'
	@echo 'make bench      speed against peers, a quarter of an hour (BENCHARGS="--quick" for a look)'
	@echo 'make accuracy   accuracy and calibration on the published cases, 20 minutes (ACCARGS="--check" for a look,'
	@echo '                "--questions" to count the questions needed too, and "--weights" what the'
	@echo '                answers hang on, an hour more together)'
	@echo 'make notebooks  run the notebooks, a minute or two'
	@echo 'make wheel      build the wheel into dist/'
	@echo 'make lock       resolve both lock files anew (maintainers; needs uv)'
	@echo 'make clean      remove the virtual environment, caches and builds'

app: $(VENV)/.app
	@echo 'crampnet is served at http://127.0.0.1:$(PORT) (Ctrl+C stops it)'
	@$(BIN)/python -m streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(TESTARGS)

test-long: $(VENV)/.dev
	$(BIN)/python -m pytest $(TESTARGS) -m long

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/yamllint --strict priors
	$(BIN)/crampnet check
	$(BIN)/crampnet render --check

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(BENCHARGS)

accuracy: $(VENV)/.dev
	$(BIN)/python -m crampnet.validation $(ACCARGS)

notebooks: $(VENV)/.dev
	$(BIN)/python -m pytest --nbmake --nbmake-timeout=600 notebooks

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --no-isolation

env-app: $(VENV)/.app

env-dev: $(VENV)/.dev

# Stamps are touched only when everything before them succeeded.
$(VENV)/.app: requirements.lock pyproject.toml | $(VENV)/.made
	@echo 'Installing what the app needs (a minute the first time) ...'
	@$(INSTALL) requirements.lock
	@$(EDITABLE)
	@touch $@

# The test set contains what the app needs in the same versions, so it satisfies both stamps.
$(VENV)/.dev: requirements-dev.lock requirements.lock pyproject.toml | $(VENV)/.made
	@echo 'Installing the test set (a minute or two the first time) ...'
	@$(INSTALL) requirements-dev.lock
	@$(EDITABLE)
	@touch $(VENV)/.app $@

$(VENV)/.made:
	@test -n '$(PYTHON)' || { \
		echo 'crampnet needs Python 3.11 or newer with the modules venv and ensurepip, and found none.' >&2; \
		echo 'Install it (Debian, Ubuntu: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo '$(PYTHON) is missing or older than 3.11. Name a newer one: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo '$(PYTHON) cannot make virtual environments: the module ensurepip is missing.' >&2; \
		echo 'Install it (Debian, Ubuntu: apt install python3-venv) or name another: make PYTHON=/path/to/python3' >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

LOCKING := --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --upgrade --quiet \
	--no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock:
	$(UV) --no-config pip compile pyproject.toml --extra editable $(LOCKING) -o requirements.lock
	$(UV) --no-config pip compile pyproject.toml --extra editable --extra dev -c requirements.lock $(LOCKING) \
		-o requirements-dev.lock
	@if grep -nE '://|^ *-[a-z]|^--|@|^[./]' requirements.lock requirements-dev.lock; then \
		echo 'A lock file holds an address, an option or a path; see above.' >&2; exit 1; fi

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find model tests -name __pycache__ -type d -prune -exec rm -rf {} +
