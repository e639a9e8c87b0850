# `make run` and `make test` need Python 3.11 or newer and make. Everything else is installed into .venv, once.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check format clean
.DEFAULT_GOAL := run

run: $(VENV)/run.stamp  ## open the page; the law is fetched beside it
	@exec $(BIN)/lotse serve $(ARGS)

test: $(VENV)/test.stamp  ## all tests; ARGS="tests/kb -k normref" for some
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/test.stamp  ## style, types, layers, no statute text
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/test_layers.py
	@$(BIN)/python -m bench.statute_text

format: $(VENV)/test.stamp  ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:  ## remove what was installed and cached; stored knowledge stays
	rm -rf $(VENV) *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The pip that Python 3.11 bundles backtracks for hours on this set: it is upgraded first, and the versions are fixed.
$(VENV)/run.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Lotse into $(VENV) (a few minutes, once) …"
	@$(PIP) install -qq --upgrade pip
	@$(PIP) install -qq --constraint constraints.txt --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@echo "Installing what the tests need …"
	@$(PIP) install -qq --constraint constraints.txt --editable ".[dev,postgres,transformer]"
	@touch $@

$(BIN)/python:
	@for python in python3.11 python3 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    rm -rf $(VENV); \
	    $$python -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python cannot make a virtual environment (on Debian: apt install python3-venv)" >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo "Lotse needs Python 3.11 or newer: neither python3.11 nor python3 on the PATH is one" >&2; \
	exit 1
