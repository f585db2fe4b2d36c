# The relay beside straight WAMP; see relay/bench/main.go.

.PHONY: bench

bench: build ## the table of the README, some two minutes
	go run ./relay/bench -relay build/relay
