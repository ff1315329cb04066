# Everything runs in .venv, which is built on first use from pinned versions (constraints.txt).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test check types evals format selfcheck browser scale thorough harnesses harness-tests docs bench-turns bench-known bench-intervals \
        bench-error-rates bench-table bench-estimates bench-report bench-stopping bench-faults bench-kill bench-plan bench-live \
        bench-growth bench-judges bench-importing clean

help:
	@echo "make demo         a complete first run with scripted critics (about a minute)"
	@echo "make test         check, then all tests"
	@echo "make check        lint, format, strict types, floors"
	@echo "make format       put the code into its format"
	@echo "make selfcheck    every scripted critic through every scenario"
	@echo "make browser      a report in real Chromium, from disk, without a network (installs what it needs)"
	@echo "make thorough     the tests that take long: more kills, budgets, harnesses, ways by shell (before a release)"
	@echo "make scale        the same study by every executor: Ray, Slurm jobs, this machine (installs what it needs)"
	@echo "make harnesses    the sandbox and the production harnesses at exact versions (installs what they need)"
	@echo "make harness-tests   real shells and real harnesses with scripted critics (after make harnesses)"
	@echo "make docs         write docs/names.md, docs/stimuli.md and docs/trials-table.md anew"
	@echo "make bench-turns  CPU per turn beside a bare Inspect loop and react()"
	@echo "make bench-known  2,000 trials of known propensities, known beside estimated"
	@echo "make bench-intervals, bench-error-rates   simulated coverage and error rates (docs/methods.md)"
	@echo "make bench-stopping  stopping by a rule against fixed sizes (docs/methods.md)"
	@echo "make bench-faults, bench-kill   2,000 trials through faulty providers; runs that are killed and gone on with"
	@echo "make bench-plan, bench-live, bench-growth   a plan; many trials at once; a trial's cost as a run grows"
	@echo "make bench-judges, bench-importing   judges on the gold set; what an import of transcripts costs"
	@echo "make bench-table, bench-estimates, bench-report   cost of logs to table, of all estimates, of a report"

$(STAMP): pyproject.toml constraints.txt tools/make_venv.sh
	@PYTHON="$(PYTHON)" sh tools/make_venv.sh $(VENV)
	@PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@

demo: $(STAMP)
	@$(BIN)/peerward demo

test: check
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal tests

# The two that take a minute each run side by side.
check: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j2 types evals
	@$(BIN)/python -m pytest tests/test_house.py

types: $(STAMP)
	@$(BIN)/mypy

evals: $(STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/inspect-evals-lint --all --output-format json >.evals.json || \
	    { PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/inspect-evals-lint --all; exit 1; }
	@rm -f .evals.json; echo "inspect-evals-lint: no rule is broken"

format: $(STAMP)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

browser: $(STAMP)
	@sh tools/install_browser.sh
	@PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --editable ".[browser]"
	@$(BIN)/python -m pytest -p no:cacheprovider --numprocesses auto --dist loadfile browser_tests

thorough: $(STAMP)
	@$(BIN)/python -m pytest -m thorough --numprocesses auto --dist worksteal tests
	@PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --editable ".[dev,scout]"
	@$(BIN)/python -m pytest tests/interop/test_scanners.py
	@$(BIN)/python -m pytest -m thorough -p no:cacheprovider --numprocesses auto --dist loadfile harness_tests

scale: $(STAMP)
	@PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --editable ".[dev,ray,slurm]"
	@$(BIN)/python -m pytest -p no:cacheprovider scale_tests

harnesses: $(STAMP)
	@if [ -f tools/install_sandbox.sh ]; then sh tools/install_sandbox.sh; fi
	@sh tools/install_harnesses.sh
	@PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --editable ".[dev,harness]"

harness-tests: $(STAMP)
	@$(BIN)/python -m pytest -p no:cacheprovider --numprocesses auto --dist loadfile harness_tests

selfcheck: $(STAMP)
	@$(BIN)/peerward selfcheck

docs: $(STAMP)
	@$(BIN)/python tools/write_docs.py

bench-turns: $(STAMP)
	@$(BIN)/python benchmarks/turns.py

bench-known: $(STAMP)
	@$(BIN)/python benchmarks/known.py

bench-intervals: $(STAMP)
	@$(BIN)/python benchmarks/intervals.py

bench-error-rates: $(STAMP)
	@$(BIN)/python benchmarks/error_rates.py

bench-table: $(STAMP)
	@$(BIN)/python benchmarks/table.py

bench-estimates: $(STAMP)
	@$(BIN)/python benchmarks/estimates.py

bench-faults: $(STAMP)
	@$(BIN)/python benchmarks/faults.py

bench-report: $(STAMP)
	@$(BIN)/python benchmarks/report.py

bench-stopping: $(STAMP)
	@$(BIN)/python benchmarks/stopping.py

bench-kill: $(STAMP)
	@$(BIN)/python benchmarks/kill.py

bench-plan: $(STAMP)
	@$(BIN)/python benchmarks/plan.py

bench-live: $(STAMP)
	@$(BIN)/python benchmarks/live.py

bench-growth: $(STAMP)
	@$(BIN)/python benchmarks/growth.py

bench-judges: $(STAMP)
	@$(BIN)/python benchmarks/judges.py

bench-importing: $(STAMP)
	@$(BIN)/python benchmarks/importing.py

clean:
	rm -rf $(VENV)
