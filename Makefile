# `make demo` and `make test` need Python 3.11 or newer, make, and a package index; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := apptrack_pipeline apptrack_pipeline_tests sql bench

.PHONY: demo test test-fast test-dovecot lint bench fuzz clean

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

# Installed only where it is missing, and never started by its package (RUNLEVEL=1): the tests start it
# themselves, on a free port of loopback, with a configuration and a folder of their own.
test-dovecot: $(VENV)/.installed
	PATH="$$PATH:/usr/sbin" command -v dovecot >/dev/null || { \
	  as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$as_root apt-get update && \
	  $$as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
	    apt-get install --yes --no-install-recommends dovecot-imapd; }
	$(BIN)/python -m pytest -m dovecot

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
