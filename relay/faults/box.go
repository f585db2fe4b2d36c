package faults

// box is what can go wrong when the box is set up: its address, its names, its
// settings.
var box = []Row{
	{"B1", "somebody sets a static address that is wrong", "nobody opens the page there: it is undone, in the file as well, and the page says so", "90 s", "gokrazy/lan.TestAddressFromThePage"},
	{"B2", "the static address is another machine's", "it is not taken; the page tells the other's hardware address", "at once", "gokrazy/lan.TestTrialOfAnAddressThatIsTaken"},
	{"B3", "the power is cut before, in or after the trial of a static address", "the settings from before, whole; where the next start undoes it, the page says so", "with the next start, or the end of its trial", "gokrazy/lan.TestPowerCutAtAnyInstantOfATrial"},
	{"B4", "there is no DHCP server", "a link-local address, while DHCP is asked for; a server that comes later wins", "within 15 s", "gokrazy/lan.TestNoServerAndOneThatComesLater"},
	{"B5", "the DHCP server gives an address that another machine has", "it is declined, and the next one taken", "with the next offer", "gokrazy/lan.TestLeaseOfAnotherMachine"},
	{"B6", "a link-local address is somebody else's, at first or later", "another one", "with the next candidate", "gokrazy/lan.TestLinkLocalConflicts"},
	{"B7", "the cable is out for a while", "nothing: address and connections are kept", "with the cable", "gokrazy/lan.TestCable"},
	{"B8", "the program that keeps the address is killed", "nothing: it goes on where it was", "when it is started again", "gokrazy/lan.TestKilled"},
	{"B9", "a second box without a name of its own joins the network", "the first keeps its names; the second has its own only; the pages of both say so", "with a name in its settings", "gokrazy/names.TestSecondBoxGetsAName"},
	{"B10", "the box with the plain name is away", "the other does not take the name, for programs that use it would move the other robot", "when it is back", "gokrazy/names.TestSecondBox"},
	{"B11", "two networks are joined that have a box of that name each", "one gives way and says so", "within 30 s", "gokrazy/names.TestJoined"},
	{"B12", "the address changes, or the cable comes late", "the names lead to the new one", "seconds", "gokrazy/names.TestAddressChanges"},
	{"B13", "a file of settings has a mistake: unknown names, bad values, no TOML", "nothing changes; each mistake is told with line and remedy", "-", "gokrazy/settings.TestBadFiles"},
	{"B14", "the file of the settings in force is damaged", "those before are in force, and it is said", "with the next change", "gokrazy/settings.TestADamagedFile"},
	{"B15", "the program of the page is killed while it saves settings", "the old ones or the new, whole; the password lets in", "with the next start", "status.TestKilledWhileThePageSaves"},
	{"B16", "the program is killed while it takes a stick's file", "the old ones or the new, whole; the next start takes the file", "with the next start", "gokrazy/stick.TestKilled"},
	{"B17", "the stick is full", "the settings are taken; no half result stays on it, and the page says so", "-", "gokrazy/stick.TestFullStick"},
	{"B18", "the power is cut while a file is written", "the old file or the new", "with the next start", "durable.TestPowerCutLeavesTheOldFileOrTheNew"},
	{"B19", "the password is lost", "a stick with an empty file `rawtcpcom-reset` makes the box as new", "at once", "gokrazy/stick/intake.TestReset"},
	{"B20", "the same, without a stick", "the page, within ten minutes of power-on", "at once", "status/password.TestWhoMayDoWhat"},
	{"B21", "somebody guesses the password, from one address or many", "each attempt waits longer, up to 30 s; who knows it gets in within seconds", "-", "status/password.TestFloodOfAttempts"},
	{"B22", "no time server answers", "the clock does not stand before the build's time; it is said that it is not set", "with a server", "gokrazy/clock.TestFloor"},
	{"B23", "the card of a box is flashed anew, and no robot is named", "the settings stay, the robot's address too", "-", "gokrazy/image.TestFlashedCardKeepsItsSettings"},
}
