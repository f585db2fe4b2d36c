// Package intake takes settings from a stick or from the card: it finds the file,
// applies it or says why not, and writes beside it what became of it. That file is
// all that a person without the page has to go by, so each thing that is wrong is
// in it, with its line and a remedy.
//
// A file replaces the settings that it names and leaves the others: who comes with
// a stick wants to change the robot's address and keep the rest. It is applied
// whole or not at all.
//
// A stick may stay in the box. So that its file does not undo at each start what
// was changed on the page since, a file is taken once: the hash of the last one is
// remembered, for sticks and for the card. Any change of the file makes it another
// one. A file that had an error is not remembered: nothing was taken.
//
// The file rawtcpcom-reset on a stick makes the settings those of a new box; the
// client ids are no settings, and stay. What was taken is forgotten too, so a file on
// the card is taken again, as in a new box. The reset's file is renamed first, since
// one that stays would reset the box at each start; where that fails, nothing is
// reset.
//
// A static address from a stick or the card is confirmed to the program lan, which
// takes one from the page back where nobody opens the page there: who is beside the
// box has another way in.
//
// A medium is written to as shortly as can be, for people pull sticks: it is
// mounted to be read, and again to write the result.
package intake
