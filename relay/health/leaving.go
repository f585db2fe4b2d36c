package health

// Leaving says what becomes of the robot when a program goes that has commanded
// it, in a sentence for a person. stop is the state's OnDisconnect.
func Leaving(stop string) string {
	const goes = "When a program goes, by Ctrl-C or a crash too, "
	switch stop {
	case "clear":
		return goes + "the relay empties the robot's queue (-on-disconnect clear); the motion under way is finished."
	case "halt":
		return goes + "the relay halts the robot (-on-disconnect halt)."
	}
	return goes + "the robot goes on with what it has queued; only a stop ends that."
}
