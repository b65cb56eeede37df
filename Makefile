# From Lead to Key Account: everything a reader, instructor or maintainer runs.
# Each step is done once and again only when what it needs has changed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
PIP     = $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help book serve test test-toolkit test-book test-site test-lowest lint lab bench lock clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

# An environment is a stamp: made from its hashed lock, made again when the lock changes.
$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo "Installing what requirements/$*.txt lists (once) ..."
	$(PIP) install --require-hashes -r requirements/$*.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

book: $(VENV)/.book  ## build the site into _build/html
	$(BIN)/jupyter-book build . -W -n --keep-going --quiet
	@echo "Open _build/html/index.html in a browser, or run 'make serve'."

serve: book  ## build, then show the site at a loopback address
	@echo "Reading at http://127.0.0.1:$(PORT)/ (stop with Ctrl+C)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: $(VENV)/.lab  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=.

test: lint test-toolkit test-book test-site test-lowest  ## run every check

lint: $(VENV)/.test  ## style, spelling, types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/mypy

test-toolkit: $(VENV)/.test  ## the package, on every engine, with coverage
	$(BIN)/python -m pytest toolkit tests/toolkit --doctest-modules --cov --cov-report=term-missing:skip-covered --cov-fail-under=95

test-book: $(VENV)/.test  ## notebooks run again, and what pages promise
	$(BIN)/python -m pytest --nbval book tests/book

test-site: $(VENV)/.test  ## the built site, in a browser
	$(BIN)/python -m pytest tests/site

test-lowest: $(VENV)-lowest/.lowest  ## the package, on the oldest versions it claims
	$(VENV)-lowest/bin/python -m pytest tests/toolkit -q

$(VENV)-lowest/.lowest: requirements/lowest.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip --quiet install --require-hashes -r requirements/lowest.txt
	$(VENV)-lowest/bin/python -m pip --quiet install --no-deps --no-build-isolation -e .
	@touch $@

bench: $(VENV)-bench/.bench  ## time the toolkit against its peers, into benchmarks/results.md
	$(VENV)-bench/bin/python benchmarks/run.py

$(VENV)-bench/.bench: requirements/bench.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip --quiet install --require-hashes -r requirements/bench.txt
	$(VENV)-bench/bin/python -m pip --quiet install --no-deps --no-build-isolation -e .
	@touch $@

lock: $(BIN)/python  ## renew the hashed locks
	$(BIN)/python requirements/lock.py

clean:  ## remove what was built (environments stay; remove .venv* by hand)
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
