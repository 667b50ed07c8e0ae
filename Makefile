# The verbs of the project; `make help` lists them. Every verb does the set-up that it needs.
PRESET ?= release
JOBS ?= $(shell nproc)
HOST ?= 127.0.0.1
CONNECT_PORT ?= 15002
HTTP_PORT ?= 8080
DATA_DIR ?= data
BUILD := build/$(PRESET)

.DEFAULT_GOAL := help
.PHONY: help setup configure build serve demo test fuzz bench conformance format lint record-spark interop-spark

help: ## list the verbs
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install system packages, .venv and the DuckDB library (does nothing the second time)
	@scripts/setup.sh

configure: setup
	@[ -f $(BUILD)/build.ninja ] || cmake --preset $(PRESET) >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }

build: configure ## compile build/$(PRESET); PRESET=release|debug|asan|tsan
	@ninja -C $(BUILD) -j $(JOBS)

serve: build ## start a server with its data in ./data (DATA_DIR, HOST, CONNECT_PORT, HTTP_PORT)
	@exec $(BUILD)/bin/hanok server --data-dir $(DATA_DIR) --host $(HOST) --connect-port $(CONNECT_PORT) --http-port $(HTTP_PORT)

demo: build ## run the medallion example on real flights with PySpark
	@.venv/bin/python examples/medallion/run.py

fuzz: setup ## run the fuzzers for FUZZ_SECONDS each (3600), or those of TARGETS
	@scripts/fuzz.sh $(or $(FUZZ_SECONDS),3600) $(TARGETS)

test: ## set up, build and run every test
	@scripts/test.sh

bench: build ## measure against DuckDB on the same files and check the required numbers
	@.venv/bin/python bench/run.py

conformance: build ## print the counts of the conformance suites
	@.venv/bin/python tests/conformance/run.py --all

format: setup ## format C++ and Python sources
	@git ls-files '*.cc' '*.h' | xargs -r clang-format -i
	@.venv/bin/ruff format -q .
	@.venv/bin/ruff check -q --fix .

lint: setup ## check the house rules without changing anything
	@.venv/bin/ruff check .
	@.venv/bin/python -m pytest -q tests/tidy

interop-spark: build ## Hanok and real Apache Spark + Delta write the same tables (downloads Spark and Java)
	@scripts/interop_spark.sh $(ARGS)

record-spark: setup ## record the answers of tests/sql with real Apache Spark (FILES=… for some)
	@scripts/record_spark.sh $(FILES)
