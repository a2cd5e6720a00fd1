.PHONY: setup demo test test-all cover faults attack bench bench-web simulate verify-connectors format lint lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
N ?= 100000
PHASES ?= load,unchanged,reordered,changed
ROUNDS ?= 3
KILLS ?= 200
SECONDS ?= 60
DAYS ?= 365
PLATFORMS ?=
PORT ?= 8000
SERVE ?= 1
SPECS ?=
KINDS ?=
TEMPLATES := schedulepop/web/templates schedulepop/messages/templates
STATIC := schedulepop/web/static/web
STYLES := $(wildcard $(STATIC)/*.css)
SCRIPTS := $(filter-out %.min.js,$(wildcard $(STATIC)/*.js))
CSS_BEAUTIFY := $(BIN)/css-beautify --indent-size=2 --end-with-newline --space-around-combinator
JS_BEAUTIFY := $(BIN)/js-beautify --indent-size=2 --end-with-newline

setup: .venv/.ready ## everything the product needs, into .venv
demo: setup ## Maple Health, from the first sync to the next morning, served on PORT (SERVE=0: exit when done)
	@$(BIN)/schedulepop demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)
test: .venv/.ready-dev ## all tests, browser included
	@$(BIN)/python -m tests.journeys.browser && $(BIN)/pytest -n 2 --dist worksteal
test-all: .venv/.ready-dev ## the same, every random search the whole way, every page in every theme and width
	@$(BIN)/python -m tests.journeys.browser && SCHEDULEPOP_TESTS=all $(BIN)/pytest -n 2 --dist worksteal
cover: .venv/.ready-dev ## every branch of normalize, match, diff and guard is in an example (not only in a random one)
	@$(BIN)/coverage erase && $(BIN)/coverage run -m pytest -n 2 --dist worksteal tests/sync -m "not django_db" $(foreach kind,laws months properties evaluation read,--ignore-glob='*$(kind)*') && $(BIN)/coverage combine -q && $(BIN)/coverage report
faults: .venv/.ready-dev ## kill -9 everywhere, KILLS times, and what stands afterwards
	@$(BIN)/python -m tests.faults --kills $(KILLS)
attack: .venv/.ready-dev ## large bodies and slow clients against the web server, while 20 people read for SECONDS
	@$(BIN)/python -m tests.faults.attack --seconds $(SECONDS)
bench: .venv/.ready-dev ## the product beside a hand-written limit, N people (PHASES=unchanged,changed ROUNDS=1: less time)
	@$(BIN)/python -m bench --n $(N) --phases $(PHASES) --rounds $(ROUNDS)
bench-web: .venv/.ready-dev ## every page with N people (50000 is what is promised), then 20 readers at the web server for SECONDS
	@$(BIN)/python -m bench.web --n $(N) --seconds $(SECONDS)
simulate: .venv/.ready-dev ## a year of Maple Health on a fake clock, DAYS mornings: a table, a chart, one line of JSON (PLATFORMS=adp_wfn,bamboohr,paylocity: read through their stubs)
	@$(BIN)/python -m simulation --days $(DAYS) --platforms "$(PLATFORMS)" --chart out/year.svg
verify-connectors: .venv/.ready-dev ## connectors beside the vendors' own things: specifications in SPECS by Prism, samples, SDKs (KINDS=finch,gusto: only these)
	@$(BIN)/python -m verify --specs "$(SPECS)" --kinds "$(KINDS)"
format: .venv/.ready-dev ## lay out Python, templates, stylesheets and scripts
	@$(BIN)/ruff format . && $(BIN)/djangofmt $(TEMPLATES) && $(CSS_BEAUTIFY) -r $(STYLES) && $(JS_BEAUTIFY) -r $(SCRIPTS)
lint: .venv/.ready-dev ## style, types, layers
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/djangofmt --check $(TEMPLATES)
	@for f in $(STYLES); do $(CSS_BEAUTIFY) $$f | diff -q - $$f > /dev/null || { echo "$$f: run make format"; exit 1; }; done
	@for f in $(SCRIPTS); do $(JS_BEAUTIFY) $$f | diff -q - $$f > /dev/null || { echo "$$f: run make format"; exit 1; }; done
	@$(BIN)/lint-imports && $(BIN)/mypy
lock: .venv/.ready-dev ## write requirements/*.txt anew from the *.in files
	@cd requirements && for f in run mail-service dev; do ../$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o $$f.txt $$f.in; done
clean: ## the environment and the caches, not the data
	@rm -rf .venv build out *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
.venv/.ready: requirements/run.txt pyproject.toml
	@$(PYTHON) -m venv .venv && $(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/run.txt && $(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . && touch $@
.venv/.ready-dev: .venv/.ready requirements/dev.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt && touch $@
