// Package simulator is a robot without the robot: a WAMP router in the process
// ([Router]) and the OT-One's driver as a client of it ([Driver]).
//
// It serves two masters. A newcomer who has no robot runs the relay against
// it, and the relay's tests drive it as their peer. So it joins over a real
// WebSocket and speaks as the driver of 2016 spoke (Opentrons/sandbox-driver
// at 454dfd4), quirks included; the recorded sessions hold it to that (package
// recorded).
//
// The design: everything the robot does is a state machine that is told the
// time ([driver], and the [board] below it that owns the axes), so that motion
// is tested without waiting. One goroutine of [Driver] turns it: it takes the
// events in, publishes what comes out, and wakes when a motion ends.
//
// # Where it departs from the recorded driver
//
//   - The recorded board answered every line with "ok" and stat 0 and knew no
//     positions. This one moves: a motion that takes time publishes stat 1 when
//     it starts and stat 0 when it ends. With [RobotConfig].Instant, and in
//     a motion of no length, there is stat 0 alone, as recorded. Homing always
//     takes time, as on the robot, for it backs off the switch.
//   - "positions" is answered by adj_pos and pos (all axes, mm) before the
//     recorded stat 0. While an axis moves the stat 0 is left out: it would
//     tell a client that the motion is over.
//   - Backlash ("slack") is kept out of the motion: a position is where the
//     carriage is.
//   - After "halt" the axes stand where they were and what was queued on the
//     board is gone. Commands are answered as before and move nothing until
//     "reset_from_halt". No axis counts as homed ([Driver.Homed]) until "home".
//   - Python's JSON takes NaN and Infinity; here such a message is dropped.
//   - Feed rates, accelerations and limit switches are accepted and change
//     nothing; no axis has an end.
package simulator
