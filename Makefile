# Two commands do everything: `make run` (the pipeline) and `make test`. Both make .venv first, where it is missing.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run test test-long lint bench lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	muvisync run

test: $(VENV)/.installed
	python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not long"

# A week of the scheduled job, a remote on S3, the documents' commands, killed trainings: each takes minutes.
test-long: $(VENV)/.installed
	python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m long

lint: $(VENV)/.installed
	ruff check src flows tests benchmarks
	ruff format --check src flows tests benchmarks

bench: $(VENV)/.installed
	python -m benchmarks

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" \
		|| { echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "installing into $(VENV), some gigabytes; this happens once"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --python $(BIN)/python --no-deps -r requirements.lock
	$(BIN)/uv pip install --python $(BIN)/python --no-deps --editable .
	touch $@

# The markers that hold on every machine we support are dropped: names and versions are what people read here.
lock:
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
		--no-header --no-annotate --quiet --output-file requirements.lock
	sed -i -e "s/python_full_version < '3.12' and //g; s/ ; sys_platform != 'win32'$$//; s/ and sys_platform != 'win32'//g" \
		requirements.lock

clean:
	rm -rf data/download data/transcribe data/video data/dataset data/ledger data/cache models/amt models/rhythm \
		reports/*/ reports/index.html
