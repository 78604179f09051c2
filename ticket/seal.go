package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
)

// A line of a history has two parts. What the case needs to stay understood is
// open: when, which step, in which state, at which station. What people said, and
// who spoke as the requester, are its words: they can be taken out at the
// requester's wish (Erase). Seal covers the open part directly and the words by
// their Digest alone, so that a history whose words were erased still proves all
// the rest.

// Seal returns what is kept beside the event so that a later change to it, or to
// any event before it, can be noticed: the hash of the seal before it, of the open
// part and of the digest of the words, in lower-case hex. The first event is sealed
// upon "". A digest of "" stands for an event from before there were digests: its
// words go into the seal themselves.
//
// Only what is set goes into the hash, under its name: a field that is added one
// day leaves the seals of all earlier events as they are. Times count to the
// millisecond, as they are kept.
func (e Event) Seal(previous, digest string) string {
	h := sha256.New()
	say := sayTo(h)
	say("previous", previous)
	if digest == "" {
		e.say(say, say)
	} else {
		e.say(say, saysNothing)
		say("words", digest)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Digest is the hash of the words of the event and a salt, in lower-case hex. The
// salt is random, kept beside the words and goes with them: without it nobody can
// find out what was erased by trying.
func (e Event) Digest(salt string) string {
	h := sha256.New()
	say := sayTo(h)
	say("salt", salt)
	e.say(saysNothing, say)
	return hex.EncodeToString(h.Sum(nil))
}

// sayer takes a value under its name: a string, or a number.
type sayer func(name string, value any)

func saysNothing(string, any) {}

// sayTo writes what is set to w: all numbers, and the strings that are not empty.
func sayTo(w io.Writer) sayer {
	return func(name string, value any) {
		switch v := value.(type) {
		case string:
			if v != "" {
				fmt.Fprintf(w, "%s=%q\n", name, v)
			}
		default:
			fmt.Fprintf(w, "%s=%d\n", name, v)
		}
	}
}

// say says all of the event, in an order that never changes, each part of it to its
// own.
func (e Event) say(open, words sayer) {
	open("ticket", e.Ticket)
	open("seq", e.Seq)
	open("at", e.At.UnixMilli())
	if owned(e.Role) {
		words("actor", e.Actor)
	} else {
		open("actor", e.Actor)
	}
	open("role", string(e.Role))
	open("action", string(e.Action))
	open("from", string(e.From))
	open("to", string(e.To))
	words("text", e.Text)
	open("station", e.Station)
	open("object", e.Object)
	if !e.Until.IsZero() {
		open("until", e.Until.UnixMilli())
	}
	for _, f := range e.Files {
		words("file", f.Hash)
		words("name", f.Name)
		words("mime", f.MIME)
		words("size", f.Size)
	}
	if e.Funds != nil {
		e.Funds.say(open, words)
	}
	if e.Outcome != nil {
		e.Outcome.say(open, words)
	}
}

func (f Funds) say(say, words sayer) {
	say("amount", strconv.FormatInt(f.Amount, 10))
	say("months", strconv.Itoa(f.Months))
	for _, g := range f.Guarantees {
		say("guarantee", string(g))
	}
	words("offered", f.Offered)
	for _, q := range f.Has {
		say("has", string(q))
	}
	words("also_has", f.AlsoHas)
	for _, p := range f.Products {
		say("product", p.Unit)
		say("product_title", p.Title)
		for _, why := range p.Why {
			say("why", why.Code)
			say("why_words", why.Value)
		}
	}
}

func (o Outcome) say(say, words sayer) {
	say("result", string(o.Result))
	say("granted", strconv.FormatInt(o.Amount, 10))
	say("rate", strconv.Itoa(o.Rate))
	say("granted_months", strconv.Itoa(o.Months))
	say("lender", o.Lender)
	words("refused_because", o.Reason)
	say("recorded", strconv.FormatInt(o.At.UnixMilli(), 10))
}
