package faults

var clients = []Row{
	{"C1", "a client does not read what it is sent", "it is closed, reason `slow`; nobody else waits", "at once for the others", "faults.TestSlowClientIsClosedAlone"},
	{"C2", "a client sends faster than the router takes", "TCP slows it down; all arrives, in order", "with the router", "faults.TestFloodIsHeldBack"},
	{"C3", "the same, with large messages", "held back by bytes in flight, not by their number", "with the router", "hub.TestFloodOfLargeMessagesIsHeldBackByTheirSize"},
	{"C4", "a client is closed while it is held back", "what waits is answered `refused`, then the reason", "2 s", "hub.TestClientThatIsHeldBackCanBeClosed"},
	{"C5", "a stop behind a backlog", "`halt` and `clear_queue` pass it; what they overtook is `refused` and never sent after", "at once", "hub.TestStopOvertakesAndNothingFollows"},
	{"C6", "a pulled cable, with or without data under way", "the connection is closed, reason `lost`; its id is free", "within 60 s (measured: 46 s)", "faults.TestPulledCable"},
	{"C7", "the kernel gives a dead peer up", "reason `lost`, not `slow` or `idle`", "at once", "tcp.TestDeadPeerIsLost"},
	{"C8", "a client vanishes: reset, closed, or in the middle of a message", "half a message is dropped; its id is lent again", "1 s", "faults.TestClientsThatVanish"},
	{"C9", "a client closes its sending side only", "its last commands are sent and answered, or refused", "1 s", "hub.TestHalfClosedClientIsAnswered"},
	{"C10", "feedback comes late, for a client that has left", "the next owner of the id does not get it", "the id rests 0.5 s, or 5 s where the driver has not said that its queue is empty", "hub.TestLateFeedbackDoesNotReachTheNextOwner"},
	{"C11", "a reply on the topic of a client that has left", "nobody gets it", "-", "hub.TestReplyOnTheTopicOfAClientThatLeftReachesNobody"},
	{"C12", "a client that commanded the robot is gone (`-on-disconnect`)", "nothing, `clear_queue`, or that and `halt` is published", "at once", "faults.TestOnDisconnect"},
	{"C13", "the same while the router is away", "logged; the stop is never kept for later", "-", "hub.TestStopForAGoneClientIsNotKeptOverAnOutage"},
	{"C14", "bad JSON, too large, unknown topic and so on", "one error line each, with a code; the connection stays", "next message", "relaytest.TestErrorCodes"},
	{"C15", "a client that only asked leaves, or one that commanded leaves while another runs (`-on-disconnect`)", "nothing is published for the first; for the second, every other client is told who left and what was published, and what it has waiting is `refused`", "at once", "faults.TestStopForAGoneClientStopsNoMoreThanItMust"},
	{"C16", "a queue runs on for a client that has left", "a newcomer gets another id, and hears nothing of it", "the id rests until the queue has ended", "faults.TestFeedbackOfAQueueThatRunsOnReachesNobody"},
	{"C17", "the same, and no other id is free", "a newcomer gets the id and is told why it `waits`; its handshake follows, its commands are answered `busy`, its stop passes", "with the end of the queue", "faults.TestNewcomerWaitsForTheOnlyID"},
	{"C18", "the relay is restarted meanwhile", "as C16; after a relay that died, as C17 for every id, until 5 s without feedback", "with the end of the queue", "faults.TestBusyIDRestsAfterARestart"},
	{"C19", "the router is away meanwhile", "the id rests until it was heard for 30 s, or its queue's end was", "30 s", "hub.TestRestGoesOnOverAnOutage"},
	{"C20", "a flood of any kind, or all at once (1 MB stops, small stops, types, data, rubbish, half frames, connections, slow readers), at a frozen, slow or healthy router", "the relay stays within 64 MiB (measured: 45), and serves the next client", "with the router", "floods.TestMemoryUnderFloods"},
	{"C21", "others flood while a client stops the robot", "its stop passes", "at once, at a healthy router", "floods.TestStopPassesWhileOthersFlood"},
	{"C22", "a client loops stops at a router that takes none", "with 16 unanswered it is read no further; nobody else's stop waits", "with the router", "hub.TestFloodOfStopsIsHeldBack"},
	{"C23", "clients come, send much and leave", "what they left under way counts against the next; a stop passes", "with the router", "hub.TestWhatClientsLeaveBehindCounts"},
	{"C24", "many half messages at once", "eight large ones are received at a time; a small one, and so a stop, never waits", "when one is whole, or its client gone", "frame.TestLargeFramesTakeTurns"},
	{"C25", "a stop over 4 KiB, a `type` over 256 bytes, over 100 commands in one message", "`too_large`, saying that the robot is not stopped; `bad_message`", "next message", "wire.TestWhatIsAbsurdlyLargeIsRefused"},
	{"C26", "`NaN` or infinity among any number of blanks", "`refused`", "next message", "wire.TestWhatIsNoPlaceToMoveToIsRefused"},
}

var access = []Row{
	{"A1", "a stranger connects (`-allow`)", "closed before anything is read; counted and logged", "-", "faults.TestStrangersAreNotRead"},
	{"A2", "a stranger asks the state API", "403", "-", "relaytest.TestAllow"},
	{"A3", "too many connections, from one address or in all", "`failed` and `busy`, with the number and what to do; closed", "when one closes", "faults.TestConnectionLimits"},
	{"A4", "one over a limit speaks before it listens", "it is told all the same", "-", "tcp.TestDenialReachesWhoSpeaksFirst"},
	{"A5", "more clients than ids (`-max-clients`)", "`failed` and `busy`, with the reason; closed", "when one leaves", "relaytest.TestTooManyClients"},
	{"A6", "a client connects and says nothing (`-idle-timeout`)", "told why, closed, reason `idle`", "the timeout", "faults.TestIdleClientIsClosedWhereThatIsSet"},
	{"A7", "a handshake that does not end (`-handshake-timeout`)", "what waits is refused, told why, closed", "the timeout", "faults.TestHandshakeTimeout"},
	{"A8", "two clients command at once (`-exclusive`)", "the second is refused and told who holds control; its stop passes", "when the first leaves", "faults.TestExclusiveControl"},
	{"A9", "a web page has a browser of the lab send commands (HTTP, WebSocket)", "`400` with the address of the web page; nothing is handed on, no id is taken; reason `not_our_protocol`", "-", "faults.TestBrowserIsTurnedAway"},
	{"A10", "the same over TLS or TURN, or other binary", "`failed` and `refused`, naming what came; as above", "-", "faults.TestBinaryIsTurnedAway"},
	{"A11", "any first line whatever, in any pieces", "what is a browser's is never handed on", "-", "stranger.FuzzBrowser"},
	{"A12", "a browser speaks late, or HTTP comes after messages", "told, closed, reason `not_our_protocol`", "-", "tcp.TestLateStrangerIsExpelled"},
	{"A13", "a person types rubbish", "`bad_json`; the next message is obeyed", "next message", "faults.TestPersonIsAnsweredAndServed"},
	{"A14", "a foreign site points its name at the state API", "421; nothing is read, nobody is closed", "-", "faults.TestStateAPIIsForItsOwnNamesOnly"},
	{"A15", "260 idle connections to the state API, at 256 descriptors", "nothing: the one at rest for longest makes room", "at once", "faults.TestIdleConnectionsShutNobodyOut"},
	{"A16", "a reader of a stream stands still", "it is closed", "within 5 s", "faults.TestStreamThatIsNotReadIsClosed"},
	{"A17", "the lab's own network has public addresses", "who is on it is let in, to both ports and the page; who is behind a router is not", "when an address changes: at once", "faults.TestLabWithPublicAddresses"},
	{"A18", "somebody is turned away, for whatever reason", "told, counted, logged and in the state alike", "-", "faults.TestTurnedAwayInOneWay"},
	{"A19", "a storm of connections that are turned away", "32 are told at a time, the others end at once; five lines a minute in the log", "1 s", "tcp.TestTurnedAwayLingerInBounds"},
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
	{"D4", "it is joined and says nothing", "`driver_absent`, after a probe that moves nothing and takes no slot", "noticed within 16 s; back within 5 s", "faults.TestWedgedDriver"},
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
	{"D15", "it dies, and the router does not tell", "`outcome_unknown` for what the router took since its last sign of life; then `driver_absent`", "noticed within 10 s of a command", "hub.TestRobotGoesWithoutASignOfLife"},
	{"D16", "any payload whatever", "no crash; handshakes go on", "-", "hub.FuzzEvent"},
}

// later is the robot of -backend otone, where it differs from the driver.
var later = []Row{
	{"L1", "the robot is absent, or has restarted", "`driver_absent`; told anew when it is ready, and what was meant for the one before is refused", "at once", "relaytest.TestLaterCommandsAreNotKeptWhileRobotIsAway"},
	{"L2", "it is subscribed and does not answer `browser_ready`", "`driver_absent` for what waited; a stop goes out all the same", "3 s; asked again every 5 s", "relaytest.TestLaterRobotThatIsDeaf"},
	{"L3", "it says that it is not ready", "`driver_absent`, saying so", "when it says that it is", "relaytest.TestLaterRobotThatIsNotReady"},
	{"L4", "it dies after a command that it did not answer", "`outcome_unknown`", "at once", "relaytest.TestLaterRobotGoesWithoutASignOfLife"},
	{"L5", "its router restarts", "`router_down`; told anew when the robot is ready", "2 s", "relaytest.TestLaterRouterRestart"},
	{"L6", "robot and router come and go under load", "every message published once, or answered", "-", "relaytest.TestLaterLosesNoCommand"},
}

var program = []Row{
	{"P1", "a panic while a client is handled", "that client is told and closed, reason `panicked`", "connect again", "tcp.TestPanicEndsThatClientAlone"},
	{"P2", "a panic while a session is handled", "the session ends, is logged, and is joined anew", "1 s", "session.TestPanicEndsTheSessionAlone"},
	{"P3", "the way of the messages stands still", "the process ends with all stacks, to be started again", "30 to 35 s", "guard.TestStallIsNoticed"},
	{"P4", "the relay is stopped", "each message answered, clients told, exit 0", "2 s", "faults.TestStopWithFrozenRouter"},
	{"P5", "a corrupt pool file", "set aside and replaced; said in the log", "at once", "relaytest.TestCorruptPoolFile"},
	{"P6", "all of it at random", "every message published once or answered; goroutines and memory as before", "-", "faults.TestSoak"},
	{"P7", "the relay is stopped or updated while a client's commands run (`-on-disconnect`)", "the stop is published and acknowledged before the session is left; every client is told", "at once", "faults.TestRelayThatIsStoppedStopsTheRobot"},
	{"P8", "the same, and the router has frozen", "the log says that the stop is not acknowledged; exit 0", "3 s", "faults.TestRelayThatIsStoppedDoesNotWaitForAFrozenRouter"},
	{"P9", "relays are started together with one `-data`", "one serves, with the ids that are kept; the others say so and end, exit 1", "-", "faults.TestRelaysStartedTogether"},
	{"P10", "`-data` cannot be used: no such place, read-only, full, damaged", "it serves with ids made of the machine's serial number, always the same; said in the log, the state and on the page. A second such relay ends, exit 1", "-", "relaytest.TestServesWithoutADataDirectory"},
}
