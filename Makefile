# rawtcpcom: README.md says what it is, relay/DEVELOPING.md how to change it.
# "make run" and "make test" need no more than Go and make.

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
# The time of the commit, so that the same inputs give the same bytes.
BUILT    ?= $(shell TZ=UTC0 git log -1 --date=iso-strict-local --format=%cd 2>/dev/null || echo unknown)
STAMP    := -X rawtcpcom/relay/version.Version=$(VERSION) -X rawtcpcom/relay/version.Revision=$(REVISION) -X rawtcpcom/relay/version.Built=$(BUILT)

# The race detector needs a C compiler; CI has one.
RACE     := $(shell command -v go >/dev/null && command -v $$(go env CC 2>/dev/null) >/dev/null && echo -race)

# The relay and the status page run on a PC with macOS or Windows too. The image,
# and the tests and measurements that need network namespaces or /proc, do not.
LINUX    := -e /relay/bench -e /relay/faults -e /relay/floods -e /relay/interop

.PHONY: run build test lint go

run: build ## the relay with a simulated robot, and the page; says how to try them
	@printf '\nThe page is at http://127.0.0.1:8000\n'
	@./build/relay -simulate -data build/data -page-port 8000 & relay=$$!; \
	./build/status -http :8000 -console & status=$$!; \
	trap 'kill $$relay $$status' INT TERM; \
	wait $$relay; kill $$status 2>/dev/null; wait

build: go
	@mkdir -p build
	go build -ldflags '$(STAMP)' -o build/ ./relay ./status

test: lint ## what needs no more than Go; test-faults, test-network, test-interop and test-image have the rest
	@test -n "$(RACE)" || test -z "$$CI" || { echo "no C compiler for the race detector; apt-get install gcc libc6-dev"; exit 1; }
	@test -n "$(RACE)" || echo "no C compiler, so the race detector is left out; apt-get install gcc libc6-dev brings it in"
	go test $(RACE) $$(go list ./... | grep -v -e /relay/faults -e /relay/floods -e /relay/interop -e '/gokrazy/lan$$' -e '/gokrazy/names$$')

# gofmt is there wherever go is, though not always in the PATH.
lint: go
	@wrong=$$("$$(go env GOROOT)/bin/gofmt" -l .) || exit 1; test -z "$$wrong" || { echo "not gofmt'ed:"; echo "$$wrong"; exit 1; }
	go vet -tags image ./...
	@for os in darwin windows; do echo "GOOS=$$os go vet"; CGO_ENABLED=0 GOOS=$$os go vet $$(go list ./relay/... ./status/... | grep -v $(LINUX)) || exit 1; done
	go tool staticcheck -tags image ./...
	go run ./gokrazy/release check

# An older Go from 1.21 on fetches the one that go.mod wants by itself, where it
# may (GOTOOLCHAIN) and can; one before that stumbles over go.mod.
go:
	@need=$$(sed -n 's/^go //p' go.mod); as="install it as https://go.dev/doc/install says (Debian's own may be too old)"; \
	command -v go >/dev/null || { echo "needs Go $$need or later: there is no go in the PATH; $$as"; exit 1; }; \
	have=$$(cd / && GOTOOLCHAIN=local go version | sed 's/^go version go\([0-9.]*\).*/\1/'); \
	test "$$(printf '%s\n' "$$need" "$$have" | sort -V | head -n 1)" = "$$need" || go list -m >/dev/null 2>&1 || \
	{ echo "needs Go $$need or later: this is Go $$have ($$(command -v go)), which cannot fetch the newer one either; $$as"; exit 1; }

include relay/faults/faults.mk relay/interop/interop.mk relay/bench/bench.mk gokrazy/image.mk gokrazy/network.mk
