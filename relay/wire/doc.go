// Package wire knows the messages of both sides: what a TCP client may send,
// the envelope that the robot's software speaks, and the replies that come back
// (relay/wire/README.md, "The router and its topics" and "What clients send"),
// in the driver's dialect (message.go, driver.go, reply.go) and in otone's
// (robot.go).
//
// "data" and "param" are copied as the bytes they came in. They are never
// decoded and encoded again, because the driver writes G-code in the order of
// the keys and with the digits as they stand; the package therefore walks raw
// JSON instead of filling Go structs.
package wire
