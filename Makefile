# Everything that is typed here, by a developer or in CI. Works with GNU make 3.81 (macOS) and later.

HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= auto
TESTS ?= tests
export HOST PORT

export PIP_DISABLE_PIP_VERSION_CHECK = 1
VENV = .venv
BIN = $(VENV)/bin
PIP_INSTALL = $(BIN)/python -m pip install --quiet --require-hashes -r
TOOLS = tests/browser_tools
LIGHTHOUSE = benchmarks/lighthouse
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)

# The first Python that is new enough and really starts (a name on the PATH may be an empty shim).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

# Debian keeps venv in a package of its own: taken where it may be, else named in one line.
VENV_PACKAGE = python$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
APT_INSTALL = $(if $(filter 0,$(shell id -u)),,sudo -n) apt-get install --yes -qq

.DEFAULT_GOAL := help
.PHONY: help install run test needs quality prove pictures lock format clean

help: ## Say what can be typed
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.run $(BIN)/portal ## Make .venv with the pinned dependencies and the command `portal`

run: $(VENV)/.run $(BIN)/portal ## Serve the portal with the demo company at http://127.0.0.1:8000 (HOST, PORT)
	@PORTAL_ENV=development exec $(BIN)/portal serve --demo

test: $(VENV)/.test $(BIN)/portal needs quality ## Prove everything that is exact (TESTS=tests/area for a part)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(TESTS)

needs: $(VENV)/.test ## Find or install what the tests need from the system and from npm
	@$(BIN)/python tests/needs.py

quality: $(VENV)/.test ## Lint, types, layers, templates, dependencies
	@failed=; \
	for tool in "ruff check ." "ruff format --check ." mypy "lint-imports" "djlint --lint --quiet templates" "deptry ."; do \
		echo "── $$tool"; $(BIN)/$$tool || failed="$$failed, $${tool%% *}"; \
	done; \
	test -z "$$failed" || { echo "not in order:$${failed#,}"; exit 1; }

format: $(VENV)/.test ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

prove: $(VENV)/.test $(BIN)/portal needs ## Prove what needs a quiet machine or long time (WHAT=help lists the parts)
	@$(BIN)/python -m benchmarks $(WHAT)

pictures: $(VENV)/.test $(BIN)/portal needs ## Take pictures of all pages of the demo (TO=folder outside the repository)
	@$(BIN)/python -m tests.pictures $(TO)

lock: $(VENV)/.test $(BIN)/uv ## Write the lock files anew (UPGRADE=1 takes newer releases)
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group test --output-file requirements/test.txt
	cd $(TOOLS) && npm install --package-lock-only
	cd $(LIGHTHOUSE) && npm install --package-lock-only

clean: ## Remove what the other targets made (never instance/)
	rm -rf $(VENV) $(TOOLS)/node_modules $(LIGHTHOUSE)/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find portal tests migrations benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# A half-made environment is removed, so that the next try starts from nothing.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is missing: apt-get install python3 (macOS: brew install python)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
		|| { rm -rf $(VENV); $(APT_INSTALL) $(VENV_PACKAGE) >/dev/null 2>&1; $(PYTHON) -m venv $(VENV) >/dev/null 2>&1; } \
		|| { rm -rf $(VENV); echo "Python's venv is missing: apt-get install $(VENV_PACKAGE)"; exit 1; }

$(VENV)/.run: requirements/run.txt | $(BIN)/python
	@echo "Installing the pinned dependencies …"
	@$(PIP_INSTALL) requirements/run.txt
	@touch $@

$(VENV)/.test: requirements/test.txt | $(BIN)/python
	@echo "Installing the pinned dependencies and the test tools …"
	@$(PIP_INSTALL) requirements/test.txt
	@touch $(VENV)/.run $@

# The portal runs from the checkout; -P keeps the folder it is called from out of the import path.
$(BIN)/portal: Makefile | $(BIN)/python
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -P -m portal "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $@
	@chmod +x $@

$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet uv
