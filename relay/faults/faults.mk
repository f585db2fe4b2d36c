# The fault suite: real peers, real time. It takes about a minute, in which the
# tests mostly wait side by side, and 60 s more for the soak where CI is set.
# The floods follow, two minutes, alone and without the race detector, which
# would keep them from being floods.
# The box's names come last, in network namespaces with Debian's avahi: a minute.
# "make test-faults SOAK=10m" soaks for longer. TestPulledCable and the names need
# root and the ip command (apt-get install iproute2), the names avahi as well
# (apt-get install --no-install-recommends dbus avahi-daemon avahi-utils).

SOAK ?=

.PHONY: test-faults
test-faults: ## what becomes of messages when things go wrong
	go test $(RACE) -count=1 -timeout 40m -parallel 12 ./relay/faults ./relay/hub ./relay/tcp ./relay/session ./relay/link ./relay/panics ./relay/stall
	go test -count=1 -timeout 10m -v ./relay/floods
	go test -count=1 -timeout 10m -parallel 12 ./gokrazy/names
	$(if $(SOAK),go test $(RACE) -count=1 -timeout 2h -v -run TestSoak ./relay/faults -soak $(SOAK))
