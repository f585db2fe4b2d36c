package emulator

import (
	"fmt"
	"net/url"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/settings"
)

// Robot is the robot that a card's box is told of.
type Robot struct {
	Set     bool   // the card names one
	Router  string // its URL: where the box is to be led to a robot, set or not
	Backend string
}

// UsualRouter is where a box in the emulated network finds its robot, unless its
// card names another address.
const UsualRouter = "ws://10.10.1.2:8080/ws"

// SettingsFile is the file of settings on a card's boot partition.
const SettingsFile = "rawtcpcom.toml"

// RobotOf reads it from the settings on the card's boot partition, with which an
// image is made for a robot. What was set on the page since is not looked at.
func RobotOf(path string) (Robot, error) {
	there, err := card.HasBootFile(path, SettingsFile)
	if err != nil {
		return Robot{}, fmt.Errorf("look which robot %s is for: %w", path, err)
	}
	var file []byte
	if there {
		if file, err = card.BootFile(path, SettingsFile); err != nil {
			return Robot{}, fmt.Errorf("look which robot %s is for: %w", path, err)
		}
	}
	return robotIn(file)
}

func robotIn(file []byte) (Robot, error) {
	values, problems := settings.Parse(file)
	if len(problems) > 0 {
		return Robot{}, fmt.Errorf("the settings on the card: %w", settings.Problems(problems))
	}
	r := Robot{Set: values.Get("robot.address") != "", Router: values.Get("robot.address"), Backend: values.Get("robot.software")}
	if !r.Set {
		r.Router = UsualRouter
	}
	return r, nil
}

// Dialled is host:port of the router.
func (r Robot) Dialled() string {
	u, err := url.Parse(r.Router)
	if err != nil {
		return r.Router
	}
	return u.Host
}
