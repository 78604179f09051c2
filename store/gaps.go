package store

import (
	"context"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"liaison/handlers"
)

// AddGap implements handlers.Gaps.
func (t *tx) AddGap(ctx context.Context, question string, reason handlers.GapReason, at time.Time) error {
	var id string
	err := t.row(ctx, `INSERT INTO gap (id, words, reason, question, count, first_at, last_at, done)
		VALUES ($1, $2, $3, $4, 1, $5, $5, FALSE)
		ON CONFLICT (words, reason) DO UPDATE SET count = gap.count + 1, done = FALSE,
			last_at = CASE WHEN excluded.last_at > gap.last_at THEN excluded.last_at ELSE gap.last_at END
		RETURNING id`, newID(), gapWords(question), string(reason), question, at).Scan(&id)
	if err == nil {
		t.changed(handlers.GapChanged, id)
	}
	return err
}

// Gaps implements handlers.Gaps.
func (t *tx) Gaps(ctx context.Context, limit int) ([]handlers.Gap, error) {
	if limit <= 0 {
		limit = 100
	}
	return all(ctx, t, func(sc scanner) (g handlers.Gap, err error) {
		return g, sc.Scan(&g.ID, &g.Question, &g.Reason, &g.Count, when{&g.FirstAt}, when{&g.LastAt}, &g.Done)
	}, `SELECT id, question, reason, count, first_at, last_at, done FROM gap
		WHERE NOT done ORDER BY count DESC, last_at DESC, id LIMIT $1`, limit)
}

// CloseGap implements handlers.Gaps.
func (t *tx) CloseGap(ctx context.Context, id string) error {
	err := found(t.exec(ctx, `UPDATE gap SET done = TRUE WHERE id = $1`, id))
	if err == nil {
		t.changed(handlers.GapChanged, id)
	}
	return err
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
