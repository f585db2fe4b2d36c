# The image of the box. Included by the Makefile at the top.
#
# make image [ROUTER=ws://HOST:8080/ws]   build/rawtcpcom.img
# make flash DEV=/dev/sdX [ROUTER=...]    write the card in a reader
# make update HOST=rawtcpcom              all of it, over the network (gok update)
# make update-root HOST=rawtcpcom         the programs only: can be rolled back
# make release-root                       build/root.squashfs, for update-root
# make emulate                            the image in an emulated Pi
# make test-image                         the image, tested in an emulated Pi
# make test-image-full                    and a whole gok update in it (9 minutes)

IMAGE_TOOL = go run ./gokrazy/image $(if $(ROUTER),-router=$(ROUTER))

.PHONY: image flash update update-root release-root emulate test-image test-image-full

image:
	@mkdir -p build
	@$(IMAGE_TOOL) build build/rawtcpcom.img

flash:
	@test -n "$(DEV)" || { echo "Which drive? make flash DEV=/dev/sdX (lsblk lists the drives)"; exit 2; }
	@$(IMAGE_TOOL) flash $(DEV)

update:
	@test -n "$(HOST)" || { echo "Which box? make update HOST=rawtcpcom (its name or address)"; exit 2; }
	@$(IMAGE_TOOL) update $(HOST)

update-root:
	@test -n "$(HOST)" || { echo "Which box? make update-root HOST=rawtcpcom (its name or address)"; exit 2; }
	@$(IMAGE_TOOL) push $(HOST)

release-root:
	@mkdir -p build
	@$(IMAGE_TOOL) root build/root.squashfs
