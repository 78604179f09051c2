package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/ticket"
)

// wordings are questions in words that one person alone has used, by what gapWords makes
// of them to compare them.
type wordings map[string][]string

func (gone wordings) add(question string) {
	words := gapWords(question)
	gone[words] = append(gone[words], question)
}

func (gone wordings) has(question string) bool { return len(gone[gapWords(question)]) > 0 }

// forgetWordings takes the wordings out of what staff made of them: pins, and documents
// of questions and answers as far as the public does not read them.
func (t *tx) forgetWordings(ctx context.Context, gone wordings) error {
	if len(gone) == 0 {
		return nil
	}
	if err := t.forgetPins(ctx, gone); err != nil {
		return err
	}
	titles, err := t.forgetInDocuments(ctx, gone)
	if err != nil || len(titles) == 0 {
		return err
	}
	return t.forgetInImports(ctx, titles)
}

// forgetPins undoes the pins of the wordings and takes the words out: a pin without its
// question does nothing.
func (t *tx) forgetPins(ctx context.Context, gone wordings) error {
	pins, err := all(ctx, t, scanOverride, `SELECT `+overrideColumns+` FROM staff_override WHERE kind = $1 ORDER BY id`, string(handlers.OverridePin))
	if err != nil {
		return err
	}
	for _, o := range pins {
		if !gone.has(o.Question) {
			continue
		}
		if _, err := t.decide(ctx); err != nil { // running bots follow
			return err
		}
		if o.UndoneBy == "" {
			o.UndoneBy, o.UndoneAt = ticket.Nobody, t.store.cfg.Now()
		}
		if _, err := t.exec(ctx, `UPDATE staff_override SET question = $2, undone_by = $3, undone_at = $4 WHERE id = $1`,
			o.ID, ticket.ErasedText, o.UndoneBy, o.UndoneAt); err != nil {
			return err
		}
	}
	return nil
}

// forgetInDocuments takes the wordings out of every line of the documents of questions and
// answers, but for those that the public may read in them: drafts, what was withdrawn and what
// was removed. It returns the new titles by document.
func (t *tx) forgetInDocuments(ctx context.Context, gone wordings) (titles map[string]string, err error) {
	entries, err := all(ctx, t, scanEntry, `SELECT `+withSource+` FROM document WHERE id LIKE $1 ORDER BY id, version, rev`, knowledge.QAPrefix+"%")
	if err != nil {
		return nil, err
	}
	titles = make(map[string]string)
	for len(entries) > 0 {
		id := entries[0].ID
		n := slices.IndexFunc(entries, func(e shelf.Entry) bool { return e.ID != id })
		if n < 0 {
			n = len(entries)
		}
		title, err := t.forgetInDocument(ctx, entries[:n], gone)
		if err != nil {
			return nil, err
		}
		if title != "" {
			titles[id] = title
		}
		entries = entries[n:]
	}
	return titles, nil
}

// forgetInDocument does so in the lines of one document, and returns its new title, "" if
// it has kept the one it had.
func (t *tx) forgetInDocument(ctx context.Context, lines []shelf.Entry, gone wordings) (title string, err error) {
	docs := make([]*knowledge.Document, len(lines)) // nil: it cannot be read
	public := make(wordings)
	for i, e := range lines {
		d, err := knowledge.ParseDocument(e.ID, e.Source)
		if err != nil { // of a program with other rules; the error may repeat its words
			t.store.cfg.Logger.WarnContext(ctx, "a document cannot be read; forgetting takes out of its source only what stands there word for word",
				"document", e.ID, "version", e.Version, "rev", e.Rev)
			continue
		}
		docs[i] = &d
		last := i+1 == len(lines) || lines[i+1].Version != e.Version
		if last && e.State != shelf.Draft && e.State != shelf.Removed {
			for _, q := range d.Questions() {
				public.add(q)
			}
		}
	}
	forgets := func(question string) bool { return gone.has(question) && !public.has(question) }
	for i, e := range lines {
		var called string
		var source []byte
		switch d := docs[i]; {
		case d == nil:
			if called, source = withoutWords(e, gone, forgets); called == e.Title && bytes.Equal(source, e.Source) {
				continue
			}
		case forgets(e.Title) || slices.ContainsFunc(d.Questions(), forgets):
			without := d.WithoutQuestions(forgets, ticket.ErasedText)
			called, source = without.Title, knowledge.RenderDocument(without)
		default:
			continue
		}
		if forgets(e.Title) {
			title = called
		}
		sum := sha256.Sum256(source)
		// By the hashes of what was read a guess of the words could be confirmed.
		_, err := t.exec(ctx, `UPDATE document SET title = $4, source = $5, source_hash = $6, file_hash = '', read_hash = ''
			WHERE id = $1 AND version = $2 AND rev = $3`, e.ID, e.Version, e.Rev, called, source, hex.EncodeToString(sum[:]))
		if err != nil {
			return "", err
		}
	}
	return title, nil
}

// withoutWords is the title and the source of a line that cannot be read, without the
// wordings that forgets names where they stand word for word.
func withoutWords(e shelf.Entry, gone wordings, forgets func(question string) bool) (title string, source []byte) {
	title, source = e.Title, e.Source
	if forgets(title) {
		title = ticket.ErasedText
	}
	for _, questions := range gone {
		for _, q := range questions {
			if q = strings.TrimSpace(q); q != "" && forgets(q) {
				source = bytes.ReplaceAll(source, []byte(q), []byte(ticket.ErasedText))
			}
		}
	}
	return title, source
}

// forgetInImports gives the documents their new titles in the reports of imports.
func (t *tx) forgetInImports(ctx context.Context, titles map[string]string) error {
	records, err := all(ctx, t, scanImport, `SELECT `+importColumns+`outcomes FROM document_import WHERE outcomes LIKE $1 ORDER BY id`, "%"+knowledge.QAPrefix+"%")
	if err != nil {
		return err
	}
	for _, r := range records {
		changed := false
		for i, o := range r.Outcomes {
			if title := titles[o.ID]; title != "" && o.Title != "" {
				r.Outcomes[i].Title, changed = title, true
			}
		}
		if !changed {
			continue
		}
		outcomes, err := marshal(r.Outcomes)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE document_import SET outcomes = $2 WHERE id = $1`, r.ID, outcomes); err != nil {
			return err
		}
	}
	return nil
}
