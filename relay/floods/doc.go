// Package floods shows that no client, and no mix of clients, can make the relay
// use more memory than it should, whatever the router does meanwhile. It runs
// the program as a process of its own, without the race detector, and looks at
// the most that the kernel has seen it use.
//
// The bound holds for the flags as they are by default. What -max-message and
// -max-clients add to it is in package program, memory.go.
package floods
