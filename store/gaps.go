package store

import (
	"context"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"liaison/handlers"
	"liaison/ticket"
)

// AddGap implements handlers.Gaps.
func (t *tx) AddGap(_ context.Context, m handlers.Missed) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.missed = append(t.missed, m)
	return nil
}

// addGap writes what AddGap was given.
func (t *tx) addGap(ctx context.Context, m handlers.Missed) error {
	nearest, err := marshal(m.Nearest)
	if err != nil {
		return err
	}
	id := newID()
	if m.Gap == "" {
		m.Gap = id
	}
	var wording, gap string
	err = t.row(ctx, `INSERT INTO gap_wording (id, words, reason, question, count, first_at, last_at, gap)
		VALUES ($1, $2, $3, $4, 1, $5, $5, $6)
		ON CONFLICT (words, reason) DO UPDATE SET count = gap_wording.count + 1,
			last_at = CASE WHEN excluded.last_at > gap_wording.last_at THEN excluded.last_at ELSE gap_wording.last_at END
		RETURNING id, gap`, id, gapWords(m.Question), string(m.Reason), m.Question, m.At, m.Gap).Scan(&wording, &gap)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO gap (id, question, state, nearest, answer, answer_unit, answer_by, answer_at, document)
		VALUES ($1, $2, 'open', $3, '', '', '', 0, '')
		ON CONFLICT (id) DO UPDATE SET state = 'open', nearest = excluded.nearest`, gap, m.Question, nearest)
	if err != nil {
		return err
	}
	if m.Person != "" {
		_, err = t.exec(ctx, `INSERT INTO gap_asker (wording, person, at, waits) VALUES ($1, $2, $3, TRUE)
			ON CONFLICT (wording, person) DO UPDATE SET at = excluded.at, waits = TRUE`, wording, m.Person, m.At)
	}
	t.changed(handlers.GapChanged, gap)
	return err
}

const gapColumns = `g.id, g.question, g.state, g.nearest, g.answer, g.answer_unit, g.answer_by, g.answer_at, g.document,
	sum(w.count), min(w.first_at), max(w.last_at),
	(SELECT count(DISTINCT a.person) FROM gap_asker a JOIN gap_wording v ON v.id = a.wording WHERE v.gap = g.id)
	FROM gap g JOIN gap_wording w ON w.gap = g.id `

func scanGap(sc scanner) (g handlers.Gap, err error) {
	return g, sc.Scan(&g.ID, &g.Question, &g.State, jsonText{&g.Nearest},
		&g.Answer.Text, &g.Answer.Unit, &g.Answer.By, when{&g.Answer.At}, &g.Answer.Document,
		&g.Count, when{&g.FirstAt}, when{&g.LastAt}, &g.Askers)
}

// shownWordings is how many wordings a gap is read with.
const shownWordings = 50

// Gaps implements handlers.Gaps.
func (t *tx) Gaps(ctx context.Context, limit int, state handlers.GapState) ([]handlers.Gap, error) {
	if limit <= 0 {
		limit = 100
	}
	list, err := all(ctx, t, scanGap, `SELECT `+gapColumns+`WHERE g.state = $2 GROUP BY g.id
		ORDER BY sum(w.count) DESC, max(w.last_at) DESC, g.id LIMIT $1`, limit, string(state))
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Wordings, err = t.wordings(ctx, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Gap implements handlers.Gaps.
func (t *tx) Gap(ctx context.Context, id string) (handlers.Gap, error) {
	g, err := scanGap(t.row(ctx, `SELECT `+gapColumns+`WHERE g.id = $1 GROUP BY g.id`, id))
	if err != nil {
		return g, err
	}
	g.Wordings, err = t.wordings(ctx, id)
	return g, err
}

func (t *tx) wordings(ctx context.Context, gap string) ([]handlers.GapWording, error) {
	return all(ctx, t, scanWording, `SELECT `+wordingColumns+` FROM gap_wording WHERE gap = $1
		ORDER BY count DESC, last_at DESC, id LIMIT $2`, gap, shownWordings)
}

const wordingColumns = `id, gap, question, reason, count, first_at, last_at`

func scanWording(sc scanner) (w handlers.GapWording, err error) {
	return w, sc.Scan(&w.ID, &w.Gap, &w.Question, &w.Reason, &w.Count, when{&w.FirstAt}, when{&w.LastAt})
}

// Wordings implements handlers.Gaps.
func (t *tx) Wordings(ctx context.Context, limit int) ([]handlers.GapWording, error) {
	return all(ctx, t, func(sc scanner) (w handlers.GapWording, err error) {
		return w, sc.Scan(&w.Gap, &w.Question)
	}, `SELECT gap, question FROM gap_wording ORDER BY last_at DESC, id LIMIT $1`, limit)
}

// CloseGap implements handlers.Gaps.
func (t *tx) CloseGap(ctx context.Context, id string) error {
	if err := found(t.exec(ctx, `UPDATE gap SET state = 'closed' WHERE id = $1`, id)); err != nil {
		return err
	}
	_, err := t.waiting(ctx, id)
	return err
}

// AnswerGap implements handlers.Gaps.
func (t *tx) AnswerGap(ctx context.Context, id string, a handlers.GapAnswer, seen time.Time) ([]handlers.Asker, error) {
	n, err := t.exec(ctx, `UPDATE gap SET state = 'answered', answer = $2, answer_unit = $3, answer_by = $4, answer_at = $5, document = $6
		WHERE id = $1 AND answer_at = $7`, id, a.Text, a.Unit, a.By, a.At, a.Document, seen)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		if _, err := t.Gap(ctx, id); err != nil {
			return nil, err
		}
		return nil, handlers.ErrGapAnswered
	}
	return t.waiting(ctx, id)
}

// waiting lists who waits for an answer, each once, and lets them wait no more.
func (t *tx) waiting(ctx context.Context, gap string) ([]handlers.Asker, error) {
	t.changed(handlers.GapChanged, gap)
	rows, err := all(ctx, t, func(sc scanner) (a handlers.Asker, err error) {
		return a, sc.Scan(&a.Person, &a.Question)
	}, `SELECT a.person, w.question FROM gap_asker a JOIN gap_wording w ON w.id = a.wording
		WHERE w.gap = $1 AND a.waits ORDER BY a.at DESC, a.person, w.id`, gap)
	if err != nil {
		return nil, err
	}
	var out []handlers.Asker
	seen := make(map[string]bool)
	for _, a := range rows {
		if !seen[a.Person] {
			seen[a.Person] = true
			out = append(out, a)
		}
	}
	_, err = t.exec(ctx, `UPDATE gap_asker SET waits = FALSE WHERE waits AND wording IN (SELECT id FROM gap_wording WHERE gap = $1)`, gap)
	return out, err
}

// MergeGaps implements handlers.Gaps.
func (t *tx) MergeGaps(ctx context.Context, from, into string) error {
	if from == into {
		return &ticket.Error{Code: ticket.Invalid, Field: "into"}
	}
	err := found(t.exec(ctx, `UPDATE gap SET state = CASE WHEN (SELECT o.state FROM gap o WHERE o.id = $1) = 'open' THEN 'open' ELSE state END
		WHERE id = $2 AND EXISTS (SELECT 1 FROM gap o WHERE o.id = $1)`, from, into))
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE gap_wording SET gap = $2 WHERE gap = $1`, from, into); err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE gap SET answer = o.answer, answer_unit = o.answer_unit, answer_by = o.answer_by, answer_at = o.answer_at, document = o.document
		FROM gap o WHERE o.id = $1 AND gap.id = $2 AND gap.answer = '' AND o.answer <> ''`, from, into)
	if err != nil {
		return err
	}
	t.changed(handlers.GapChanged, into)
	_, err = t.exec(ctx, `DELETE FROM gap WHERE id = $1`, from)
	return err
}

// standsForRest makes what stands for a gap one of the wordings that it has left.
const standsForRest = `UPDATE gap SET question = (SELECT w.question FROM gap_wording w WHERE w.gap = $1 ORDER BY w.count DESC, w.last_at DESC, w.id LIMIT 1)
	WHERE id = $1 AND question NOT IN (SELECT w.question FROM gap_wording w WHERE w.gap = $1)`

// SplitGap implements handlers.Gaps.
func (t *tx) SplitGap(ctx context.Context, id, wording string) (string, error) {
	g, err := t.Gap(ctx, id)
	if err != nil {
		return "", err
	}
	if len(g.Wordings) < 2 {
		return "", &ticket.Error{Code: ticket.Invalid, Field: "wording"}
	}
	alone := newID()
	if err := found(t.exec(ctx, `UPDATE gap_wording SET gap = $3 WHERE gap = $1 AND id = $2`, id, wording, alone)); err != nil {
		return "", err
	}
	_, err = t.exec(ctx, `INSERT INTO gap (id, question, state, nearest, answer, answer_unit, answer_by, answer_at, document)
		SELECT $1, w.question, 'open', '[]', '', '', '', 0, '' FROM gap_wording w WHERE w.id = $2`, alone, wording)
	if err != nil {
		return "", err
	}
	_, err = t.exec(ctx, standsForRest, id)
	t.changed(handlers.GapChanged, id)
	return alone, err
}

// gapWords is what two questions must share to be the same question: letters,
// combining marks and digits, full width as half width, in lower case. A question
// without any, such as "？？", is itself.
func gapWords(question string) string {
	words := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(clean(question))))
	if words == "" {
		return strings.TrimSpace(question)
	}
	return words
}
