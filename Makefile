# `make` lists the targets. Each sets up .venv by itself, once; nothing is fetched again while the requirements stand.

VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8501
# A Python of your choice: `make run PYTHON=/opt/python3.12/bin/python3`.
PYTHON ?=
PIP := $(PY) -m pip install --disable-pip-version-check --root-user-action=ignore --no-warn-script-location --quiet

BUILT := datasets/processed/datapackage.json
RAW := $(wildcard datasets/raw/*.csv datasets/raw/registry/*.tsv)
ETL := $(wildcard etl/*.py etl/*/*.py)

# Where it is set, nothing compiled is kept: each worker of the tests then takes 9 processor seconds more to start, 4.5 otherwise.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test fast data lint audit sbom lock faults format bench look clean
# A half-written stamp would pass for a finished installation.
.DELETE_ON_ERROR:

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
	while IFS="$$(printf '\t')" read -r name what; do printf '  make %-8s %s\n' "$$name" "$$what"; done

run: $(VENV)/.run-stamp ## Build the data where it is out of date and serve the app (PORT=8501)
	@$(MAKE) -s --no-print-directory $(BUILT) || { test -f $(BUILT) && echo "Serving the last good build."; }
	@echo "China AI Landscape: http://localhost:$(PORT) (stop with Ctrl+C)"
	@exec $(PY) -m uvicorn dashboard.asgi:app --host 127.0.0.1 --port $(PORT) --log-level warning --no-access-log --no-server-header

data: $(VENV)/.run-stamp ## Build datasets/processed from datasets/raw
	@$(PY) -m etl

fast: $(VENV)/.dev-stamp ## Run the tests that need no browser and search for nothing
	@LANDSCAPE_EXAMPLES=few $(PY) -m pytest -n auto --dist worksteal -m "not browser and not slow" -rfEs

test: fast ## Run every test; those in a browser last, skipped with a word where there is none
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal -m "browser or slow" -rfEs

lint: $(VENV)/.dev-stamp ## Check style, types, import rules, dependencies and dead code
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m deptry .
	@$(PY) -m vulture
	@$(PY) -m bandit -q -c pyproject.toml -r dashboard etl

audit: $(VENV)/.dev-stamp ## Ask whether a locked package has a known fault; a word where nobody answers
	@rm -f $(VENV)/audit.json; $(PY) -m pip_audit -r requirements.lock --require-hashes --disable-pip --progress-spinner off --timeout 10 \
	  -f json -o $(VENV)/audit.json 2> $(VENV)/audit.txt; $(PY) tests/audit.py $(VENV)/audit.json

sbom: $(VENV)/.dev-stamp ## Write the bill of materials of what is installed to run (sbom.json, CycloneDX)
	@$(VENV)/bin/cyclonedx-py requirements requirements.lock --output-reproducible --of JSON -o sbom.json
	@echo "sbom.json: $$(grep -c '"purl"' sbom.json) packages"

# What is tested is what is locked: the second step keeps the versions that tests can stand, as far as the product needs them.
lock: $(VENV)/.dev-stamp ## Lock what requirements.txt and its tests allow today, with hashes, for every platform
	@rm -f $(VENV)/new.lock
	@$(PY) -m uv pip compile --universal --python-version 3.11 --no-header --quiet --upgrade requirements-dev.txt -o $(VENV)/new.lock
	@$(PY) -m uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --quiet requirements.txt -o $(VENV)/new.lock
	@mv $(VENV)/new.lock requirements.lock

faults: $(VENV)/.dev-stamp ## Kill, fill, cut and lock what a build and a served app rest on; prints what became of each
	@$(PY) tests/faults.py

format: $(VENV)/.dev-stamp ## Rewrite the code in the house style
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: $(VENV)/.dev-stamp ## Time the build, the load, every chart, exports, and replicas behind nginx
	@$(PY) tests/bench.py
	@$(PY) tests/replicas.py

look: $(VENV)/.dev-stamp ## Take the README's pictures from the running app
	@$(PY) tests/browser/look.py

clean: ## Remove the environment and everything built
	@rm -rf $(VENV) datasets/processed sbom.json .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache look

$(BUILT): $(RAW) $(ETL)
	@$(PY) -m etl

# The first Python of 3.11 or newer that can make an environment; a shim that only names a missing one fails the test.
$(PY):
	@new='import sys; sys.exit(sys.version_info < (3, 11))'; found=; \
	for p in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3.14 python3 python); do \
	  "$$p" -c "$$new" >/dev/null 2>&1 || continue; \
	  found="$$p"; \
	  for maker in venv virtualenv; do \
	    if [ $$maker = venv ]; then "$$p" -c 'import ensurepip' >/dev/null 2>&1 || continue; fi; \
	    "$$p" -m $$maker --clear $(VENV) >/dev/null 2>&1 && exit 0; \
	  done; \
	done; \
	rm -rf $(VENV); \
	if [ -n "$$found" ]; then \
	  echo "$$found cannot make a virtual environment: its ensurepip is missing or $(CURDIR) is not writable." >&2; \
	  echo "On Debian and Ubuntu: sudo apt install python3-venv" >&2; \
	else \
	  echo "No Python of 3.11 or newer was found$(if $(PYTHON), at $(PYTHON))." >&2; \
	  echo "Install one, or name it: make $(or $(firstword $(MAKECMDGOALS)),run) PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1

$(VENV)/.run-stamp: requirements.txt requirements.lock | $(PY)
	@echo "Installing what runs the app (once) ..."
	@$(PIP) --require-hashes -r requirements.lock 2>$(VENV)/lock.txt || { \
	  echo "The locked packages do not fit this Python or mirror ($(VENV)/lock.txt): installing what requirements.txt allows."; \
	  $(PIP) -r requirements.txt; }
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.txt requirements-mcp.txt requirements-auth.txt $(VENV)/.run-stamp | $(PY)
	@echo "Installing what tests it (once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@
