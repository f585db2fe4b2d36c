package simulator

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// nexusLog hands what nexus logs to slog. Nexus has no levels: lost messages,
// which it marks with "!!!", are warnings, and all else is detail.
type nexusLog struct{ log *slog.Logger }

func (l nexusLog) Print(v ...any)                 { l.write(fmt.Sprint(v...)) }
func (l nexusLog) Println(v ...any)               { l.write(strings.TrimSpace(fmt.Sprintln(v...))) }
func (l nexusLog) Printf(format string, v ...any) { l.write(fmt.Sprintf(format, v...)) }

func (l nexusLog) write(message string) {
	level := slog.LevelDebug
	if strings.HasPrefix(message, "!!!") {
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, "nexus: "+message)
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
