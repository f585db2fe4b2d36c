# The box's address and its names, in network namespaces, beside a DHCP server and
# avahi of Debian's: two minutes. They need root and
# apt-get install --no-install-recommends iproute2 dnsmasq-base dbus avahi-daemon avahi-utils

.PHONY: test-network
test-network: ## the box's address and its names
	go test $(RACE) -count=1 -timeout 10m -parallel 16 ./gokrazy/lan
	go test -count=1 -timeout 10m -parallel 12 ./gokrazy/names
