package handlers

import (
	"context"
	"slices"
	"time"
)

// Why says why something did not reach a chat.
type Why string

// The reasons. The first four are the chat's: nothing else reaches it either.
const (
	WhyBlocked Why = "blocked" // the person does not want messages
	WhyRemoved Why = "removed" // the bot is no longer in the group
	WhyGone    Why = "gone"    // the chat or the account is no longer there
	WhyNoRight Why = "rights"  // the bot may not write in the group

	WhyRefused  Why = "refused"  // the channel did not take this one message
	WhyLate     Why = "late"     // it was tried for days
	WhyNoTopics Why = "topics"   // the group has no topics, or the bot may not make any
	WhyNoTopic  Why = "no_topic" // the topic that is configured is not there
)

// OfChat reports whether nothing reaches the chat, whatever is sent.
func (w Why) OfChat() bool { return slices.Contains(ChatWhys[:], w) }

// ChatWhys are the reasons that are of a whole chat.
var ChatWhys = [...]Why{WhyBlocked, WhyRemoved, WhyGone, WhyNoRight, WhyLate}

var whyNames = map[Why]phrase{
	WhyBlocked: {"对方停用或屏蔽了本助手", "the bot is blocked there"}, WhyRemoved: {"本助手被移出了群", "the bot was removed from the group"},
	WhyGone: {"账号或群已不存在", "the account or the group is no longer there"}, WhyNoRight: {"本助手在群里没有发言权限", "the bot may not write in the group"},
	WhyRefused: {"消息没有被接收", "the message was not taken"}, WhyLate: {"多日发送不成功", "it could not be sent for days"},
	WhyNoTopics: {"群没有开启话题，或本助手没有管理话题的权限", "the group has no topics, or the bot may not manage them"},
	WhyNoTopic:  {"stations.yaml 里指定的话题已不存在", "the topic named in stations.yaml is no longer there"},
}

// Label returns the reason as people read it, in the language.
func (w Why) Label(l string) string { return langOf(l, "").f(whyNames[w]) }

// Unreached is a chat that something does not reach.
type Unreached struct {
	At     Address // with a thread for WhyNoTopic only
	Why    Why
	Since  time.Time
	Last   time.Time // when it was noted last
	Person string    // whose private chat it is, "" for a group
}

// Unheard is word of a case that its requester did not get.
type Unheard struct {
	Ticket string
	Why    Why
	Since  time.Time
}

// Reach is what a transaction knows of what did not arrive.
type Reach interface {
	// SaveUnreached notes that something does not arrive at the moment at, and reports
	// whether that is new: of the same address and reason the first moment stays beside
	// the last one.
	SaveUnreached(ctx context.Context, a Address, why Why, at time.Time) (fresh bool, err error)
	// LostAt returns when the chat, in whatever thread, last took nothing for a reason
	// that is the chat's; zero when none is noted.
	LostAt(ctx context.Context, a Address) (time.Time, error)
	// Reached takes it that the chat takes messages again.
	Reached(ctx context.Context, a Address) error
	// Unreached lists what was noted, the longest first, each with whose chat it is. A
	// chat that takes a message (relay.Store.Delivered), whose person speaks (Touch) or
	// that is Reached is no longer noted for a reason that is the chat's, and one with a
	// new topic not for WhyNoTopics.
	Unreached(ctx context.Context) ([]Unreached, error)
	// SaveUnheard notes m and reports whether that is new: of the same case the first
	// stays. An unknown case is ticket.NotFound.
	SaveUnheard(ctx context.Context, m Unheard) (fresh bool, err error)
	// Unheard lists what the person has missed, "" for everybody, the longest first.
	Unheard(ctx context.Context, person string) ([]Unheard, error)
	// UnheardOf returns what was missed of the case; false when nothing was.
	UnheardOf(ctx context.Context, ticket string) (Unheard, bool, error)
	// ForgetUnheard removes what was noted for the person.
	ForgetUnheard(ctx context.Context, person string) error
}
