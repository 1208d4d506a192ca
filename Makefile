# The two commands are `make run` and `make test`; the rest is for those who build Holdfast.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/python -m flask --app wsgi
SPREAD := -n auto --maxprocesses 4 --dist loadfile

.PHONY: help run test fast browser race concurrency idempotency isolation chaos bench psql lint translations postman requirements

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Holdfast needs Python 3.11 or newer")'
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Holdfast runs on …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/.run ## the demo clinic on port 3000, database and worker included; Ctrl-C stops all
	@exec $(FLASK) run-all --demo

test: $(VENV)/.dev ## all tests but the long chaos and benchmark runs
	@sh tests/run.sh

fast: $(VENV)/.dev ## the tests to run all the time
	@$(BIN)/python -m pytest $(SPREAD) -m "not browser and not race and not chaos"

browser: $(VENV)/.dev ## the pages in Chromium
	@$(BIN)/python -m pytest $(SPREAD) -m browser

race: $(VENV)/.dev ## many clients at once over HTTP
	@$(BIN)/python -m pytest -m "race and not chaos"

concurrency idempotency isolation: $(VENV)/.dev
	@$(BIN)/python -m pytest -m "$@ and not chaos"

chaos: $(VENV)/.dev ## the long fault runs
	@$(BIN)/python -m pytest -m chaos

bench: $(VENV)/.dev ## side by side with its peers; prints ratios
	@$(BIN)/python -m bench

psql: $(VENV)/.run ## psql as administrator on the running database, from standard input too
	@$(FLASK) psql

lint: $(VENV)/.dev ## style, types, templates, container files
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/hadolint Dockerfile && $(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml

translations: $(VENV)/.dev ## bring new sentences into translations/ and list what is not translated
	@$(BIN)/python -m translations.collect

postman: ## make docs/Postman_Collection.json from the OpenAPI document; needs Node.js
	@$(FLASK) spec --output instance/openapi.json --quiet
	@npx --yes openapi-to-postmanv2@6.3.3 -s instance/openapi.json -o instance/postman.json -O folderStrategy=Tags >/dev/null
	@$(BIN)/python docs/postman.py instance/postman.json docs/Postman_Collection.json

requirements: $(VENV)/.dev ## pin requirements*.in with hashes
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  --custom-compile-command "make requirements" requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  --custom-compile-command "make requirements" requirements-dev.in -o requirements-dev.txt
