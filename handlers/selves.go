package handlers

import (
	"cmp"
	"context"
	"slices"

	"liaison/ticket"
)

// One human may be several persons: who enters a login code in another channel is
// there what the owner of the code is (Desk.become). Each Membership says from whom
// it was taken over, so that what is done to one of them is done to all.

// Origin is the person whose membership it was first: who was invited.
func (m Membership) Origin() string { return orElse(m.Source, m.Person) }

// membership returns what the person has of the role, for agents at the station, in
// force or ended; false for who never had it.
func (d *Desk) membership(ctx context.Context, tx Tx, person string, role ticket.Role, station string) (Membership, bool, error) {
	ms, err := tx.Memberships(ctx, person)
	i := slices.IndexFunc(ms, func(m Membership) bool { return m.Role == role && m.Station == station })
	if err != nil || i < 0 {
		return Membership{}, false, err
	}
	return ms[i], true, nil
}

// shared returns m, which must be stored, and then those that are the same human's
// in other accounts.
func (d *Desk) shared(ctx context.Context, tx Tx, m Membership) ([]Membership, error) {
	all, err := tx.Members(ctx, m.Role, m.Station)
	all = slices.DeleteFunc(all, func(o Membership) bool { return o.Origin() != m.Origin() || o.Person == m.Person })
	return slices.Insert(all, 0, m), err
}

// end sets when m, which must be stored but for its new end, ends in all accounts of
// its human; zero takes the end away.
func (d *Desk) end(ctx context.Context, tx Tx, m Membership) error {
	all, err := d.shared(ctx, tx, m)
	for _, o := range all {
		if err == nil {
			o.Until = m.Until
			err = tx.AddMembership(ctx, o)
		}
	}
	return err
}

// selves returns the persons that are one human with the person, and the person.
func (d *Desk) selves(ctx context.Context, tx Tx, person string) ([]string, error) {
	out := []string{person}
	ms, err := tx.Memberships(ctx, person)
	for _, m := range ms {
		if err != nil {
			return nil, err
		}
		var all []Membership
		all, err = d.shared(ctx, tx, m)
		for _, o := range all {
			if !slices.Contains(out, o.Person) {
				out = append(out, o.Person)
			}
		}
	}
	return out, err
}

// Is reports whether the person is the colleague, in whatever account.
func (c Colleague) Is(person string) bool {
	return c.Person == person || slices.Contains(c.Others, person)
}

// Colleagues returns who has the role now, for agents at the station, each human
// once: as the person who can be told, if one can, first as the one who was invited.
func (d *Desk) Colleagues(ctx context.Context, tx Tx, role ticket.Role, station string) ([]Colleague, error) {
	members, err := d.members(ctx, tx, role, station)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(members, func(a, b Membership) int { return cmp.Compare(len(a.Source), len(b.Source)) })
	var out []Colleague
	var origins []string
	for _, m := range members {
		c, err := d.Colleague(ctx, tx, m.Person)
		if err != nil {
			return nil, err
		}
		i := slices.Index(origins, m.Origin())
		if i < 0 {
			out, origins = append(out, c), append(origins, m.Origin())
			continue
		}
		if c.Chat && !out[i].Chat {
			c, out[i] = out[i], c
			out[i].Others = c.Others
		}
		out[i].Others = append(out[i].Others, c.Person)
		out[i].ConsoleOnly = out[i].ConsoleOnly || c.ConsoleOnly
	}
	return out, nil
}
