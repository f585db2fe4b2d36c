// Package procgroup starts programs that do not outlive this process, nor do
// the programs that they start: the workers of crossbar.io, the helpers of
// QEMU.
//
// Each program is in a process group of its own, which has a leader. That is
// a shell at the end of a pipe; nobody but this process holds the other end.
// When this process ends, the kernel closes the pipe, whatever the end was
// (a panic, the time limit of the tests and SIGKILL included), and the leader
// kills the group. Linux's parent death signal would not do: it does not reach
// grandchildren, and it comes too early where the thread ends that started
// the program, as a goroutine's locked thread does.
//
// On Windows a job object does it: the system ends what is in it when the last
// handle to it, which is this process's, is closed.
package procgroup
