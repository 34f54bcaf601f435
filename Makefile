# Two commands do everything on a fresh machine with Python 3.11+, pip, make and git: make run, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ON ?=
PORT ?=

.PHONY: run test lint types docs bench lock clean

run: $(VENV)/installed ## set up, read the example stories into brief.html, then serve the site until Ctrl-C
	$(BIN)/tidegate brief examples/stories/* --out brief.html $(if $(ON),--on $(ON))
	$(if $(CI),@echo "Serve the site with: $(BIN)/tidegate serve",$(BIN)/tidegate serve $(if $(ON),--on $(ON)) $(if $(PORT),--port $(PORT)))

test: $(VENV)/developer lint types ## lint, types, tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/developer
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/lint-imports --no-cache
	$(BIN)/tidegate ledger check

types: $(VENV)/developer
	$(BIN)/mypy

docs: $(VENV)/developer ## make the reference pages anew from the code
	$(BIN)/python docs/make_reference.py

bench: $(VENV)/developer ## each capability beside a named peer
	$(BIN)/python benchmarks/bench_regimes.py
	$(BIN)/python benchmarks/bench_cold_start.py
	$(BIN)/python benchmarks/bench_brief.py
	$(BIN)/python benchmarks/bench_determinations.py
	$(BIN)/python benchmarks/bench_reading.py
	$(BIN)/python benchmarks/bench_supply.py
	$(BIN)/python benchmarks/bench_markets.py
	$(BIN)/python benchmarks/bench_exposure.py
	$(BIN)/python benchmarks/bench_ranking.py
	$(BIN)/python benchmarks/bench_diversion.py power
	$(BIN)/python benchmarks/bench_flows.py
	$(BIN)/python benchmarks/bench_web.py
	$(BIN)/python benchmarks/bench_bargaining.py

# pygambit has no wheels and compiles for minutes: its tests skip where it is not installed.
lock: $(VENV)/developer ## fix the developer environment anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --python-version 3.11 --universal \
		--no-emit-package pygambit \
		--no-header --quiet --output-file requirements-dev.txt

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tidegate needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements-dev.txt --editable '.[web]'
	touch $@

$(VENV)/developer: pyproject.toml requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) brief.html .mypy_cache .ruff_cache .pytest_cache .hypothesis
