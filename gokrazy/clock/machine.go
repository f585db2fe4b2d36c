package main

import (
	"fmt"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// machine is the clock that is set, for tests to have another than that of the
// machine they run on.
type machine interface {
	Now() time.Time
	Set(time.Time) error
	Slew(by time.Duration) error // little by little, so that no time comes twice
	Uptime() (time.Duration, error)
}

type thisMachine struct{ log *slog.Logger }

func (thisMachine) Now() time.Time { return time.Now() }

func (m thisMachine) Set(t time.Time) error {
	tv := unix.NsecToTimeval(t.UnixNano())
	if err := unix.Settimeofday(&tv); err != nil {
		return fmt.Errorf("set the clock: %w", err)
	}
	if err := setRTC(t.UTC()); err != nil {
		m.log.Warn("the clock is right until the power goes", "error", err)
	}
	return nil
}

// setRTC sets the clock that goes on without power, which few boards have.
func setRTC(t time.Time) error {
	f, err := os.Open("/dev/rtc0")
	if err != nil {
		return nil // there is none
	}
	defer f.Close()
	err = unix.IoctlSetRTCTime(int(f.Fd()), &unix.RTCTime{
		Sec: int32(t.Second()), Min: int32(t.Minute()), Hour: int32(t.Hour()),
		Mday: int32(t.Day()), Mon: int32(t.Month() - 1), Year: int32(t.Year() - 1900),
	})
	if err != nil {
		return fmt.Errorf("set the clock that has a battery: %w", err)
	}
	return nil
}

func (thisMachine) Slew(by time.Duration) error {
	// ADJ_OFFSET_SINGLESHOT, as adjtime(3) does it.
	if _, err := unix.Adjtimex(&unix.Timex{Modes: 0x8001, Offset: by.Microseconds()}); err != nil {
		return fmt.Errorf("adjust the clock: %w", err)
	}
	return nil
}

func (thisMachine) Uptime() (time.Duration, error) {
	var since unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &since); err != nil {
		return 0, fmt.Errorf("ask how long the machine is on: %w", err)
	}
	return time.Duration(since.Nano()), nil
}
