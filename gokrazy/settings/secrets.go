package settings

// ParseOver reads a file that is to replace the settings that are in force now.
// The secrets that it leaves out stay: an export holds none, and whoever changes a
// line of it is not to lose them.
func ParseOver(now Values, file []byte) (Values, []Problem) { return parse(file, refuseUnknown, now) }

// keepSecrets takes over the secrets that v leaves out, except one that belongs to
// another router's name.
func (v Values) keepSecrets(now Values) {
	for _, s := range table {
		value, set := now[s.Key]
		if _, given := v[s.Key]; given || !set || !s.Secret {
			continue
		}
		if s.Key == "robot.auth-secret" && v["robot.auth-id"] != now["robot.auth-id"] {
			continue
		}
		v[s.Key] = value
	}
}
