package emulator

import (
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// gpioLevels is the register of the BCM2837 that holds the levels of GPIO 0
// to 31 (GPLEV0), as the processor sees it.
const gpioLevels = 0x3f200034

// Pins reads the levels of the box's pins. It holds a connection to QEMU and
// must be closed.
type Pins struct {
	mu   sync.Mutex
	conn net.Conn
	in   *json.Decoder
}

func (m *Machine) controlSocket() string { return filepath.Join(m.options.Dir, "qmp.sock") }

// Pins opens QEMU's control connection, of which there is one at a time.
func (m *Machine) Pins() (*Pins, error) {
	conn, err := net.DialTimeout("unix", m.controlSocket(), 5*time.Second)
	if err != nil {
		return nil, fmt.Errorf("open QEMU's control connection: %w", err)
	}
	p := &Pins{conn: conn, in: json.NewDecoder(conn)}
	var greeting struct{ QMP json.RawMessage }
	if err := p.in.Decode(&greeting); err != nil {
		conn.Close()
		return nil, fmt.Errorf("open QEMU's control connection: %w", err)
	}
	if _, err := p.execute("qmp_capabilities", nil); err != nil {
		conn.Close()
		return nil, fmt.Errorf("open QEMU's control connection: %w", err)
	}
	return p, nil
}

// Close ends the connection.
func (p *Pins) Close() error { return p.conn.Close() }

// Level is the level of one pin, by its GPIO number from 0 to 31.
func (p *Pins) Level(gpio int) (high bool, err error) {
	levels, err := p.Levels()
	return levels>>gpio&1 == 1, err
}

// Levels are those of GPIO 0 to 31, one bit each.
func (p *Pins) Levels() (uint32, error) {
	answer, err := p.execute("human-monitor-command", map[string]string{"command-line": fmt.Sprintf("xp /1wx %#x", gpioLevels)})
	if err != nil {
		return 0, fmt.Errorf("read the pins: %w", err)
	}
	var text string
	if err := json.Unmarshal(answer, &text); err != nil {
		return 0, fmt.Errorf("read the pins: %w", err)
	}
	_, word, _ := strings.Cut(text, ": ")
	levels, err := strconv.ParseUint(strings.TrimSpace(word), 0, 32)
	if err != nil {
		return 0, fmt.Errorf("read the pins: QEMU answers %q", text)
	}
	return uint32(levels), nil
}

func (p *Pins) execute(command string, arguments any) (json.RawMessage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	request := map[string]any{"execute": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	if err := json.NewEncoder(p.conn).Encode(request); err != nil {
		return nil, err
	}
	for {
		var answer struct {
			Event  string
			Return json.RawMessage
			Error  *struct{ Desc string }
		}
		if err := p.in.Decode(&answer); err != nil {
			return nil, err
		}
		switch {
		case answer.Error != nil:
			return nil, fmt.Errorf("QEMU refuses %s: %s", command, answer.Error.Desc)
		case answer.Event == "":
			return answer.Return, nil
		}
	}
}
