package page

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"rawtcpcom/relay/version"
	"rawtcpcom/status/answer"
	"rawtcpcom/status/console"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/traffic"
)

// requestTime bounds what a button of the page may take.
const requestTime = 8 * time.Second

// About is what does not change while the program runs.
type About struct {
	Name      string                     `json:"name"`
	Version   string                     `json:"version"`
	Revision  string                     `json:"revision"`
	Built     string                     `json:"built"`
	AdminPort int                        `json:"adminPort"`
	Settings  bool                       `json:"settings"` // can be changed here
	Console   map[string]console.Dialect `json:"console"`  // by the robot's software; null: off
	Legend    []lamp.LegendRow           `json:"legend"`
	Seconds   int                        `json:"seconds"` // that the plot goes back
	Kept      int                        `json:"kept"`    // messages each way
}

func (s *Server) about(w http.ResponseWriter, _ *http.Request) {
	a := About{
		Version: version.Version, Revision: version.Revision, Built: version.Built,
		AdminPort: s.cfg.AdminPort, Settings: s.cfg.Setup != nil,
		Legend: lamp.Legend(), Seconds: traffic.Seconds, Kept: traffic.Kept,
	}
	if len(s.cfg.Names) > 0 {
		a.Name = s.cfg.Names[0]
	}
	if s.cfg.Console != nil {
		a.Console = console.Dialects
	}
	answer.JSON(w, a)
}

func (s *Server) status(w http.ResponseWriter, _ *http.Request) {
	answer.JSON(w, s.cfg.Monitor.Status())
}

// download is the kept messages as JSON lines, of one client when asked.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="messages.jsonl"`)
	list, _, _ := s.cfg.Traffic.After(0)
	lines := json.NewEncoder(w)
	only := r.URL.Query().Get("client")
	for _, e := range list {
		if only != "" && e.Client != only {
			continue
		}
		if lines.Encode(e.Message) != nil {
			return // the reader left
		}
	}
}

func (s *Server) identify(w http.ResponseWriter, _ *http.Request) {
	s.cfg.Identify()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) closeClient(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	id := r.PathValue("id")
	err := s.cfg.Relay.CloseClient(ctx, id)
	switch {
	case err == nil:
		s.cfg.Log.Info("a client was closed from the page", "client", id, "by", r.RemoteAddr)
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, relayapi.ErrUnknownClient):
		answer.Refuse(w, http.StatusNotFound, err)
	default:
		answer.Refuse(w, http.StatusBadGateway, err)
	}
}

// console sends a button's messages, or one that was typed.
func (s *Server) console(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Console == nil {
		answer.Refuse(w, http.StatusForbidden, errors.New("the console is off; the status program's -console flag switches it on"))
		return
	}
	var asked struct{ Action, Message string }
	body := http.MaxBytesReader(w, r.Body, 2*console.MaxMessage)
	if err := json.NewDecoder(body).Decode(&asked); err != nil {
		_, _ = io.Copy(io.Discard, body)
		answer.Refuse(w, http.StatusBadRequest, errors.New(`the console takes {"action":"home"} or {"message":"..."}: `+err.Error()))
		return
	}
	messages := []string{asked.Message}
	if asked.Action != "" {
		action, ok := console.Find(s.cfg.Monitor.Status().Relay.Software, asked.Action)
		if !ok {
			answer.Refuse(w, http.StatusBadRequest, errors.New("there is no action "+asked.Action))
			return
		}
		messages = action.Messages
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	if err := s.cfg.Console.Send(ctx, messages...); err != nil {
		answer.Refuse(w, http.StatusBadGateway, err)
		return
	}
	s.cfg.Log.Info("a message was sent from the page's console", "action", asked.Action, "by", r.RemoteAddr)
	w.WriteHeader(http.StatusNoContent)
}
