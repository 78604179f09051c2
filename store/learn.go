package store

import (
	"context"
	"slices"

	"liaison/ticket"
	"liaison/ticket/learn"
)

var _ learn.Store = (*Store)(nil)

// modelsKept is how many models of a target are kept, to look at and to go back to.
const modelsKept = 5

const versionColumns = `number, target, at, digest, cases, held, right_now, right_before, used`

// versionSelect is followed by conditions.
const versionSelect = `SELECT ` + versionColumns + `, EXISTS (SELECT 1 FROM routing_pin p WHERE p.number = routing_model.number) AS pinned FROM routing_model `

func scanVersion(sc scanner) (v learn.Version, err error) {
	err = sc.Scan(&v.Number, &v.Target, when{&v.At}, &v.Digest, &v.Cases, &v.Held, &v.Right, &v.Before, &v.Used, &v.Pinned)
	return v, err
}

// CasesToLearn implements learn.Store: cases that an agent has answered and nobody
// has called unsolved, and those that an agent works on after a transfer. Financing
// requests are placed by their kind; their text, what the money is for, would teach
// that machines and wages are the finance centre's.
func (s *Store) CasesToLearn(ctx context.Context, limit int) (cases []learn.Case, err error) {
	err = s.view(ctx, func(t *tx) error {
		cases, err = all(ctx, t, func(sc scanner) (c learn.Case, err error) {
			err = sc.Scan(&c.ID, &c.Text, &c.Town, &c.Topic, &c.Station)
			return c, err
		}, `SELECT id, text, town, category, station FROM ticket
			WHERE text <> '' AND requester <> '`+ticket.Nobody+`' AND kind <> '`+string(ticket.Financing)+`' AND (
				answered_at > 0 AND state IN ($1, $2)
				OR state IN ($3, $4, $5) AND EXISTS (SELECT 1 FROM ticket_event e WHERE e.ticket = ticket.id AND e.action = $6))
			ORDER BY created_at DESC, id DESC LIMIT $7`,
			string(ticket.Answered), string(ticket.Closed), string(ticket.Accepted), string(ticket.InProgress), string(ticket.Waiting),
			string(ticket.Transfer), limit)
		return err
	})
	slices.Reverse(cases)
	return cases, err
}

// LastModel implements learn.Store.
func (s *Store) LastModel(ctx context.Context, target learn.Target, used bool) (v learn.Version, err error) {
	err = s.view(ctx, func(t *tx) error {
		v, err = scanVersion(t.row(ctx, versionSelect+`WHERE target = $1 AND (used OR NOT $2)
			ORDER BY ($2 AND number IN (SELECT number FROM routing_pin)) DESC, number DESC LIMIT 1`, string(target), used))
		return err
	})
	if ticket.CodeOf(err) == ticket.NotFound {
		return learn.Version{}, nil
	}
	return v, err
}

// Model implements learn.Store.
func (s *Store) Model(ctx context.Context, number int64) (model []byte, err error) {
	err = s.view(ctx, func(t *tx) error {
		return t.row(ctx, `SELECT model FROM routing_model WHERE number = $1 AND length(model) > 0`, number).Scan(&model)
	})
	return model, err
}

// Models implements learn.Store.
func (s *Store) Models(ctx context.Context) (versions []learn.Version, err error) {
	err = s.view(ctx, func(t *tx) error {
		versions, err = all(ctx, t, scanVersion, versionSelect+`ORDER BY number DESC`)
		return err
	})
	return versions, err
}

// AddModel implements learn.Store.
func (s *Store) AddModel(ctx context.Context, v learn.Version, model []byte) (learn.Version, error) {
	err := s.update(ctx, func(t *tx) (err error) {
		if v.Number, err = t.next(ctx, "routing model", 1); err != nil {
			return err
		}
		if model == nil {
			model = []byte{}
		}
		_, err = t.exec(ctx, `INSERT INTO routing_model (`+versionColumns+`, model) VALUES (`+placeholders(1, 10)+`)`,
			v.Number, string(v.Target), v.At, v.Digest, v.Cases, v.Held, v.Right, v.Before, v.Used, model)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE routing_model SET model = $1 WHERE target = $2 AND used AND number NOT IN (SELECT number FROM routing_pin) AND number NOT IN (
			SELECT number FROM routing_model WHERE target = $2 AND used ORDER BY number DESC LIMIT $3)`,
			[]byte{}, string(v.Target), modelsKept)
		return err
	})
	return v, err
}

// PinModel implements learn.Store.
func (s *Store) PinModel(ctx context.Context, number int64) (v learn.Version, err error) {
	err = s.update(ctx, func(t *tx) error {
		v, err = scanVersion(t.row(ctx, versionSelect+`WHERE number = $1 AND used AND length(model) > 0`, number))
		if err != nil {
			return err
		}
		v.Pinned = true
		_, err = t.exec(ctx, `INSERT INTO routing_pin (target, number) VALUES ($1, $2)
			ON CONFLICT (target) DO UPDATE SET number = excluded.number`, string(v.Target), number)
		return err
	})
	return v, err
}

// ReleaseModels implements learn.Store.
func (s *Store) ReleaseModels(ctx context.Context) (n int, err error) {
	err = s.update(ctx, func(t *tx) error {
		rows, err := t.exec(ctx, `DELETE FROM routing_pin`)
		n = int(rows)
		return err
	})
	return n, err
}
