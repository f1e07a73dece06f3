# Two commands for everybody: `make run` and `make test`. The other targets are for developers.
PYTHON ?= python3
BIN := .venv/bin
LOCK = .tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --custom-compile-command "make lock"
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run dev test programs pytest next-reflex chaos ha siege rolling-upgrade bench bench-quick components outbox lint lock upgrade-lock sbom audit audit-online export dist dist-check container-check docs-check clean

run: .venv/ready  ## serve http://localhost:3000, or the next free port (PORT=… for this one and no other)
	$(BIN)/python -m clickcounter upgrade
	$(BIN)/python -m clickcounter serve $(if $(PORT),--port $(PORT))

dev: .venv/ready  ## the same, reloading on every change: page on 3000, back end on 8000
	$(BIN)/reflex run

test:  ## everything CI checks; as root on Debian installs browsers and servers with apt-get, else says what to install
	$(MAKE) -j3 pytest lint components

programs: | .venv/bin/pip
	$(BIN)/python tests/needs.py

# Python keeps what it has compiled, whatever the environment says: the first line compiles the tests for all processes of the second.
pytest: export PYTHONDONTWRITEBYTECODE =
pytest: .venv/ready-for-tests programs  ## the tests that need browsers and servers; the other two use the CPU while it waits
	$(BIN)/pytest -n 0 --collect-only --quiet --quiet
	$(BIN)/pytest

next-reflex: .venv/ready-for-tests  ## install the newest Reflex in a folder of its own and say what it would break
	$(BIN)/python -m tests.next_reflex

chaos: .venv/ready-for-tests  ## 100 faults during 100,000 clicks; SEED=… repeats a run; WORKERS=3 adds PostgreSQL, Redis and nginx
	$(BIN)/python tests/needs.py
	$(BIN)/python -m tests.chaos.run --clicks 100000 --browser-clicks 10000 --faults 100 --workers $(or $(WORKERS),1) $(if $(SEED),--seed $(SEED))

ha: .venv/ready-for-tests  ## kill each part of a highly available installation in turn, then restore a moment; root, Debian, a quarter of an hour
	$(BIN)/python tests/needs.py
	$(BIN)/python -m tests.ha.run

siege: .venv/ready-for-tests  ## attacks on everything around the press while people count; ten minutes
	$(BIN)/python -m tests.siege.run

rolling-upgrade: .venv/ready-for-tests  ## replace earlier versions' back ends and pages by these, under load; ten minutes (FROM=4e87c1f for one)
	$(BIN)/python tests/needs.py
	$(BIN)/python -m tests.upgrades.rolling $(FROM)

bench: .bench/ready  ## compare with Socket.IO, Django Channels and rx.SharedState on this machine; a quarter of an hour
	$(BIN)/python -m benchmarks

bench-quick: .bench/ready  ## a short version of the same, under a minute
	$(BIN)/python -m benchmarks quick

components: .venv/ready-for-tests  ## the browser code that needs no browser, in Node
	$(BIN)/python -m clickcounter.components.constants
	nice $(BIN)/node --test --test-concurrency=2 $(wildcard tests/components/*.test.mjs)

outbox: components  ## the same, plus searches through the outbox's states that take minutes
	$(BIN)/node --test tests/components/outbox_long.mjs

lint: .venv/ready-for-tests  ## ruff, mypy and import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	nice $(BIN)/mypy
	$(BIN)/lint-imports

lock: .tools/ready  ## write the lock files after a change of requirements.txt or requirements-test.txt
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-test.txt --constraints requirements.lock --output-file requirements-test.lock

upgrade-lock: .tools/ready  ## the same, with the newest versions of what is not pinned in requirements.txt
	$(MAKE) lock LOCK="$(LOCK) --upgrade"

sbom: .venv/ready .tools/ready  ## list all packages, of Python and of the pages, as CycloneDX in sbom-python.json and sbom-npm.json
	.tools/bin/uv venv --quiet --clear --python $(BIN)/python .tools/app
	.tools/bin/uv pip sync --quiet --python .tools/app --require-hashes requirements.lock
	.tools/bin/cyclonedx-py environment --output-reproducible --output-file sbom-python.json .tools/app
	$(BIN)/python deploy/npm_sbom.py > sbom-npm.json

audit: .venv/ready-for-tests  ## hashes, licences and consistency of all packages; needs no network
	$(BIN)/pytest --quiet tests/test_supply_chain.py
	$(BIN)/pip check

audit-online: audit .tools/ready  ## the same, then ask PyPI and npm for known vulnerabilities; fails if they cannot say
	.tools/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock
	cd reflex.lock && npm audit --package-lock-only

export: .venv/ready  ## build the static front end into site/ (REFLEX_API_URL=… is the back end's address, CLICKCOUNTER_PATH=… its path)
	$(BIN)/reflex export --frontend-only --no-zip
	rm -rf site && $(if $(CLICKCOUNTER_PATH),$(BIN)/python -m clickcounter.web.front_end .web/build/client site,cp -r .web/build/client site)

dist: .venv/ready  ## build the package into dist/: a wheel with the pages inside, which needs Python alone
	REFLEX_FRONTEND_PORT=3000 REFLEX_BACKEND_PORT=3000 $(BIN)/reflex export --frontend-only --no-zip
	$(BIN)/python deploy/wheel.py .web dist

dist-check: dist .venv/ready-for-tests programs  ## install it where nothing else is, and try it as another user, read only and without a network
	$(BIN)/python -m tests.package.run dist/*.whl

container-check: .venv/ready-for-tests  ## build the images, and run what docs/deploy/containers.md says; root, Debian's Docker, five minutes
	$(BIN)/python -m tests.containers.run

docs-check: .venv/ready-for-tests programs  ## follow the pages about deploying in clean roots; root, Debian's debootstrap, half an hour
	$(BIN)/python -m tests.deploy_pages.run

clean:  ## remove everything that was installed or built; the database stays
	rm -rf .venv .bench .tools .next-reflex .upgrades .containers .roots .web .states site dist sbom-*.json assets/external assets/app/*.json assets/app/*.css clickcounter/components/*/constants.js clickcounter/components/translations

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older or missing. If you have a newer one: make run PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-pip.txt

.venv/ready: requirements.lock | .venv/bin/pip
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	touch $@

# One installation, not two: the tests' lock file holds the other one's packages, too.
.venv/ready-for-tests: requirements.lock requirements-test.lock | .venv/bin/pip
	$(BIN)/pip install --quiet --require-hashes -r requirements-test.lock
	touch .venv/ready $@

.tools/ready: requirements-tools.txt
	test -x .tools/bin/pip || $(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet -r requirements-tools.txt
	touch $@

.bench/ready: .venv/ready benchmarks/requirements.txt $(wildcard benchmarks/*_peer/package.json benchmarks/*_peer/requirements.txt)
	$(BIN)/pip install --quiet -r benchmarks/requirements.txt
	test -x .bench/channels/bin/pip || $(PYTHON) -m venv .bench/channels
	.bench/channels/bin/pip install --quiet -r benchmarks/channels_peer/requirements.txt
	mkdir -p .bench/socketio && cp benchmarks/socketio_peer/package.json .bench/socketio
	cd .bench/socketio && npm install --silent --no-audit --no-fund
	touch $@
