package setup

import (
	"net/http"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/status/answer"
)

// Form is the schema, and what is set: the JSON of GET /api/settings.
type Form struct {
	Sections []Section          `json:"sections"`
	Problems []settings.Problem `json:"problems"` // of the file in force; never null
}

// Section is a group of settings.
type Section struct {
	Name   string  `json:"name"`
	Title  string  `json:"title"`
	Fields []Field `json:"fields"`
}

// Field is one setting.
type Field struct {
	Key      string        `json:"key"`
	Title    string        `json:"title"`
	Text     string        `json:"text"`
	Kind     settings.Kind `json:"kind"`
	Default  string        `json:"default"`
	Choices  []string      `json:"choices,omitempty"`
	Min      int           `json:"min,omitempty"`
	Max      int           `json:"max,omitempty"`
	Example  string        `json:"example"`
	Secret   bool          `json:"secret"`
	Restarts string        `json:"restarts"` // what a change interrupts
	Set      bool          `json:"set"`
	Value    string        `json:"value"` // empty of what is not set, and of a secret
}

func (s *Setup) form(w http.ResponseWriter, _ *http.Request) {
	now, problems, err := s.cfg.Store.Load()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	f := Form{Problems: append([]settings.Problem{}, problems...)}
	for _, setting := range settings.All() {
		if n := len(f.Sections); n == 0 || f.Sections[n-1].Name != setting.Section() {
			f.Sections = append(f.Sections, Section{Name: setting.Section(), Title: settings.Sections[setting.Section()]})
		}
		last := &f.Sections[len(f.Sections)-1]
		last.Fields = append(last.Fields, field(setting, now))
	}
	answer.JSON(w, f)
}

func field(s settings.Setting, now settings.Values) Field {
	f := Field{
		Key: s.Key, Title: s.Title, Text: s.Text, Kind: s.Kind, Default: s.Default, Choices: s.Choices,
		Min: s.Min, Max: s.Max, Example: s.Example, Secret: s.Secret, Restarts: s.Restarts,
	}
	f.Value, f.Set = now[s.Key]
	if s.Secret {
		f.Value = ""
	}
	return f
}

// export is the file of the settings. Its name is the one that a stick's has.
func (s *Setup) export(w http.ResponseWriter, _ *http.Request) {
	now, _, err := s.cfg.Store.Load()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "application/toml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="rawtcpcom.toml"`)
	_, _ = w.Write(now.TOML(settings.WithoutSecrets)) // fails only when the reader left
}
