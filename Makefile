# The commands of this project. `make` alone prints them.
# A company's package mirror works as usual, by pip's and uv's own settings: no address stands in any file here.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
UV = $(if $(shell test -x $(BIN)/uv && echo yes),$(BIN)/uv,uv)
INSTALL = VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes
PROJECT := portal api insights contributions catalog people search forge
TESTS ?= tests

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## Start web, worker, beat and broker on http://127.0.0.1:8000 (PORT=… for another port).
	@exec $(BIN)/python manage.py serve

.PHONY: setup
setup: $(VENV)/.ready ## Prepare the environment only.

# uv is taken from the PATH where there is one, else installed into the environment.
$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Install it (Debian, Ubuntu: apt install python3 python3-venv)."; exit 1; }
	@command -v git >/dev/null || { echo "git is needed. Install it (Debian, Ubuntu: apt install git)."; exit 1; }
	@if command -v uv >/dev/null; then uv venv --quiet --python $(PYTHON) $(VENV); else \
		$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is needed. Install it (Debian, Ubuntu: apt install python3-venv)."; exit 1; }; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check uv; fi
	@touch $@

$(VENV)/.ready: $(VENV)/.created requirements.txt
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

.PHONY: peers
peers: $(VENV)/.ready-dev ## Install what bench/sync.py measures beside the portal (PyDriller, Perceval).
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet -r pyproject.toml --extra bench

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| test -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| { echo "The browser tests need Chromium. Install it (Debian, Ubuntu: sudo apt install chromium; macOS: brew install --cask google-chrome)."; exit 1; }

# What the real APIs of code hosts answer comes from npm packages, by integrity hash and from whichever registry npm
# is set to. The dereferenced copies of GitHub's specification are 340 MB that nothing reads.
tests/node_modules/.ready: tests/package-lock.json
	@command -v npm >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq npm >/dev/null; } \
		|| { echo "The tests of code hosts need npm. Install it (Debian, Ubuntu: sudo apt install npm; macOS: brew install node)."; exit 1; }
	@cd tests && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@rm -f tests/node_modules/@octokit/openapi/generated/*.deref.json
	@touch $@

.PHONY: test
test: $(VENV)/.ready-dev tests/node_modules/.ready chromium ## Run all tests (TESTS=… for some; DATABASE_URL and REDIS_URL for services mode).
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup $(TESTS)

.PHONY: lint
lint: $(VENV)/.ready-dev ## Check style, types, imports between apps, migrations and templates.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(PROJECT)
	@$(BIN)/lint-imports
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/djlint templates --lint --quiet

.PHONY: format
format: $(VENV)/.ready-dev ## Format the code.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(VENV)/.ready-dev ## Measure pages and syncs (needs some minutes); docs/performance.md explains the figures.
	@$(BIN)/python bench/pages.py
	@$(BIN)/python bench/sync.py

.PHONY: screenshots
screenshots: $(VENV)/.ready-dev chromium ## Take the pictures of docs/screenshots/ anew.
	@$(BIN)/python docs/screenshots/take.py

.PHONY: demo
demo: setup ## Load the demo company, or load it afresh.
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo

.PHONY: lock
lock: $(VENV)/.ready ## Compile the requirements anew after a change of pyproject.toml.
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --extra dev pyproject.toml -o requirements-dev.txt

.PHONY: clean
clean: ## Remove the environment and the caches; what the portal stored below var/ stays.
	@rm -rf $(VENV) tests/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
