# Run `make` to see what there is. Nothing need be installed or active: the first target used makes `.venv`.

SHELL := /bin/sh
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
# One more than there are processors, for a fourth of the time a worker waits for what is due a second later.
WORKERS := -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --maxprocesses 4
SOURCES := contracts chassis services gateway deploy simulator tests

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help venv runtime-lock law-days pictures run demo reset console console-types console-dev test night lint types imports architecture unit contract integration e2e journeys faults guards bench bench-million bench-identity bench-predictions bench-paired format

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

# -- the system ------------------------------------------------------------------------------------

venv: ## Make .venv from requirements.lock, if it is not there or out of date
	@deploy/local/bootstrap.sh

run: venv ## The whole system on this machine, with a demo group, until Ctrl-C; again: the data is kept
	@$(PY) -m deploy.local run

demo: venv ## Walk the main job aloud against the running system: a delivery, a repair, the customer's view
	@$(PY) -m deploy.local demo

reset: venv ## Forget the data of `make run`
	@$(PY) -m deploy.local reset

console: venv ## Check the console (types, linters, tests) and build it
	@$(PY) -m deploy.local console

console-types: venv ## Write the console's types of the API, after an operation or a right has changed
	@$(PY) -m deploy.local console types

console-dev: venv ## The console with every change at once, beside a running `make run`
	@$(PY) -m deploy.local console dev

# -- what must pass --------------------------------------------------------------------------------

test: lint types imports ## Everything that must pass
	@$(PYTEST) $(WORKERS) --within-shares -m "not long and (not console or day)" tests
	@echo "make test: all passed"

lint: venv ## ruff: rules and format
	@$(PY) -m ruff check $(SOURCES)
	@$(PY) -m ruff format --check --quiet $(SOURCES) || { echo "not formatted: run make format"; exit 1; }

types: venv ## mypy: strict for all but gateway and tests
	@$(PY) -m mypy

imports: venv ## import-linter: who may import whom
	@.venv/bin/lint-imports --no-cache

architecture: venv ## File sizes, clocks, commits, docstrings, imports, each with a planted violation
	@$(PYTEST) tests/architecture

unit: venv ## Rules and shapes: Python only
	@$(PYTEST) tests/unit

contract: venv ## Samples, operations, subscriptions
	@$(PYTEST) tests/contract

integration: venv ## Services and chassis with PostgreSQL and RabbitMQ
	@$(PYTEST) $(WORKERS) tests/integration

e2e: venv ## The whole system over HTTP
	@$(PYTEST) $(WORKERS) tests/e2e

journeys: console ## Every journey of the console in a browser, once it is checked and built; `make test` makes some
	@$(PYTEST) tests/console

night: journeys ## Every journey; generated tests with twenty times the examples; all that is wrong in all places
	@$(PYTEST) --hypothesis-profile night -m hypothesis tests
	@CRM_WRONG_ONE_IN=1 $(PYTEST) --timeout 3000 tests/e2e/test_wrong_once.py

faults: venv ## Every fault three times, each under twenty closings a second for ten seconds
	@CRM_FAULT_ROUNDS=3 CRM_FAULT_CLOSINGS=200 $(PYTEST) tests/faults

guards: venv ## Take the guards away one by one; a test must go red for each
	@$(PY) -m tests.faults.guards

bench-million: venv ## Look-up and view among a million customers, into docs/benchmarks.md (ten minutes)
	@$(PY) -m tests.bench.million

bench: venv ## Figures with their ratios, into docs/benchmarks.md
	@$(PY) -m tests.bench

bench-paired: venv ## Processor time per call beside another checkout: make bench-paired OLD=../before
	@$(PY) -W ignore -m tests.bench.paired $(OLD)

bench-identity: venv ## How well imports tell who is who, against the truth: precision, recall, queue, rows a second
	@$(PY) -W ignore -m tests.bench.identity

bench-predictions: venv ## Whether predictions hold: six months of a workshop that does not exist, beside standard hours
	@$(PY) -W ignore -m tests.bench.predictions

# -- by hand ---------------------------------------------------------------------------------------

runtime-lock: venv ## Take into deploy/requirements.lock what the image needs, after requirements.lock has changed
	@$(PY) -m deploy.runtime_lock

law-days: venv ## Take the law's holidays and make-up days into chassis/organisation, after their library was updated
	@$(PY) -m deploy.law_days

pictures: venv ## Take the pictures of the console anew, into docs/pictures (some minutes; Chromium is fetched)
	@$(PY) -m tests.pictures

format: venv ## Put the source into ruff's form
	@$(PY) -m ruff check --fix-only --quiet $(SOURCES)
	@$(PY) -m ruff format --quiet $(SOURCES)
