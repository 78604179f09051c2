package ticket

import (
	"context"
	"slices"
)

// Nobody stands for the requester of a case whose words were erased: no person has
// this id, so that what is left of the case leads to none.
const Nobody = "erased"

// ErasedText stands in the place of words that were erased. It is what staff read.
const ErasedText = "已按当事人要求清除 / Erased on request of the person"

// Erased reports whether the words of the case were erased. Who its requester was is
// not known any more.
func (t Ticket) Erased() bool { return t.Requester == Nobody }

// owned reports whether a step in the role is taken by the requester of a case.
func owned(r Role) bool { return slices.Contains(owners, r) }

// gone is what an erasure makes of words.
func gone(text string) string {
	if text == "" {
		return ""
	}
	return ErasedText
}

// erased returns the case without what leads to a person: words, company, contact,
// and why it was routed, which quotes words. Kind, town, topic, station, dates and
// figures are kept.
func (t Ticket) erased() Ticket {
	t.Requester = Nobody
	t.Text, t.Rating.Comment = gone(t.Text), gone(t.Rating.Comment)
	t.Company, t.Contact, t.Consent, t.Route = "", "", false, nil
	t.Funds, t.Outcome = t.Funds.bare(), t.Outcome.bare()
	return t
}

// Bare returns what an erasure leaves of the event: its open part.
func (e Event) Bare() Event {
	if owned(e.Role) {
		e.Actor = Nobody
	}
	e.Text, e.Files = gone(e.Text), nil
	e.Funds, e.Outcome = e.Funds.bare(), e.Outcome.bare()
	return e
}

func (f *Funds) bare() *Funds {
	if f == nil {
		return nil
	}
	out := *f
	out.Offered, out.AlsoHas = gone(f.Offered), gone(f.AlsoHas)
	return &out
}

func (o *Outcome) bare() *Outcome {
	if o == nil {
		return nil
	}
	out := *o
	out.Reason = gone(o.Reason)
	return &out
}

// Erase takes the words out of a case at the wish of its requester, and notes that in
// the history, with the text if there is one; the requester is Nobody from then on. A
// case that somebody still works on, and an observer's finding, is Illegal.
func (sv *Service) Erase(ctx context.Context, tx Tx, id, text string) (Ticket, error) {
	t, err := tx.Ticket(ctx, id)
	if err != nil {
		return t, err
	}
	return sv.erase(ctx, tx, t, Step{Action: Erase, Role: RoleRequester, Text: text}, nil)
}

// ErasePart takes the words out of some lines of a case that is somebody else's, and
// notes that in its history.
func (sv *Service) ErasePart(ctx context.Context, tx Tx, id string, seqs []int) (Ticket, error) {
	t, err := tx.Ticket(ctx, id)
	if err != nil {
		return t, err
	}
	return sv.erase(ctx, tx, t, Step{Action: Erase, Role: RoleSystem}, seqs)
}

func (sv *Service) erase(ctx context.Context, tx Tx, t Ticket, s Step, seqs []int) (Ticket, error) {
	if _, err := sv.plan(t, s); err != nil { // before anything is written
		return t, err
	}
	var err error
	if s.left, err = tx.EraseWords(ctx, t.ID, seqs, int(t.Version)+1); err != nil {
		return t, err
	}
	return sv.take(ctx, tx, t, s)
}
