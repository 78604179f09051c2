package handlers

import "time"

// Share says how well questions were answered in some time.
type Share struct {
	Asked    int     `json:"asked"`
	Answered int     `json:"answered"` // from the library, at once
	Share    float64 `json:"share"`    // Answered of Asked, 0 to 1
	Helped   int     `json:"helped"`   // as the requesters said
	Unhelped int     `json:"unhelped"`
}

// ShareOf reckons the share of a day, or of any other time that d counts. A
// question that the bot asked back about counts as asked only.
func ShareOf(d AskedDay) Share {
	s := Share{
		Answered: d.Count[AskedAnswered], Helped: d.Count[AskedHelped], Unhelped: d.Count[AskedUnhelped],
		Asked: d.Count[AskedAnswered] + d.Count[AskedClarified] + d.Count[AskedRefused],
	}
	if s.Asked > 0 {
		s.Share = float64(s.Answered) / float64(s.Asked)
	}
	return s
}

// Weeks adds days up by week; each is called by its Monday. Days that are no
// dates are left out.
func Weeks(days []AskedDay) []AskedDay {
	var out []AskedDay
	for _, d := range days {
		at, err := time.Parse(time.DateOnly, d.Day)
		if err != nil {
			continue
		}
		monday := at.AddDate(0, 0, -(int(at.Weekday())+6)%7).Format(time.DateOnly)
		if len(out) == 0 || out[len(out)-1].Day != monday {
			out = append(out, AskedDay{monday, make(map[AskedOutcome]int)})
		}
		for o, n := range d.Count {
			out[len(out)-1].Count[o] += n
		}
	}
	return out
}
