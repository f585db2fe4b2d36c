package wire

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"unicode"

	"rawtcpcom/relay/rawjson"
	"rawtcpcom/relay/wire/commands"
)

// checkDriver looks into a message for the driver: what it would swallow
// without a word, or be broken by, is refused; what stops the robot is marked.
func (m *Message) checkDriver(rules Rules) *Error {
	var name, message []byte
	twice := false
	_ = rawjson.Members(m.Data, func(key, value []byte) bool {
		switch k, _ := rawjson.Text(key); string(k) {
		case "name":
			twice = twice || name != nil
			name = value
		case "message":
			twice = twice || message != nil
			message = value
		}
		return true
	})
	switch {
	case twice:
		return errorf(BadMessage, `"name" or "message" is there twice in "data"`)
	case name == nil || message == nil:
		return errorf(BadMessage, `"data" needs a "name", e.g. "smoothie", and a "message", e.g. {"home": ""}`)
	case name[0] != '"' && string(name) != "null":
		return errorf(BadMessage, `"name" in "data" must be a string or null`)
	}
	names, params, e := commandsOf(message)
	if e != nil {
		return e
	}
	switch typ := []byte(m.Type); {
	case isOneOf(typ, "command"):
		m.Queued = true
		m.Effect = driverEffect(names[0])
		if m.Halt = m.Effect == Halts; m.Halt {
			if rules.CheckKnown && !driverTakes(name, names[0], params) {
				m.Data = stopDriver(true)[1].Data
			}
			return nil // whatever its parameters: it stops the robot
		}
		m.Command = m.Effect != Obeyed
		if e := checkNumbers(params); e != nil {
			return e
		}
		if rules.CheckKnown {
			m.Course = courseOf(names[0], params)
		}
	case isOneOf(typ, "meta"):
		if m.ClearQueue = isOneOf(names[0], "clear_queue"); m.ClearQueue && rules.CheckKnown && !driverTakes(name, names[0], nil) {
			m.Data = stopDriver(false)[0].Data
		}
		for _, c := range names {
			if isOneOf(c, dangerousMeta...) && !rules.AllowDangerousMeta {
				return errorf(Refused, "the meta command %s breaks the driver until it is restarted; start the relay with -allow-dangerous-meta if you mean it", c)
			}
		}
	}
	return rules.checkDriver(m.Type, name, names, params)
}

// driverTakes reports whether the published driver carries out a stop as it is
// written. It drops one for another board than it has, and fails on a G-code with
// parameters. Nobody who stops a robot means that: such a stop is put right.
func driverTakes(name, command, params []byte) bool {
	board, _ := rawjson.Text(name)
	return string(board) == commands.Board && !(isOneOf(command, haltCode) && len(params) > len("{}") && params[0] == '{')
}

// driverQuestions are the commands that only ask, or say whether the driver is
// to tell of the board's work, and the G-codes that it takes for them. All
// others count as ones that move, those the relay does not know included:
// "nothing" lets coordinates through, and the board moves to bare ones.
var driverQuestions = []string{
	"positions", "M114", "limit_switches", "M119",
	"feedback_on", "M62", "feedback_off", "M63",
}

// maxCommands bounds the commands in one message, of which the driver carries
// out one: to remember the names of a hundred thousand costs megabytes.
const maxCommands = 100

// commandsOf returns the raw names in a message and the raw parameters of the
// first, the one that the driver carries out. The driver takes a plain string
// for a command without parameters.
func commandsOf(message []byte) (names [][]byte, params []byte, e *Error) {
	switch message[0] {
	case '"':
		names = append(names, message)
	case '{':
		var seen map[string]bool // of all names, once there is a second
		_ = rawjson.Members(message, func(key, value []byte) bool {
			switch len(names) {
			case 0:
				params = value
				names = append(names, key)
				return true
			case 1:
				first, _ := rawjson.Text(names[0])
				seen = map[string]bool{string(first): true}
			}
			k, _ := rawjson.Text(key)
			if seen[string(k)] {
				e = errorf(BadMessage, "the command %s is there twice", clip(string(key)))
			}
			if len(names) == maxCommands {
				e = errorf(BadMessage, `"message" holds more than %d commands, of which the driver carries out the first; send one at a time`, maxCommands)
			}
			seen[string(k)] = true
			names = append(names, key)
			return e == nil
		})
	}
	if e == nil && len(names) == 0 {
		e = errorf(BadMessage, `"message" holds no command; it is an object such as {"home": ""}`)
	}
	return names, params, e
}

// checkNumbers refuses parameters that are no place to move to: the driver
// would write "XNaN" into its G-code, or "XNone" for a null, which the motor
// board reads as zero.
func checkNumbers(params []byte) (e *Error) {
	check := func(key, value []byte) bool {
		if !finite(value) {
			e = noPlace(key, value)
		}
		return e == nil
	}
	switch {
	case len(params) == 0 || string(params) == "null" || params[0] == '[':
		// The driver takes these for no parameters.
	case params[0] == '{':
		_ = rawjson.Members(params, check)
	default:
		check([]byte("the parameter"), params)
	}
	return e
}

// longText is what is too long to spell a number, in bytes, blanks around it
// left out. It is only looked into where it begins like one.
const longText = 64

// finite is false for what NaN and infinity look like in JSON and for numbers
// too large to be told from infinity. MATLAB's jsonencode and JavaScript write
// null for them, and MATLAB [] for an empty matrix. Words that are no numbers,
// as in {"home": {"X": "true"}}, are not its concern.
func finite(value []byte) bool {
	if string(value) == "null" || value[0] == '[' || value[0] == '{' {
		return false
	}
	word := trimmed(value)
	if len(word) > longText && bytes.IndexByte([]byte("+-.0123456789"), word[0]) < 0 {
		return !spellsNaN(firstWord(word))
	}
	if notANumber(word) != nil {
		return false
	}
	v, err := strconv.ParseFloat(string(word), 64)
	return errors.Is(err, strconv.ErrSyntax) || !math.IsInf(v, 0)
}

// trimmed is the text of a string without what Python and C take for blanks
// around a number, or any other value as it is. Whatever is to be known of a
// value's beginning, or of its length, is asked of this.
func trimmed(value []byte) []byte {
	text, ok := rawjson.Text(value)
	if !ok {
		return value
	}
	return bytes.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f })
}

// firstWord is the letters that text begins with.
func firstWord(text []byte) []byte {
	n := 0
	for n < len(text) && isLetter(text[n]) {
		n++
	}
	return text[:n]
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// spellsNaN reports whether a word is a spelling of NaN or infinity: MATLAB's,
// Python's, or one of those of C's printf, old Windows included ("-nan(ind)",
// "1.#INF").
func spellsNaN(word []byte) bool {
	for _, name := range [...]string{"nan", "inf", "infinity", "qnan", "snan", "ind"} {
		if bytes.EqualFold(word, []byte(name)) {
			return true
		}
	}
	return false
}

// notANumber finds a spelling of NaN or infinity that stands alone in text
// outside JSON strings.
func notANumber(text []byte) []byte {
	for i := 0; i < len(text); {
		if text[i] == '"' {
			if i = rawjson.SkipString(text, i); i < 0 {
				return nil
			}
			continue
		}
		word := firstWord(text[i:])
		switch {
		case len(word) == 0:
			i++ // the commonest by far
		case spellsNaN(word):
			return word
		default:
			i += len(word)
		}
	}
	return nil
}
