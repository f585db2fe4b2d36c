package commands

import (
	"bytes"

	"rawtcpcom/relay/rawjson"
)

// Board is the one name that the driver has for a board.
const Board = "smoothie"

// DriverMessage is a message for the driver, taken apart; each part is raw JSON.
type DriverMessage struct {
	Type       string
	Name       []byte
	Commands   [][]byte // the names in "message"; the driver carries out the first
	Parameters []byte   // of the first; nil for none
}

// CheckDriver says what the driver would drop or mistake in a message, or nil.
func CheckDriver(m DriverMessage) *Complaint {
	typ := []byte(m.Type)
	switch {
	case oneOf(typ, "command"):
		if oneOf(m.Commands[0], "halt", "M112") {
			return nil
		}
		return m.command()
	case oneOf(typ, "meta"):
		if oneOf(m.Commands[0], "clear_queue") {
			return nil
		}
		return m.meta()
	}
	return unknown(`the driver drops a message of type %s%s`, shown(typ), didYouMean(word(typ), []string{"command", "meta"}))
}

func (m DriverMessage) command() *Complaint {
	first := word(m.Commands[0])
	for i := range DriverCommands {
		c := &DriverCommands[i]
		if c.Name == string(first) {
			if e := m.alone(); e != nil {
				return e
			}
			return c.check(m.Parameters)
		}
	}
	for i := range DriverCommands {
		if c := &DriverCommands[i]; c.Code == string(first) {
			if len(m.Parameters) > 0 && m.Parameters[0] == '{' && !isEmpty(m.Parameters) {
				return wrong(`the driver fails on the G-code %s with parameters; send the command %q with them`, shown(m.Commands[0]), c.Name)
			}
			if e := m.alone(); e != nil {
				return e
			}
			return c.checkBare(m.Parameters)
		}
	}
	return unknown("no command %s%s"+own, shown(m.Commands[0]), didYouMean(first, commandNames()))
}

func (m DriverMessage) meta() *Complaint {
	first := word(m.Commands[0])
	for i := range DriverMeta {
		c := &DriverMeta[i]
		switch {
		case c.Name != string(first):
			continue
		case c.Breaks:
			return nil // the rules have decided
		case c.Name == "set_config" && len(m.Parameters) > 0 && m.Parameters[0] == '{':
			return wrong("the driver fails on set_config with an object, and nothing is set; leave it out")
		case c.AnyName:
			return m.single()
		}
		return m.alone()
	}
	return unknown("no meta command %s%s"+own, shown(m.Commands[0]), didYouMean(first, metaNames()))
}

// alone complains of a message for another board than there is, or of more
// commands than the first.
func (m DriverMessage) alone() *Complaint {
	if !oneOf(m.Name, Board) {
		return unknown(`"name" is %s, but the driver's only board is %q.`+own, shown(m.Name), Board)
	}
	return m.single()
}

func (m DriverMessage) single() *Complaint {
	if len(m.Commands) > 1 {
		return wrong("the driver carries out %s, the first command, and drops %s; send one command at a time", shown(m.Commands[0]), shown(m.Commands[1]))
	}
	return nil
}

// check complains of parameters that the driver would drop, or write in vain.
func (c *Command) check(params []byte) (e *Complaint) {
	if len(params) == 0 || params[0] != '{' {
		return c.checkBare(params)
	}
	var seen [8]string // the keys, since a key that is there twice counts once
	n := 0
	_ = rawjson.Members(params, func(key, value []byte) bool {
		a := c.argument(word(key))
		switch {
		case a == nil:
			e = c.dropped(key)
		case a.Key == "" && smuggles(word(value)):
			e = wrong(`%s would have the board do more than %s; send one command at a time`, shown(value), c.Name)
		case !a.Kind.fits(value):
			e = wrong("%s is %s in %s; %s", shown(key), shown(value), c.Name, a.Kind.wants())
		default:
			for _, k := range seen[:n] {
				if k == a.Key {
					e = wrong("%s is there twice in %s", shown(key), c.Name)
				}
			}
			if n < len(seen) {
				seen[n] = a.Key
				n++
			}
		}
		return e == nil
	})
	return e
}

// smuggles reports whether a text that is copied into the G-code holds another line,
// or halts or resets the board.
func smuggles(text []byte) bool {
	return bytes.ContainsAny(text, "\n\r") || bytes.Contains(text, []byte("M112")) || bytes.Contains(text, []byte("M999"))
}

// checkBare is for parameters that are no object, which the driver drops: they
// may only stand for "none". A command that takes no parameters is carried out
// with any, but for a speed, whose number would be lost.
func (c *Command) checkBare(params []byte) *Complaint {
	switch {
	case isPlaceholder(params):
		return nil
	case c.Arguments != nil:
		return wrong(`the driver drops %s, and carries out %s as if nothing stood there; write an object such as %s`, shown(params), c.Name, c.Example)
	case len(c.Code) == 1 && (isNumber(params) || beginsWithNumber(word(params))):
		return wrong(`the driver drops the number %s of %s; a speed is set by {"linear_move": {"": "F3000"}}, or "a300" for a plunger`, shown(params), c.Name)
	}
	return nil
}

func (c *Command) argument(key []byte) *Argument {
	for i := range c.Arguments {
		if c.Arguments[i].Key == string(key) {
			return &c.Arguments[i]
		}
	}
	return nil
}

func (c *Command) dropped(key []byte) *Complaint {
	if len(c.Arguments) == 0 {
		return wrong("%s takes no parameters, and the driver drops %s; leave it out", c.Name, shown(key))
	}
	var keys []string
	for _, a := range c.Arguments {
		if a.Key != "" {
			keys = append(keys, a.Key)
		}
	}
	return wrong("%s is no axis of %s, and the driver drops it%s", shown(key), c.Name, didYouMean(word(key), keys))
}

func commandNames() (names []string) {
	for _, c := range DriverCommands {
		names = append(names, c.Name)
	}
	return names
}

func metaNames() (names []string) {
	for _, c := range DriverMeta {
		names = append(names, c.Name)
	}
	return names
}
