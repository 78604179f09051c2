package handlers

import (
	"context"
	"strings"
	"time"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// VisitEdit is what is to be put right in a filed visit; what is nil stays.
type VisitEdit struct {
	Companies *string // names as visit.Companies reads them
	Day       *time.Time
	Town, Met *string // town id, "" for unknown
}

// CorrectVisit puts a filed visit right on behalf of staff, notes who changed what and
// when, and returns the visit as it is then. Its station stays, and so do cases that
// were made of its opinions. What is wrong with it is Invalid, see visit.Visit.Check;
// a town that does not exist is Invalid "town"; if it becomes one that is filed already
// it is Conflict "visit".
func (d *Desk) CorrectVisit(ctx context.Context, tx Tx, by, id string, e VisitEdit) (visit.Visit, error) {
	v, err := d.staffVisit(ctx, tx, by, id)
	if err != nil {
		return v, err
	}
	before := v
	if e.Companies != nil {
		if v.Companies, err = visit.Companies(*e.Companies); err != nil {
			return v, err
		}
	}
	if e.Day != nil {
		v.Day = *e.Day
	}
	if e.Met != nil {
		v.Met = strings.TrimSpace(*e.Met)
	}
	if e.Town != nil && *e.Town != v.Town {
		if _, ok := d.Directory().Town(*e.Town); !ok && *e.Town != "" {
			return v, &ticket.Error{Code: ticket.Invalid, Field: "town"}
		}
		v.Town = *e.Town
	}
	if err := v.Check(d.Now()); err != nil {
		return v, err
	}
	changes := visit.Corrections(before, v)
	if len(changes) == 0 {
		return v, nil
	}
	twice := false
	if v.Observer != "" {
		if twice, err = filedTwice(ctx, tx, v); err != nil {
			return v, err
		}
	}
	if !twice {
		err = tx.SaveVisit(ctx, v)
	}
	if twice || ticket.CodeOf(err) == ticket.Conflict {
		return v, &ticket.Error{Code: ticket.Conflict, Field: "visit", Err: err}
	}
	for _, c := range changes {
		c.At, c.By = d.Now(), by
		if err == nil {
			err = tx.AddCorrection(ctx, id, c)
		}
	}
	return v, err
}

// filedTwice reports whether the observer has filed the visit already, even if another
// station looks after it because the town was given otherwise.
func filedTwice(ctx context.Context, tx Tx, v visit.Visit) (twice bool, err error) {
	err = EachVisit(ctx, tx, visit.Filter{Observer: v.Observer, From: v.Day, To: v.Day.AddDate(0, 0, 1)}, func(o visit.Visit) {
		o.Station = v.Station
		twice = twice || o.ID != v.ID && o.Key() == v.Key()
	})
	return twice, err
}
