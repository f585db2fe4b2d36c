module gokrazy/build/rawtcpcom

go 1.26.8

require (
	github.com/gokrazy/firmware v0.0.0-20260522070551-527ce0ed43cf
	github.com/gokrazy/gokrazy v0.0.0-20260703061218-a4a45a20149d
	github.com/gokrazy/kernel.arm64 v0.0.0-20260705071517-37841c4d6ff1 // for tests on the virt board of QEMU only
	github.com/gokrazy/kernel.rpi v0.0.0-20251127164438-9778ec0261de
	rawtcpcom v0.0.0
)

replace rawtcpcom => ../../../
