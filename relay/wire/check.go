package wire

import "rawtcpcom/relay/wire/commands"

// checkDriver refuses what the driver would drop or mistake. name, the names of
// the commands and the parameters of the first are raw.
func (r Rules) checkDriver(typ string, name []byte, names [][]byte, params []byte) *Error {
	if !r.CheckKnown {
		return nil
	}
	return complain(commands.CheckDriver(commands.DriverMessage{Type: typ, Name: name, Commands: names, Parameters: params}))
}

// checkOTone refuses what otone_backend would drop or mistake, but never a stop.
func (r Rules) checkOTone(m Message, verb string, data []byte) *Error {
	if !r.CheckKnown || m.Urgent() {
		return nil
	}
	return complain(commands.CheckOTone(verb, data))
}

func complain(c *commands.Complaint) *Error {
	switch {
	case c == nil:
		return nil
	case c.Unknown:
		return &Error{Code: UnknownCommand, Text: c.Text}
	}
	return &Error{Code: BadArgument, Text: c.Text}
}
