# The relay beside straight WAMP; see relay/bench/main.go.

.PHONY: bench bench-crossbar

bench: build ## the tables of relay/bench/README.md, three minutes; BESIDE=relay measures another build in the same run
	go run ./relay/bench -relay build/relay $(if $(BESIDE),-beside $(BESIDE))

bench-crossbar: build interop-cache ## the same with crossbar.io as the router
	go build -o build/bench ./relay/bench
	INTEROP_CACHE=$(INTEROP_CACHE) BENCH=$(CURDIR)/build/bench RELAY=$(CURDIR)/build/relay \
		go test -count=1 -run - -bench Figures -benchtime 1x ./relay/interop
