package health

// Leaving says what becomes of the robot when a program goes that has commanded
// it, in a sentence for a person. stop is the state's OnDisconnect.
func Leaving(stop string) string {
	const goes = "When a program that commands the robot ends, even by Ctrl-C or a crash, "
	switch stop {
	case "clear":
		return goes + "the relay empties the robot's queue (-on-disconnect clear); the motion under way is finished."
	case "halt":
		return goes + "the relay halts the robot (-on-disconnect halt)."
	}
	return goes + "the robot goes on with what it has queued. To end that, send a stop or press halt on the page."
}
