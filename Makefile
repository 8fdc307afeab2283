# Everything runs from .venv, which is made from requirements.lock. Needed beforehand: Python 3.11 and make.

PYTHON ?= python3.11
PYTEST_WORKERS ?= 2
PORT ?= 3000

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO := $(CURDIR)/.demo

# Dagster: send nothing anywhere, write events in batches.
export DAGSTER_DISABLE_TELEMETRY := 1
export DAGSTER_EVENT_BATCH_SIZE := 1000

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test lint types lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## create .venv with the locked dependencies

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) not found: install Python 3.11 or run make PYTHON=/path/to/it" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked dependencies into $(VENV) (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)  ## simulate a small league, run every table on it, print what is there
	$(BIN)/nba-pipeline demo

dev: export DAGSTER_HOME := $(if $(DAGSTER_HOME),$(abspath $(DAGSTER_HOME)),$(DEMO)/dagster_home)
dev: export NBA_LANDING := $(or $(NBA_LANDING),$(DEMO)/landing)
dev: export NBA_WAREHOUSE := $(or $(NBA_WAREHOUSE),duckdb:///$(DEMO)/warehouse.duckdb)
dev: $(STAMP)  ## open the Dagster pages on the demo's data, or on NBA_LANDING and NBA_WAREHOUSE
	mkdir -p "$$DAGSTER_HOME"
	$(BIN)/nba-pipeline instance
	$(BIN)/dagster dev -w workspace.yaml --port $(PORT)

test: $(STAMP)  ## run all tests
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile

lint: $(STAMP)  ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)  ## type check
	$(BIN)/mypy

lock: $(STAMP)  ## renew requirements.lock after a change of pyproject.toml (UPGRADE=1 takes newer releases)
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --extra dev --extra production --no-strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(if $(UPGRADE),--upgrade) \
		--output-file requirements.lock pyproject.toml

clean:  ## remove .venv, the demo and every cache
	rm -rf $(VENV) .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find nba_pipeline nba_pipeline_tests -name __pycache__ -type d -prune -exec rm -rf {} +
