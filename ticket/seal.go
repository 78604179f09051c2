package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
	return hex.EncodeToString(h.Sum(nil))
}
