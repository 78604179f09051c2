package web

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// maxTyped is the longest text that is completed, in characters.
const maxTyped = 60

// suggest answers with questions that complete q, or with some to begin with.
func (s *Server) suggest(w http.ResponseWriter, r *http.Request) error {
	if _, err := visitor(r); err != nil {
		return err
	}
	if err := s.within(r.Context(), suggestions, s.client(r)); err != nil {
		return err
	}
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if !utf8.ValidString(q) || utf8.RuneCountInString(q) > maxTyped {
		return invalid("q")
	}
	list, err := s.Desk.Suggest(r.Context(), q)
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"suggestions": append([]string{}, list...)})
	return nil
}
