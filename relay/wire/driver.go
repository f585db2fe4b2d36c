package wire

import (
	"strconv"
	"strings"

	"rawtcpcom/relay/rawjson"
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
	}
	commands, params, e := commandsOf(message)
	if e != nil {
		return e
	}
	switch typ := []byte(m.Type); {
	case isOneOf(typ, "command"):
		m.Command = true
		m.Halt = isOneOf(commands[0], "halt", haltCode)
		return checkNumbers(params)
	case isOneOf(typ, "meta"):
		m.ClearQueue = isOneOf(commands[0], "clear_queue")
		for _, c := range commands {
			if isOneOf(c, dangerousMeta...) && !rules.AllowDangerousMeta {
				return errorf(Refused, "the meta command %s breaks the driver until it is restarted; start the relay with -allow-dangerous-meta if you mean it", c)
			}
		}
	}
	return nil
}

// haltCode is the G-code of halt, which the driver takes as a command too.
const haltCode = "M112"

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
// would write "XNaN" into its G-code.
func checkNumbers(params []byte) (e *Error) {
	check := func(key, value []byte) bool {
		word := string(value)
		if t, ok := rawjson.Text(value); ok {
			word = strings.TrimSpace(string(t))
		}
		if !finite(word) {
			e = errorf(Refused, "%s is %s, which is no place to move to", clip(string(key)), clip(string(value)))
		}
		return e == nil
	}
	if len(params) > 0 && params[0] == '{' {
		_ = rawjson.Members(params, check)
	} else if len(params) > 0 {
		check([]byte("the parameter"), params)
	}
	return e
}

// finite is false for the spellings of NaN and infinity and for numbers too
// large to be told from it; words that are no numbers are not its concern.
func finite(word string) bool {
	if len(word) == 0 || len(word) > 400 {
		return len(word) == 0 || !strings.ContainsAny(word[:1], "+-.0123456789")
	}
	v, err := strconv.ParseFloat(word, 64)
	if err != nil && v == 0 {
		return true
	}
	return v-v == 0 // NaN and infinity minus themselves are NaN
}
