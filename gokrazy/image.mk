# The image of the box. Included by the Makefile at the top.
#
# make image                              build/rawtcpcom.img
# make flash DEV=/dev/sdX                 write the card in a reader
# make update HOST=rawtcpcom.local              all of it, over the network (gok update)
# make update-root HOST=rawtcpcom.local         the programs only: can be rolled back
# make release-root                       build/root.squashfs, for update-root
# make emulate                            the image in an emulated Pi; ARGS=-help says more
# make test-image                         the image, tested in an emulated Pi
# make test-image-full                    and a whole gok update in it (15 minutes)
#
# gokrazy/README.md says more.
#
# image and flash take ROUTER=ws://HOST:8080/ws, and BACKEND=otone for a robot with
# otone_backend: they go into a file of settings on the card. Without them, and for
# a box that runs, the robot is set on the box's page.

IMAGE_TOOL = go run ./gokrazy/image $(if $(ROUTER),-router=$(ROUTER)) $(if $(BACKEND),-backend=$(BACKEND))

.PHONY: image flash update update-root release-root emulate test-image test-image-full

image: go
	@mkdir -p build
	@$(IMAGE_TOOL) build build/rawtcpcom.img

flash: go
	@test -n "$(DEV)" || { echo "Which drive? make flash DEV=/dev/sdX (lsblk lists the drives)"; exit 2; }
	@$(IMAGE_TOOL) flash $(DEV)

update: go
	@test -n "$(HOST)" || { echo "Which box? make update HOST=rawtcpcom.local (its name or address)"; exit 2; }
	@$(IMAGE_TOOL) update $(HOST)

update-root: go
	@test -n "$(HOST)" || { echo "Which box? make update-root HOST=rawtcpcom.local (its name or address)"; exit 2; }
	@$(IMAGE_TOOL) push $(HOST)

release-root: go
	@mkdir -p build
	@$(IMAGE_TOOL) root build/root.squashfs

# After a change of the modules in go.mod: the image's own list of hashes.
# Those in the lists of config.json.
PROGRAMS = $(shell sed -n 's/^ *"\([a-z.]*[^"=]*\/[^"]*\)",\{0,1\}$$/\1/p' gokrazy/rawtcpcom/config.json)

.PHONY: image-pins
image-pins:
	cd gokrazy/rawtcpcom/builddir && GOOS=linux GOARCH=arm64 go list -mod=mod -deps -tags gokrazy,netgo,osusergo \
		$(PROGRAMS) github.com/gokrazy/gokrazy \
		github.com/gokrazy/kernel.rpi github.com/gokrazy/kernel.arm64 github.com/gokrazy/firmware >/dev/null

emulate: go
	@go run ./gokrazy/emulate $(ARGS)

# The tests of the emulated Pi that make test-image runs, cheapest first; all
# of them take 18 minutes on two cores, and fail after 25.
IMAGE_TESTS ?= TestImage$$|TestPowerCuts$$|TestUpdates$$

test-image: image
	@set -e; began=$$(date +%s); set -x; \
	go vet -tags image ./gokrazy/...; \
	go test -tags image -count=1 -v -run TestSameSources ./gokrazy/pack; \
	go test -tags image -count=1 -run TestAll ./gokrazy/licence; \
	go test -tags image -count=1 -v -timeout 25m -run '$(IMAGE_TESTS)' ./gokrazy/emulator; \
	{ set +x; } 2>/dev/null; echo "make test-image took $$(($$(date +%s) - began)) s"

test-image-full: image
	go test -tags image -count=1 -v -timeout 60m -run 'TestGokUpdateOnThePi$$' ./gokrazy/emulator
