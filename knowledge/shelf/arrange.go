package shelf

import (
	"time"

	"liaison/knowledge"
)

// standing is what follows for one version from the others of its document.
type standing struct {
	Entry
	libraryID    string         // the document's ID in the library
	current      bool           // the version that counts, now or from its first day on
	supersededOn knowledge.Date // the first day on which a later version counts instead
	answers      bool           // belongs to the library that is answered from
}

// arrange works out how the versions of one document stand, given their last
// lines in order of version; removed ones are left out.
//
// The current version is the latest one that is not a draft, and the document
// that came with the program only if there is no other. Without any it is the
// latest draft. An older version is superseded from the day on which the next
// one starts; if that is not after its own start the next one only corrects it,
// and it is not answered from at all.
func arrange(entries []Entry) []standing {
	var out []standing
	current := -1
	for _, e := range entries {
		if e.State == Removed {
			continue
		}
		out = append(out, standing{Entry: e})
		n := len(out) - 1
		if current < 0 || e.State != Draft || out[current].State == Draft {
			current = n
		}
	}
	next := -1 // the later version that replaces the one looked at
	for i := len(out) - 1; i >= 0; i-- {
		s := &out[i]
		s.current = i == current
		if s.libraryID = versionID(s.ID, s.Version); s.current {
			s.libraryID = s.ID
		}
		if s.State == Draft {
			continue
		}
		switch {
		case s.current:
			s.answers = true
		case s.Bundled(): // hidden
		case next >= 0:
			s.supersededOn = out[next].Starts
			s.answers = s.Starts.Before(s.supersededOn)
		}
		next = i
	}
	return out
}

// document reads what is kept and puts on it what follows from the other versions.
func (s standing) document(today knowledge.Date) (knowledge.Document, error) {
	d, err := knowledge.ParseDocument(s.ID, s.Source)
	if err != nil {
		return knowledge.Document{}, err
	}
	rename(&d, s.libraryID)
	if s.supersededOn.IsZero() {
		return d, nil
	}
	d.SupersededBy = s.ID
	if !today.Before(s.supersededOn) && d.Status == knowledge.InForce {
		d.Status = knowledge.Superseded
	}
	last := dayBefore(s.supersededOn)
	if (d.EffectiveTo.IsZero() || last.Before(d.EffectiveTo)) && !last.Before(d.EffectiveFrom) {
		d.EffectiveTo = last
	}
	return d, nil
}

func dayBefore(d knowledge.Date) knowledge.Date {
	return knowledge.DateOf(time.Date(d.Year, d.Month, d.Day-1, 0, 0, 0, 0, time.UTC))
}

// rename gives a document and its units another ID.
func rename(d *knowledge.Document, id string) {
	d.ID = id
	for i := range d.Units {
		d.Units[i].ID = knowledge.UnitID(id, d.Units[i].Slug)
	}
}

// groups calls fn for the entries of each document; they are in order of ID.
func groups(entries []Entry, fn func(id string, versions []Entry)) {
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].ID == entries[0].ID {
			n++
		}
		fn(entries[0].ID, entries[:n])
		entries = entries[n:]
	}
}
