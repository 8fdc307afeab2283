# Everything runs from .venv, which is made from requirements.lock. Needed beforehand: Python 3.11 and make.

PYTHON ?= python3.11
PYTEST_WORKERS ?= 2
PORT ?= 3000

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DUCKDB15 := .duckdb15
TESTS := nba_pipeline_tests
DEMO := $(CURDIR)/.demo

# Dagster: send nothing anywhere, write events in batches.
export DAGSTER_DISABLE_TELEMETRY := 1
export DAGSTER_EVENT_BATCH_SIZE := 1000

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test test-long test-bigquery test-duckdb15 bigquery-server lint types lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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

test: bigquery-server  ## run the tests; those of BigQuery where there is a Python 3.13
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder -m "not long"

test-long: $(STAMP)  ## run what takes minutes: the live daemon, 200 random operations, failing and killed back-fills, the whole runbook
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile -m long

test-bigquery: bigquery-server  ## run the tests against the BigQuery protocol server alone
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile -m bigquery

bigquery-server: $(STAMP)  # .venv-bigquery, half a minute, once
	@$(BIN)/python -m $(TESTS).bigquery.server_environment

test-duckdb15: $(DUCKDB15)/.installed  ## run the warehouse tests on the older DuckDB
	@PYTHONPATH=$(DUCKDB15) $(BIN)/python -c 'import duckdb; print("DuckDB", duckdb.__version__)'
	PYTHONPATH=$(DUCKDB15) $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile -m "not bigquery" $(TESTS)/warehouse

$(DUCKDB15)/.installed: $(TESTS)/warehouse/duckdb15-requirements.lock $(STAMP)
	@rm -rf $(DUCKDB15)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --target $(DUCKDB15) -r $<
	@touch $@

lint: $(STAMP)  ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)  ## type check
	$(BIN)/mypy

PIP_COMPILE = CUSTOM_COMPILE_COMMAND="make lock" $(1) --quiet --generate-hashes --allow-unsafe --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(if $(UPGRADE),--upgrade)

lock: $(STAMP) bigquery-server  ## renew the lock files after a change of what is needed (UPGRADE=1 takes newer releases)
	$(call PIP_COMPILE,$(BIN)/pip-compile) --extra dev --extra production --output-file requirements.lock pyproject.toml
	$(call PIP_COMPILE,$(BIN)/pip-compile) --output-file $(TESTS)/warehouse/duckdb15-requirements.lock $(TESTS)/warehouse/duckdb15-requirements.in
	.venv-bigquery/bin/python -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(call PIP_COMPILE,.venv-lock/bin/pip-compile) --output-file $(TESTS)/bigquery/server-requirements.lock $(TESTS)/bigquery/server-requirements.in
	rm -rf .venv-lock

clean:  ## remove .venv, the demo and every cache
	rm -rf $(VENV) .venv-bigquery .venv-bigquery.lock $(DUCKDB15) .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find nba_pipeline nba_pipeline_tests -name __pycache__ -type d -prune -exec rm -rf {} +
