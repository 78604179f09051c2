package relay

import "time"

// The longest that the relay lets a message wait until it is tried again, and a
// reply. A channel that wants more is asked again after that; what it must not be sent
// it holds back by itself.
const (
	LongestHandleWait  = 30 * time.Second
	LongestDeliverWait = 10 * time.Minute
)

// Due reports whether what was to wait until then, for longest at most, is due now.
// The time is of the wall clock, which can be set back meanwhile, or be another one
// after a restart or in another process. What would have to wait for longer than
// longest was postponed under such a clock, and is due: or it would wait for as long
// as that clock was wrong.
func Due(until, now time.Time, longest time.Duration) bool {
	return !until.After(now) || until.After(now.Add(longest))
}
