# `make demo` and `make test` need Python 3.11 or newer, make, and a package index; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := apptrack_pipeline apptrack_pipeline_tests sql bench

.PHONY: demo test test-fast lint bench fuzz clean

# Made anew when what is installed changes; otherwise a second `make` is quick.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/apptrack demo

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: $(VENV)/.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not e2e'

lint: $(VENV)/.installed
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

bench: $(VENV)/.installed
	$(BIN)/python -m bench

# Looks for mail that cannot be read: make fuzz SECONDS=600
SECONDS ?= 60
fuzz: $(VENV)/.installed
	$(BIN)/python -m bench.fuzz_mail --seconds $(SECONDS)

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
