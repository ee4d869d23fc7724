# Two commands: `make run` starts the console, `make demo` proves that it works. `make test` and `make lint` check it.
# PYTHON=/path/to/python3.12 chooses the interpreter, VENV=folder another place for the virtual environment.
# All tests are run by several processes at once; TESTS="tests/jobs -k stop" is for pytest, in one process.

VENV ?= .venv
export VENV
RUN := "$(VENV)/bin/python"

.PHONY: help run demo test lint

help:
	@echo "make run    start the console (PORT, DATA_DIR and WORKERS are environment variables)"
	@echo "make demo   run the example search from start to end on a temporary data directory"
	@echo "make test   run all tests, those in the browser included (TESTS=tests/jobs: only those)"
	@echo "make lint   run the static checks"

run:
	@sh scripts/install.sh requirements.txt
	@exec $(RUN) manage.py up

demo:
	@sh scripts/install.sh requirements.txt
	@exec $(RUN) manage.py up --demo

test:
	@sh scripts/install.sh requirements-dev.txt
	@sh scripts/install-chromium.sh
	@sh scripts/install-bubblewrap.sh
	@exec $(RUN) -m pytest $(or $(TESTS),-n auto --dist worksteal)

lint:
	@sh scripts/install.sh requirements-dev.txt
	@sh scripts/lint.sh
