package faults

var clients = []Row{
	{"C1", "a client does not read what it is sent", "it is closed, reason `slow`; nobody else waits", "at once for the others", "faults.TestSlowClientIsClosedAlone"},
	{"C2", "a client sends faster than the router takes", "TCP slows it down; all arrives, in order", "with the router", "faults.TestFloodIsHeldBack"},
	{"C3", "the same, with large messages", "held back by bytes in flight, not by their number", "with the router", "hub.TestFloodOfLargeMessagesIsHeldBackByTheirSize"},
	{"C4", "a client is closed while it is held back", "what waits is answered `refused`, then the reason", "2 s", "hub.TestClientThatIsHeldBackCanBeClosed"},
	{"C5", "a stop behind a backlog", "`halt` and `clear_queue` pass it; what they overtook is `refused` and never sent after", "at once", "hub.TestStopOvertakesAndNothingFollows"},
	{"C6", "a pulled cable, with or without data under way", "the connection is closed, reason `lost`; its id is free", "within 60 s (measured: 46 s)", "faults.TestPulledCable"},
	{"C7", "the kernel gives a dead peer up", "reason `lost`, not `slow` or `idle`", "at once", "tcp.TestDeadPeerIsLost"},
	{"C8", "a client vanishes: reset, closed, or in the middle of a message", "half a message is none; its id is lent again", "1 s", "faults.TestClientsThatVanish"},
	{"C9", "a client closes its sending side only", "its last commands are sent and answered, or refused", "1 s", "hub.TestHalfClosedClientIsAnswered"},
	{"C10", "feedback comes late, for a client that has left", "the next owner of the id does not get it", "the id rests 0.5 s", "hub.TestLateFeedbackDoesNotReachTheNextOwner"},
	{"C11", "a reply on the topic of a client that has left", "nobody gets it", "-", "hub.TestReplyOnTheTopicOfAClientThatLeftReachesNobody"},
	{"C12", "a client that commanded the robot is gone (`-on-disconnect`)", "nothing, `clear_queue`, or that and `halt` is published", "at once", "faults.TestOnDisconnect"},
	{"C13", "the same while the router is away", "logged; the stop is never kept for later", "-", "hub.TestStopForAGoneClientIsNotKeptOverAnOutage"},
	{"C14", "bad JSON, too large, unknown topic and so on", "one error line each, with a code; the connection stays", "next message", "relaytest.TestErrorCodes"},
}

var access = []Row{
	{"A1", "a stranger connects (`-allow`)", "closed before anything is read; logged", "-", "faults.TestStrangersAreNotRead"},
	{"A2", "a stranger asks the state API", "403", "-", "relaytest.TestAllow"},
	{"A3", "too many connections, from one address or in all", "`failed`, with the number and what to do; closed", "when one closes", "faults.TestConnectionLimits"},
	{"A4", "one over a limit speaks before it listens", "it is told all the same", "-", "tcp.TestDenialReachesWhoSpeaksFirst"},
	{"A5", "more clients than ids (`-max-clients`)", "`failed` and `busy`, with the reason; closed", "when one leaves", "relaytest.TestTooManyClients"},
	{"A6", "a client connects and says nothing (`-idle-timeout`)", "told why, closed, reason `idle`", "the timeout", "faults.TestIdleClientIsClosedWhereThatIsSet"},
	{"A7", "a handshake that does not end (`-handshake-timeout`)", "what waits is refused, told why, closed", "the timeout", "faults.TestHandshakeTimeout"},
	{"A8", "two clients command at once (`-exclusive`)", "the second is refused and told who holds control; its stop passes", "when the first leaves", "faults.TestExclusiveControl"},
}

var router = []Row{
	{"R1", "the router refuses connections", "commands: `router_down`, with the reason", "within 6 s of its return", "faults.TestRouterThatRefusesOrNeverAnswers"},
	{"R2", "it accepts TCP and never answers", "\"no answer within 10s\"", "within 6 s of its return", "faults.TestRouterThatRefusesOrNeverAnswers"},
	{"R3", "it dies with messages in flight", "`outcome_unknown` for each, in order; none is sent again; the rest `router_down`", "1 s", "faults.TestRouterDiesWithMessagesInFlight"},
	{"R4", "it resets in the middle of a message", "each message published once, or answered", "1 to 5 s", "faults.TestRouterResetsMidMessage"},
	{"R5", "it freezes, at rest or under load", "noticed; commands: `router_down`", "noticed within 15 s (measured: 12 s)", "faults.TestRouterFreezes"},
	{"R6", "it is frozen when the relay stops", "clients are answered and told; exit 0", "2 s", "faults.TestStopWithFrozenRouter"},
	{"R7", "it flaps", "as R3, each time; no slot is lost", "5 s", "faults.TestRouterFlaps"},
	{"R8", "it restarts under load", "nothing comes twice, late or out of order; new handshake", "2 s", "faults.TestRouterRestartsUnderLoad"},
	{"R9", "no WAMP sub-protocol, 404, 500, no HTTP, TLS where none is expected", "what it answered and what to check", "within 6 s of a router there", "faults.TestWhatIsNoRouter"},
	{"R10", "ABORT, GOODBYE, a refused subscription, rubbish", "the router's own reason", "within 6 s", "faults.TestWhatIsNoRouter"},
	{"R11", "errors of a lost session", "in the order of the messages", "-", "hub.TestErrorsOfALostSessionComeInOrder"},
	{"R12", "no meta API, or it is denied", "presence is found by handshakes that take no slot", "10 s", "hub.TestPresenceWithoutTheMetaAPI"},
	{"R13", "a handshake's answer comes between two sessions", "nothing; the next session shakes hands anew", "-", "hub.TestHandshakeBetweenSessions"},
	{"R14", "any bytes whatever from the router", "left aside and logged, or the session ends; no crash", "1 s", "session.FuzzDispatch"},
	{"R20", "it freezes while commands come, alone or with the driver", "what follows half a second without an acknowledgement waits, and is refused with `router_down`; of ten commands a second, at most 16 are carried out late", "with its next answer", "faults.TestFrozenRouterGetsFewCommands"},
	{"R21", "it never acknowledges one message", "commands wait for a look at most, and go on", "milliseconds, twice a second", "hub.TestAcknowledgementThatNeverComes"},
}

var secured = []Row{
	{"S1", "TLS with an authority of one's own (`-router-ca`)", "it works", "-", "faults.TestRouterOverTLS"},
	{"S2", "another authority, expired, another host, no TLS", "said, with the remedy", "when mended", "faults.TestRouterWithABadCertificate"},
	{"S3", "ticket or wampcra", "it works; the secret is nowhere in the log", "-", "faults.TestRouterWithASecret"},
	{"S4", "a wrong secret", "\"authentication failed\", naming the flags", "tried again after 15 to 30 s", "faults.TestWrongSecretIsSaidAndRetriedSlowly"},
}

var driver = []Row{
	{"D1", "the driver is absent at start", "commands: `driver_absent`; handshaken when it comes", "at once", "hub.TestClientBeforeDriverIsHandshakenWhenItComes"},
	{"D2", "it restarts under load, with a new id", "every client is handshaken again and told", "within 20 s", "faults.TestDriverRestartsUnderLoad"},
	{"D3", "it restarts while commands wait", "those are refused: the new one does not know where the robot stands", "at once", "hub.TestDriverStartedAnewGetsNothingThatWaited"},
	{"D4", "it is joined but silent", "`driver_absent`, after a probe that moves nothing and takes no slot", "noticed within 16 s; back within 5 s", "faults.TestWedgedDriver"},
	{"D5", "it never answers a handshake", "`driver_absent` for what waited", "3 s; asked again every 5 s", "hub.TestDriverThatNeverAnswersIsAbsent"},
	{"D6", "it is full", "`failed`, its own line, and what to do", "when it is started anew", "faults.TestFullDriverStartedAnew"},
	{"D7", "it is started anew and the router does not tell", "who was refused is asked for again", "10 s", "hub.TestRefusedClientGetsTheSlotOfADriverStartedAnew"},
	{"D8", "another front end is refused during a probe", "nothing: who holds a slot is not refused", "-", "hub.TestRefusalOfAnotherFrontEndIsNotOurs"},
	{"D9", "it answers late", "the answer is taken", "with the answer", "hub.TestDriverThatAnswersLate"},
	{"D10", "it answers twice", "both lines; no second handshake", "-", "hub.TestDriverThatAnswersTwice"},
	{"D11", "its answer is for a client that has left", "nobody else gets it", "-", "hub.TestAnswerForAClientThatHasLeft"},
	{"D12", "invalid JSON, `NaN`, no argument, two, no string, keywords, `ppt_scheme`, 8 MiB", "passed on as it is, or `bad_message` to whom it was for", "next event", "faults.TestDriverSendsNonsense"},
	{"D13", "two drivers on one router", "handshakes no more than once a second each; commands refused", "when one is stopped", "hub.TestTwoDriversMakeNoStorm"},
	{"D14", "it may have been replaced", "commands wait for a probe; a stop does not", "milliseconds", "hub.TestDoubtHoldsCommandsButNoStop"},
	{"D15", "it dies, and the router does not tell", "`outcome_unknown` for what the router took since its last sign of life; then `driver_absent`", "noticed within 4 s of a command", "hub.TestRobotGoesWithoutASignOfLife"},
	{"D16", "any payload whatever", "no crash; handshakes go on", "-", "hub.FuzzEvent"},
	{"D17", "it freezes while commands come", "what follows half a second without a sign of life waits, a stop does not; `driver_absent` after 3 s, or 0.8 s where more than eight wait, then at once", "with its first sign of life", "faults.TestFrozenDriverGetsFewCommands"},
	{"D18", "it, the router or both freeze, again and again, for any time", "of ten commands a second, at most 16 are carried out late", "with the first sign of life", "hub.TestFrozenPeerGetsFewCommands"},
	{"D19", "it answers no command, and is there", "nobody waits: it is asked after a quarter of a second", "-", "hub.TestHealthyPeerMakesNobodyWait"},
	{"D20", "it is back after a silence, and commands were left unheard (`-after-silence`)", "`clear_queue` goes out first, or that and `halt`; every client is told", "at once", "hub.TestAfterSilence"},
	{"D21", "the same in a later session, however much later", "the same; a driver that was started anew is not told", "at once", "hub.TestAfterSilenceInALaterSession"},
	{"D22", "labware or the bootstrapper freezes", "as D17", "with its first sign of life", "hub.TestFrozenServiceGetsFewCommands"},
}

// later is the robot of -backend otone, where it differs from the driver.
var later = []Row{
	{"L1", "the later robot is absent, or has restarted", "`driver_absent`; told anew when it is ready, and what was meant for the one before is refused", "at once", "relaytest.TestLaterCommandsAreNotKeptWhileRobotIsAway"},
	{"L2", "it is subscribed and does not answer `browser_ready`", "`driver_absent` for what waited; a stop goes out all the same", "3 s; asked again every 5 s", "relaytest.TestLaterRobotThatIsDeaf"},
	{"L3", "it says that it is not ready", "`driver_absent`, saying so", "when it says that it is", "relaytest.TestLaterRobotThatIsNotReady"},
	{"L4", "it dies after a command that it did not answer", "`outcome_unknown`", "at once", "relaytest.TestLaterRobotGoesWithoutASignOfLife"},
	{"L5", "its router restarts", "`router_down`; told anew when the robot is ready", "2 s", "relaytest.TestLaterRouterRestart"},
	{"L6", "robot and router come and go under load", "every message published once, or answered", "-", "relaytest.TestLaterLosesNoCommand"},
	{"L7", "it freezes while commands come", "as D17; `eraseJob` goes out first when it is back, or that and `M112`", "with its first sign of life", "faults.TestFrozenLaterRobotGetsFewCommands"},
	{"L8", "it answers nothing for a second (`home`)", "what follows waits; nothing is refused", "with the answer", "faults.TestLaterRobotThatIsBusyForASecond"},
	{"L9", "its session is lost with a command of unknown outcome", "`eraseJob` goes out before anybody is told that it is there", "at once", "faults.TestLaterRobotAfterALostSession"},
}

var program = []Row{
	{"P1", "a panic while a client is handled", "that client is told and closed, reason `panicked`", "connect again", "tcp.TestPanicEndsThatClientAlone"},
	{"P2", "a panic while a session is handled", "the session ends, is logged, and is joined anew", "1 s", "session.TestPanicEndsTheSessionAlone"},
	{"P3", "the way of the messages stands still", "the process ends with all stacks, to be started again", "30 to 35 s", "guard.TestStallIsNoticed"},
	{"P4", "the relay is stopped", "each message answered, clients told, exit 0", "2 s", "faults.TestStopWithFrozenRouter"},
	{"P5", "a corrupt pool file", "set aside and replaced; said in the log", "at once", "relaytest.TestCorruptPoolFile"},
	{"P6", "all of it at random", "every message published once or answered; goroutines and memory as before", "-", "faults.TestSoak"},
}
