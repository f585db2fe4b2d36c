package wire

import (
	"encoding/json"
	"fmt"
	"slices"

	"rawtcpcom/relay/rawjson"
)

// repairHalt mends the halt of the 2016 MATLAB client, which leaves the
// parameter out: {"halt":}, or flat {"message":"halt","param":}. It is an
// emergency stop and must work (relay/wire/README.md, "What clients send"). It
// returns nil for everything else: a move with its parameter missing stays an
// error.
func repairHalt(frame []byte) []byte {
	if len(frame) > 2*MaxStop {
		return nil // no stop, whatever is in it
	}
	at := missingValue(frame)
	if at < 0 {
		return nil
	}
	mended := slices.Insert(slices.Clone(frame), at, '"', '"')
	if !json.Valid(mended) {
		return nil
	}
	f, e := split(mended)
	if e != nil {
		return nil
	}
	d, e := data(f)
	if e != nil {
		return nil
	}
	m := Message{Type: string(f.typ), Data: d}
	if e := m.checkDriver(Rules{}); e != nil || !m.Halt {
		return nil
	}
	return mended
}

// missingValue is the index at which the one missing value of the frame
// belongs, just after a colon that a closing brace follows; -1 if there is none.
func missingValue(frame []byte) int {
	for i := 0; i < len(frame); i++ {
		switch frame[i] {
		case '"':
			end := rawjson.SkipString(frame, i)
			if end < 0 {
				return -1
			}
			i = end - 1
		case ':':
			if next := rawjson.SkipSpace(frame, i+1); next < len(frame) && frame[next] == '}' {
				return i + 1
			}
		}
	}
	return -1
}

// syntaxError says where the JSON is broken, and names the usual cause.
func syntaxError(frame []byte) *Error {
	var ignored json.RawMessage
	err := json.Unmarshal(frame, &ignored)
	where, usual := "", ""
	if s, ok := err.(*json.SyntaxError); ok {
		where = fmt.Sprintf(" at byte %d", s.Offset)
		usual = mistake(frame, int(s.Offset)-1, s.Error())
	}
	if word := notANumber(frame); word != nil {
		return errorf(BadJSON, "not valid JSON%s: %s is no JSON number and no place to move to; check the calculation that produced it", where, word)
	}
	if usual != "" {
		return errorf(BadJSON, "not valid JSON%s: %s", where, usual)
	}
	return errorf(BadJSON, "not valid JSON%s: %v", where, err)
}
