package handlers

import (
	"context"
	"slices"
	"strings"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// EnterVisit files a visit on behalf of staff at one of their stations and returns it
// as it is stored. An observer who is named as the visitor has it among his or her own.
// What is wrong with it is Invalid, see visit.Visit.Check; a station or town that does
// not exist is Invalid "station" or "town", somebody else's station Forbidden; one that
// is filed already is Conflict "visit".
func (d *Desk) EnterVisit(ctx context.Context, tx Tx, by string, v visit.Visit) (visit.Visit, error) {
	at, err := d.visitPlaces(ctx, tx, by)
	if err != nil {
		return v, err
	}
	if _, ok := d.Directory().Station(v.Station); !ok {
		return v, &ticket.Error{Code: ticket.Invalid, Field: "station"}
	}
	if !at.Own(v.Station) {
		return v, ticket.Errorf(ticket.Forbidden, "station of others")
	}
	if _, ok := d.Directory().Town(v.Town); !ok && v.Town != "" {
		return v, &ticket.Error{Code: ticket.Invalid, Field: "town"}
	}
	if err := v.Check(d.Now()); err != nil {
		return v, err
	}
	v.Observer = at.Observer(v.Visitor)
	v.State, v.By, v.CreatedAt, v.FiledAt = visit.Filed, by, d.Now(), d.Now()
	v, err = tx.AddVisit(ctx, v)
	if ticket.CodeOf(err) == ticket.Conflict {
		err = &ticket.Error{Code: ticket.Conflict, Field: "visit", Err: err}
	}
	return v, err
}

// ImportedVisits is what an import came to: either something was added, or there
// were faults.
type ImportedVisits struct {
	Added    int           // visits
	Opinions int           // of these
	Known    []int         // first rows of the visits that were there already, and stayed as they were
	Faults   []visit.Fault // with a single one, nothing was added
	Ignored  []string      // headers that mean nothing
}

// ImportVisits files the visits of a sheet on behalf of staff at their stations, all
// of them or, when there is a fault, none. A visit that is filed already, from an
// earlier import, the page or the chat, is left alone: visit.Visit.Key recognises it.
func (d *Desk) ImportVisits(ctx context.Context, tx Tx, by string, sheet visit.Sheet) (ImportedVisits, error) {
	at, err := d.visitPlaces(ctx, tx, by)
	if err != nil {
		return ImportedVisits{}, err
	}
	read := sheet.Read(at, d.Now())
	out := ImportedVisits{Faults: read.Faults, Ignored: read.Ignored}
	if len(read.Faults) > 0 {
		return out, nil
	}
	for _, e := range read.Entries {
		v := e.Visit
		v.By, v.CreatedAt, v.FiledAt = by, d.Now(), d.Now()
		switch _, err := tx.AddVisit(ctx, v); ticket.CodeOf(err) {
		case "":
			out.Added++
			out.Opinions += len(v.Opinions)
		case ticket.Conflict:
			out.Known = append(out.Known, e.Rows[0])
		default:
			return ImportedVisits{}, err
		}
	}
	return out, nil
}

// RecordOutcome notes, on behalf of staff, what became of an opinion. Of one that is
// a case it is Illegal "visit": the case says it.
func (d *Desk) RecordOutcome(ctx context.Context, tx Tx, by, id string, n int, o visit.Outcome) (visit.Visit, error) {
	v, err := d.staffVisit(ctx, tx, by, id)
	if err != nil {
		return v, err
	}
	opinion := v.Opinion(n)
	switch {
	case opinion == nil:
		return v, ticket.Errorf(ticket.NotFound, "visit %s has no opinion %d", id, n)
	case !o.Valid():
		return v, &ticket.Error{Code: ticket.Invalid, Field: "outcome"}
	case opinion.Ticket != "":
		return v, &ticket.Error{Code: ticket.Illegal, Field: "visit"}
	}
	opinion.Outcome = o
	return v, tx.SaveVisit(ctx, v)
}

// AddOpinion adds an opinion to a visit on behalf of staff.
func (d *Desk) AddOpinion(ctx context.Context, tx Tx, by, id string, o visit.Opinion) (visit.Visit, error) {
	v, err := d.staffVisit(ctx, tx, by, id)
	if err != nil {
		return v, err
	}
	v.Opinions = append(v.Opinions, visit.Opinion{Text: strings.TrimSpace(o.Text), Outcome: o.Outcome})
	if err := v.Check(d.Now()); err != nil {
		return v, err
	}
	if err := tx.SaveVisit(ctx, v); err != nil {
		return v, err
	}
	return tx.Visit(ctx, id)
}

// RemoveVisit takes a visit that was entered by mistake out again. A supervisor may,
// and who wrote it down; one of whose opinions a case was made is Illegal "visit_case",
// because the case stands on it.
func (d *Desk) RemoveVisit(ctx context.Context, tx Tx, by, id string) error {
	v, err := d.staffVisit(ctx, tx, by, id)
	if err != nil {
		return err
	}
	w, err := d.Viewer(ctx, tx, by)
	switch {
	case err != nil:
		return err
	case !MayRemove(w, v):
		return ticket.Errorf(ticket.Forbidden, "visit of a colleague")
	case slices.ContainsFunc(v.Opinions, func(o visit.Opinion) bool { return o.Ticket != "" }):
		return &ticket.Error{Code: ticket.Illegal, Field: "visit_case"}
	}
	v.State = visit.Removed
	return tx.SaveVisit(ctx, v)
}

// MayRemove reports whether the viewer may take the visit out.
func MayRemove(w ticket.Viewer, v visit.Visit) bool { return w.Supervisor || v.By == w.Person }

// StaffVisit returns the visit if the viewer looks after it as staff; any other is
// NotFound.
func (d *Desk) StaffVisit(ctx context.Context, tx Tx, w ticket.Viewer, id string) (visit.Visit, error) {
	v, err := tx.Visit(ctx, id)
	w.Person = "" // what is one's own as an observer is for the chat
	if err == nil && !v.VisibleTo(w) {
		err = ticket.Errorf(ticket.NotFound, "visit of others")
	}
	return v, err
}

func (d *Desk) staffVisit(ctx context.Context, tx Tx, by, id string) (visit.Visit, error) {
	w, err := d.Viewer(ctx, tx, by)
	if err != nil {
		return visit.Visit{}, err
	}
	return d.StaffVisit(ctx, tx, w, id)
}

// visitPlaces is what the names that a colleague writes in a visit are looked up in.
func (d *Desk) visitPlaces(ctx context.Context, tx Tx, by string) (visitPlaces, error) {
	w, err := d.Viewer(ctx, tx, by)
	if err != nil {
		return visitPlaces{}, err
	}
	if !w.Supervisor && len(w.Stations) == 0 {
		return visitPlaces{}, ticket.Errorf(ticket.Forbidden, "visits are entered by staff")
	}
	all, err := d.Observers(ctx, tx)
	p := visitPlaces{desk: d, viewer: w, observers: make(map[string]string)}
	for _, o := range all {
		if _, twice := p.observers[o.Label]; twice {
			o.Person = "" // two of one name: nobody can say which
		}
		p.observers[o.Label] = o.Person
	}
	return p, err
}

type visitPlaces struct {
	desk      *Desk
	viewer    ticket.Viewer
	observers map[string]string // person by label
}

var _ visit.Places = visitPlaces{}

// Station implements visit.Places.
func (p visitPlaces) Station(typed string) (string, bool) {
	found := p.desk.Directory().FindStation(typed)
	if len(found) != 1 {
		return "", false
	}
	return found[0].ID, true
}

// Town implements visit.Places.
func (p visitPlaces) Town(typed string) (string, bool) {
	for _, town := range p.desk.Directory().Towns() {
		if strings.EqualFold(town.Name, typed) || strings.EqualFold(town.NameEN, typed) || town.ID == typed {
			return town.ID, true
		}
	}
	found := p.desk.Directory().TownsNamed(typed)
	if len(found) != 1 {
		return "", false
	}
	return found[0].ID, true
}

// Observer implements visit.Places.
func (p visitPlaces) Observer(name string) string { return p.observers[strings.TrimSpace(name)] }

// Own implements visit.Places.
func (p visitPlaces) Own(station string) bool {
	return p.viewer.Supervisor || slices.Contains(p.viewer.Stations, station)
}

// Default implements visit.Places.
func (p visitPlaces) Default() string {
	if p.viewer.Supervisor || len(p.viewer.Stations) != 1 {
		return ""
	}
	return p.viewer.Stations[0]
}
