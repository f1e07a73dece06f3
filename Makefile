# Two commands: `make run` and `make test`. The rest is for those who work on it.
PYTHON ?= python3
PORT ?= 3000
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run dev test pytest next-reflex chaos bench bench-quick components outbox lint export clean

run: .venv/ready  ## serve http://localhost:3000 (PORT=… for another port)
	$(BIN)/python -m clickcounter upgrade
	$(BIN)/reflex run --env prod --single-port --frontend-port $(PORT)

dev: .venv/ready  ## the same, reloading at each change, on 3000 and 8000
	$(BIN)/reflex run

test: .venv/ready-for-tests  ## everything CI holds
	$(BIN)/python tests/needs.py
	$(MAKE) -j3 pytest lint components

pytest: .venv/ready-for-tests  ## what needs browsers and servers; the other two run in the gaps that its waits leave
	$(BIN)/pytest

next-reflex: .venv/ready-for-tests  ## install the newest Reflex in a folder of its own and say what it would break
	$(BIN)/python -m tests.next_reflex

chaos: .venv/ready-for-tests  ## 100 faults, 100,000 clicks; SEED=… repeats a run; WORKERS=3 has PostgreSQL, Redis and nginx
	$(BIN)/python tests/needs.py
	$(BIN)/python -m tests.chaos.run --clicks 100000 --browser-clicks 10000 --faults 100 --workers $(or $(WORKERS),1) $(if $(SEED),--seed $(SEED))

bench: .bench/ready  ## beside Socket.IO, Django Channels and rx.SharedState, on this machine
	$(BIN)/python -m benchmarks

bench-quick: .bench/ready  ## a taste of it
	$(BIN)/python -m benchmarks quick

components: .venv/ready-for-tests  ## the browser's part that needs no browser
	nice $(BIN)/node --test --test-concurrency=2 $(wildcard tests/components/*.test.mjs)

outbox: components  ## and the searches of the outbox that take minutes
	$(BIN)/node --test tests/components/long.mjs

lint: .venv/ready-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	nice $(BIN)/mypy
	$(BIN)/lint-imports

export: .venv/ready  ## the static front end, into site/ (REFLEX_API_URL=… is where the back end will be)
	$(BIN)/reflex export --frontend-only --no-zip
	rm -rf site && cp -r .web/build/client site

clean:
	rm -rf .venv .bench .next-reflex .web .states site assets/external

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is not. If there is one: make run PYTHON=python3.12" >&2; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

.venv/ready-for-tests: .venv/ready requirements-test.txt
	$(BIN)/pip install --quiet -r requirements-test.txt
	touch $@

.bench/ready: .venv/ready benchmarks/requirements.txt $(wildcard benchmarks/*_peer/package.json benchmarks/*_peer/requirements.txt)
	$(BIN)/pip install --quiet -r benchmarks/requirements.txt
	test -x .bench/channels/bin/pip || $(PYTHON) -m venv .bench/channels
	.bench/channels/bin/pip install --quiet -r benchmarks/channels_peer/requirements.txt
	mkdir -p .bench/socketio && cp benchmarks/socketio_peer/package.json .bench/socketio
	cd .bench/socketio && npm install --silent --no-audit --no-fund
	touch $@
