package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Seal returns what is kept beside the event so that a later change to it, or to
// any event before it, can be noticed: the hash of all that it says and of the
// seal before it, in lower-case hex. The first event is sealed upon "".
//
// Only what is set goes into the hash, under its name: a field that is added one
// day leaves the seals of all earlier events as they are. Times count to the
// millisecond, as they are kept.
func (e Event) Seal(previous string) string {
	h := sha256.New()
	say := func(name, value string) {
		if value != "" {
			fmt.Fprintf(h, "%s=%q\n", name, value)
		}
	}
	say("previous", previous)
	say("ticket", e.Ticket)
	fmt.Fprintf(h, "seq=%d\nat=%d\n", e.Seq, e.At.UnixMilli())
	say("actor", e.Actor)
	say("role", string(e.Role))
	say("action", string(e.Action))
	say("from", string(e.From))
	say("to", string(e.To))
	say("text", e.Text)
	say("station", e.Station)
	say("object", e.Object)
	if !e.Until.IsZero() {
		fmt.Fprintf(h, "until=%d\n", e.Until.UnixMilli())
	}
	for _, f := range e.Files {
		say("file", f.Hash)
		say("name", f.Name)
		say("mime", f.MIME)
		fmt.Fprintf(h, "size=%d\n", f.Size)
	}
	if e.Funds != nil {
		e.Funds.seal(say)
	}
	if e.Outcome != nil {
		e.Outcome.seal(say)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (f Funds) seal(say func(name, value string)) {
	say("amount", strconv.FormatInt(f.Amount, 10))
	say("months", strconv.Itoa(f.Months))
	for _, g := range f.Guarantees {
		say("guarantee", string(g))
	}
	say("offered", f.Offered)
	for _, q := range f.Has {
		say("has", string(q))
	}
	say("also_has", f.AlsoHas)
	for _, p := range f.Products {
		say("product", p.Unit)
		say("product_title", p.Title)
		for _, why := range p.Why {
			say("why", why.Code)
			say("why_words", why.Value)
		}
	}
}

func (o Outcome) seal(say func(name, value string)) {
	say("result", string(o.Result))
	say("granted", strconv.FormatInt(o.Amount, 10))
	say("rate", strconv.Itoa(o.Rate))
	say("granted_months", strconv.Itoa(o.Months))
	say("lender", o.Lender)
	say("refused_because", o.Reason)
	say("recorded", strconv.FormatInt(o.At.UnixMilli(), 10))
}
