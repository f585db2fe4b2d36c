// Package answer writes the page's answers, all in one form: JSON, and of what is
// refused {"error": "why"}.
package answer

import (
	"encoding/json"
	"net/http"
)

// JSON answers with what was asked for.
func JSON(w http.ResponseWriter, v any) { With(w, http.StatusOK, v) }

// Refuse answers with why not.
func Refuse(w http.ResponseWriter, code int, err error) {
	With(w, code, map[string]string{"error": err.Error()})
}

// With answers with a code of its own.
func With(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // fails only when the reader left
}
