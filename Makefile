# From Lead to Key Account: everything a reader, instructor or maintainer runs (GNU make, 3.81 or newer).
# Each step is done once, and again only when what it needs has changed.
PYTHON ?= python3
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := -m pip --disable-pip-version-check --quiet install
PAGE   ?= $(wildcard book/*/*.ipynb)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help book serve slides lab page run check test lint test-toolkit test-book test-site test-lowest bench lock clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- environments ---
# One for reading and testing, others for what would not fit beside it. Each is installed from its
# hashed lock and leaves a stamp; a renewed lock makes it install again. Locks are complete, so pip
# looks for nothing beyond them, and what has to be built is built with what they hold.

# `.folder` says where an environment was made, and is empty while it is being made. One that was cut
# short, moved or copied would run something else than this folder, and is made anew.
anew = if [ "$$(cat $(1))" != "$$(pwd -P)" ] || [ ! -x $(dir $(1))bin/python ]; then \
  echo "$(dir $(1)) was cut short, moved or copied: it is made anew." >&2; rm -rf $(dir $(1)); fi
$(foreach made,$(wildcard $(VENV)/.folder $(VENV)-*/.folder),$(shell $(call anew,$(made))))

NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed. Say which: make PYTHON=python3.12 ...")
# $(1) is the environment
define environment
	@"$(PYTHON)" -c '$(NEW_ENOUGH)'
	@mkdir -p $(1) && : >$(1)/.folder
	@"$(PYTHON)" -m venv $(1)
endef
# $(1) is the environment, $(2) the lock
define install
	@echo "Installing what requirements/$(2).txt lists into $(1) (once, a minute or two) ..."
	@: >$(1)/.folder
	@$(1)/bin/python $(PIP) --no-deps --no-build-isolation --require-hashes -r requirements/$(2).txt
	@$(1)/bin/python $(PIP) --no-deps --no-build-isolation -e .
	@$(1)/bin/python -m pip --disable-pip-version-check check
	@pwd -P >$(1)/.folder
	@touch $@
endef

$(BIN)/python:
	$(call environment,$(VENV))

$(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/python
	$(call install,$(VENV),$*)

$(VENV)/.test: | $(VENV)/.book # whose setuptools builds PySpark, which comes as source

$(VENV)-%/.ready: requirements/%.txt pyproject.toml
	$(call environment,$(VENV)-$*)
	$(call install,$(VENV)-$*,$*)

# --- reading ---

book: $(VENV)/.book  ## build the site into _build/html
	$(BIN)/jupyter-book build . -W -n --keep-going --quiet
	@echo "Open _build/html/index.html in a browser, or run 'make serve'."

serve: book  ## build, then show the site at a loopback address (PORT=8000)
	@echo "Reading at http://127.0.0.1:$(PORT)/ (stop with Ctrl+C)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

slides: $(VENV)/.book  ## make the slides of each chapter into _build/slides
	$(BIN)/python book/_slides/make_slides.py _build/slides

EDITION ?= student
FOLDER_student := lab
FOLDER_author  := .
# What is in `lab` is the student's: written anew only where nobody has changed it, and `make clean`
# leaves it. book/_lab lets root start JupyterLab (in a container) and keeps its news away.
lab: $(VENV)/.lab  ## open the pages as notebooks, without solutions (EDITION=author: the sources)
	$(if $(FOLDER_$(EDITION)),,$(error EDITION is student or author, not "$(EDITION)"))
	@$(if $(filter student,$(EDITION)),$(BIN)/python book/_ext/student_edition.py lab)
	@JUPYTER_CONFIG_PATH="$(CURDIR)/book/_lab" $(BIN)/jupyter lab --notebook-dir=$(FOLDER_$(EDITION))

page:  ## start a page (CHAPTER=3-segmentation NAME=pyramid)
	@"$(PYTHON)" -c '$(NEW_ENOUGH)'
	@"$(PYTHON)" book/_templates/new_page.py "$(CHAPTER)" "$(NAME)"

run: $(VENV)/.test  ## run pages and keep their outputs (PAGE=book/.../name.ipynb; all)
	$(BIN)/python tests/book/notebook_hygiene.py --run --fix $(PAGE)

# --- checking ---

check: lint  ## what each commit should pass, in under two minutes: lint, and the package on pandas
	$(BIN)/python -m pytest tests/toolkit -q -n 2 --engines pandas --ignore tests/toolkit/world

test: lint test-toolkit test-book test-site test-lowest  ## run every check

lint: $(VENV)/.test  ## style, spelling, types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/mypy

test-toolkit: $(VENV)/.test  ## the package on every engine, its examples, its coverage
	$(BIN)/python -m pytest toolkit tests/toolkit --doctest-modules -n 2 --cov --cov-report=term-missing:skip-covered --cov-fail-under=95

test-book: $(VENV)/.test  ## the notebooks run again, and what pages and repository promise
	$(BIN)/python -m pytest --nbval book tests/book -n 2 --dist loadfile

# A browser of the machine, else Playwright's own. Where neither can be had the tests say so.
test-site: $(VENV)/.test  ## the built site in a browser
	@for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do \
	  command -v $$name >/dev/null && exit 0; done; $(BIN)/playwright install chromium || true
	$(BIN)/python -m pytest tests/site -n 2

# The company is made of the same draws everywhere; laws of arithmetic do not age, nor does what is
# asked of our own files.
OF_FILES := test_architecture test_budget test_distribution
test-lowest: $(VENV)-lowest/.ready  ## the package on the oldest versions it claims
	$(VENV)-lowest/bin/python -m pytest tests/toolkit -q -n 2 -m "not hypothesis" --ignore tests/toolkit/world $(OF_FILES:%=--ignore tests/toolkit/%.py)

bench: $(VENV)-bench/.ready  ## time the toolkit against its peers, into benchmarks/results.md
	$(VENV)-bench/bin/python benchmarks/run.py

# --- keeping ---

lock: $(BIN)/python  ## renew the hashed locks
	$(BIN)/python requirements/lock.py

clean:  ## remove what was built (environments stay; remove .venv* by hand)
	rm -rf _build dist benchmarks/_work .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	rm -rf spark-warehouse metastore_db derby.log
	find book data requirements tests toolkit benchmarks \
	  \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
