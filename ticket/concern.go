package ticket

import "time"

// Concern is why a case deserves a supervisor's look.
type Concern string

// The concerns, with the name shown in Chinese.
const (
	Late    Concern = "late"    // 已超期: a deadline has passed
	Soon    Concern = "soon"    // 即将到期: a deadline passes within a day
	Asking  Concern = "asking"  // 申请延期: an extension waits for the supervisor's word
	Moving  Concern = "moving"  // 多次转办: it changed hands twice or more and goes on
	Again   Concern = "again"   // 重办: it was not solved and goes on
	Silent  Concern = "silent"  // 久候未补: it has long waited for its requester, and no deadline counts meanwhile
	Unhappy Concern = "unhappy" // 不满意: not solved, or scored 1 or 2, lately
)

// Concerns lists every concern, the most pressing first.
var Concerns = []Concern{Late, Soon, Asking, Moving, Again, Silent, Unhappy}

// What the concerns are reckoned by.
const (
	SoonTime    = 24 * time.Hour      // how long before its deadline a case is Soon
	ManyMoves   = 2                   // how many moves are too many
	SilentTime  = 14 * 24 * time.Hour // how long a case may wait for its requester
	LowScore    = 2                   // the highest score of who is unhappy
	UnhappyTime = 30 * 24 * time.Hour // how long an unhappy word concerns
)

// Valid reports whether k is one of Concerns.
func (k Concern) Valid() bool {
	for _, known := range Concerns {
		if k == known {
			return true
		}
	}
	return false
}

// Concerns reports whether the case is of the concern at now.
func (t Ticket) Concerns(k Concern, now time.Time) bool {
	switch k {
	case Late:
		return t.Overdue(now)
	case Soon:
		return !t.Due().IsZero() && !t.Overdue(now) && t.Overdue(now.Add(SoonTime))
	case Asking:
		return t.Open() && t.Extension.State == ExtensionAsked
	case Moving:
		return t.Open() && t.Moves >= ManyMoves
	case Again:
		return t.Open() && t.Reopened > 0
	case Silent:
		return t.State == Waiting && !t.WaitingSince.IsZero() && !t.WaitingSince.After(now.Add(-SilentTime))
	case Unhappy:
		return t.Rating.Given && (!t.Rating.Solved || t.Rating.Score > 0 && t.Rating.Score <= LowScore) && !t.UpdatedAt.Before(now.Add(-UnhappyTime))
	default:
		return false
	}
}
