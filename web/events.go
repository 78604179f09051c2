package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// stream is an open stream of server-sent events.
type stream struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// writeTime is how long a client may take to accept an event.
const writeTime = 30 * time.Second

// openStream answers with the beginning of a stream.
func openStream(w http.ResponseWriter) (*stream, error) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	st := &stream{w, http.NewResponseController(w)}
	// A browser waits this long before it opens a broken stream again.
	return st, st.write("retry: 3000\n\n")
}

// event sends an event with v as JSON; an id comes back in Last-Event-ID.
func (st *stream) event(id, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	return st.write(id + "event: " + name + "\ndata: " + string(data) + "\n\n")
}

func (st *stream) beat() error { return st.write(": alive\n\n") }

func (st *stream) write(text string) error {
	// The server's own WriteTimeout is meant for answers that end.
	if err := st.rc.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := st.w.Write([]byte(text)); err != nil {
		return err
	}
	return st.rc.Flush()
}

// visitorEvents sends the lines of the chat as they are written, from the
// revision that the page names, and notices: toasts, and drafts of lines that are being written anew.
func (s *Server) visitorEvents(w http.ResponseWriter, r *http.Request) error {
	chat, err := visitor(r)
	if err != nil {
		return err
	}
	from := r.Header.Get("Last-Event-ID") // set when the browser comes back by itself
	if from == "" {
		from = r.URL.Query().Get("after")
	}
	after, err := revision(from)
	if err != nil {
		return err
	}
	leave, err := s.enterStream(r)
	if err != nil {
		return err
	}
	defer leave()
	toasts, deaf := s.toasts.listen(chat)
	defer deaf()
	changes := s.Store.Watch(r.Context()) // before the first look, so that nothing falls between
	st, err := openStream(w)
	if err != nil {
		return nil
	}
	catchUp := func() error {
		lines, err := s.Store.Lines(r.Context(), chat, after, chatLines)
		if err != nil {
			return err
		}
		// A replaced line is older than its Rev: in the order of Rev the stream can
		// break anywhere without a line being passed over.
		slices.SortFunc(lines, func(a, b Line) int { return int(a.Rev - b.Rev) })
		for _, l := range lines {
			if err := st.event(strconv.FormatInt(l.Rev, 10), "line", viewLine(l)); err != nil {
				return err
			}
			after = l.Rev
		}
		return nil
	}
	beat := time.NewTicker(s.Heartbeat)
	defer beat.Stop()
	for err = catchUp(); err == nil; {
		select {
		case <-r.Context().Done():
			return nil
		case <-s.stop:
			return nil
		case n := <-toasts:
			err = st.event("", n.event, n.data)
		case c, ok := <-changes:
			switch {
			case !ok:
				return nil
			case c.Kind == handlers.LineWritten && (c.ID == chat || c.ID == ""): // without ID: some were missed
				err = catchUp()
			}
		case <-beat.C:
			// A watcher may have missed its change; looking again now and then
			// keeps even that from lasting.
			if err = catchUp(); err == nil {
				err = st.beat()
			}
		}
	}
	s.streamBroke(r, err)
	return nil
}

// streamBroke notes why a stream ended early; the page opens it again.
func (s *Server) streamBroke(r *http.Request, err error) {
	if r.Context().Err() == nil {
		s.Logger.InfoContext(r.Context(), "event stream ended", "route", r.Pattern, "error", err)
	}
}

// enterStream counts one more open stream of the client; leave must follow.
func (s *Server) enterStream(r *http.Request) (leave func(), err error) {
	key := s.client(r)
	if !s.streams.enter(key) {
		return nil, &tooMany{time.Minute}
	}
	return func() { s.streams.leave(key) }, nil
}

// staffEvents tells a console which cases that the staff member sees have
// changed, and that the list of unanswered questions has.
func (s *Server) staffEvents(w http.ResponseWriter, r *http.Request, me colleague) error {
	leave, err := s.enterStream(r)
	if err != nil {
		return err
	}
	defer leave()
	changes := s.Store.Watch(r.Context())
	st, err := openStream(w)
	if err != nil {
		return nil
	}
	beat := time.NewTicker(s.Heartbeat)
	defer beat.Stop()
	for err = st.event("", "ready", struct{}{}); err == nil; {
		select {
		case <-r.Context().Done():
			return nil
		case <-s.stop:
			return nil
		case c, ok := <-changes:
			if !ok {
				return nil
			}
			err = s.tellStaff(r, st, me, c)
		case <-beat.C:
			// The session may have ended or a station been taken away meanwhile.
			if me, err = s.colleague(r); err == nil {
				err = st.beat()
			}
		}
	}
	s.streamBroke(r, err)
	return nil
}

func (s *Server) tellStaff(r *http.Request, st *stream, me colleague, c handlers.Change) error {
	switch c.Kind {
	case handlers.GapChanged:
		return st.event("", "gap", map[string]string{"id": c.ID})
	case handlers.TicketChanged:
		if c.ID == "" { // some were missed: look at all
			return st.event("", "ticket", map[string]string{})
		}
		concerned := false
		err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
			var err error
			concerned, err = me.concerned(r, tx, c.ID)
			return err
		})
		if err != nil || !concerned {
			return err
		}
		return st.event("", "ticket", map[string]string{"id": c.ID})
	default:
		return nil
	}
}

// concerned reports whether the case is, or was before it moved on, with the
// colleague's stations.
func (me colleague) concerned(r *http.Request, tx handlers.Tx, id string) (bool, error) {
	t, err := tx.Ticket(r.Context(), id)
	if ticket.CodeOf(err) == ticket.NotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("case of a change: %w", err)
	}
	if me.sees(t) != "" {
		return true, nil
	}
	history, err := tx.Events(r.Context(), id)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(history, func(e ticket.Event) bool {
		return e.Station != "" && slices.Contains(me.viewer.Stations, e.Station)
	}), nil
}
