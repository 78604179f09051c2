package ticket

import (
	"cmp"
	"slices"
	"time"
)

// Tally is what became of a number of financing requests: of those of a month, a
// town, a station or a product. Amounts are in yuan; a request that named none
// counts with nothing.
type Tally struct {
	Key                               string // what the requests have in common
	Count                             int
	Granted, Refused, NoResult, Going int   // how many ended so; Going have no result yet
	Asked                             int64 // by all
	AskedGranted                      int64 // by those that were granted
	AskedRefused                      int64 // by those that were refused
	Lent                              int64 // what was granted
	Recorded                          int   // how many have a recorded result

	rated   int64         // yuan times rate
	decided time.Duration // from submission to record, of all Recorded
}

// Rate returns the average rate of what was granted, each yuan counted the same, in
// the unit of Outcome.Rate; 0 when nothing was.
func (y Tally) Rate() int {
	if y.Lent == 0 {
		return 0
	}
	return int((y.rated + y.Lent/2) / y.Lent)
}

// Wait returns the average time from submission to the record of a result, 0 when
// there is none.
func (y Tally) Wait() time.Duration {
	if y.Recorded == 0 {
		return 0
	}
	return y.decided / time.Duration(y.Recorded)
}

func (y *Tally) add(t Ticket) {
	asked := t.asked()
	y.Count++
	y.Asked += asked
	switch t.Ended() {
	case Granted:
		y.Granted++
		y.AskedGranted += asked
		y.Lent += t.Outcome.Amount
		y.rated += t.Outcome.Amount * int64(t.Outcome.Rate)
	case Refused:
		y.Refused++
		y.AskedRefused += asked
	case NoResult:
		y.NoResult++
	default:
		y.Going++
	}
	if t.Outcome != nil {
		y.Recorded++
		y.decided += t.Outcome.At.Sub(t.CreatedAt)
	}
}

// TallyBy adds financing requests up by the keys that key gives to each, in the
// order of the keys. A request with several keys counts with each; one that was
// merged into another, and a case of another kind, does not count.
func TallyBy(cases []Ticket, key func(Ticket) []string) []Tally {
	at := make(map[string]*Tally)
	var all []*Tally
	for _, t := range cases {
		if t.Kind != Financing || t.MergedInto != "" {
			continue
		}
		for _, k := range key(t) {
			if at[k] == nil {
				at[k] = &Tally{Key: k}
				all = append(all, at[k])
			}
			at[k].add(t)
		}
	}
	slices.SortFunc(all, func(a, b *Tally) int { return cmp.Compare(a.Key, b.Key) })
	out := make([]Tally, len(all))
	for i, y := range all {
		out[i] = *y
	}
	return out
}

// What financing requests are added up by.
var (
	ByAll     = func(Ticket) []string { return []string{""} }
	ByMonth   = func(t Ticket) []string { return []string{t.CreatedAt.In(CST).Format("2006-01")} }
	ByTown    = func(t Ticket) []string { return []string{t.Town} }
	ByStation = func(t Ticket) []string { return []string{t.Station} }
	// ByProduct goes by the unit ids of the products that fitted, "" for none.
	ByProduct = func(t Ticket) []string {
		if t.Funds == nil || len(t.Funds.Products) == 0 {
			return []string{""}
		}
		var units []string
		for _, p := range t.Funds.Products {
			units = append(units, p.Unit)
		}
		return units
	}
)
