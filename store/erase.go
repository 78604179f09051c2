package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"reflect"
	"slices"

	"liaison/ticket"
)

// newSalt returns 32 random hexadecimal digits.
func newSalt() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// sealedLine is an event with what is kept beside it.
type sealedLine struct {
	event  ticket.Event
	seal   string // of its line of the ledger
	salt   string // of the digest, "" once the words are erased
	digest string // of the words, "" of events from before there were digests
	erased int    // the step that erased the words, 0 when they are there
}

// whole reports whether the line is as it was sealed upon the one before. Of an event
// that was erased and has no digest, the step that erased it knows: see erasures.
func (l sealedLine) whole(previous string) bool {
	switch {
	case l.erased == 0 && l.digest != "" && l.event.Digest(l.salt) != l.digest:
		return false
	case l.erased != 0 && (l.salt != "" || !bare(l.event)):
		return false
	case l.erased != 0 && l.digest == "":
		return true
	default:
		return l.event.Seal(previous, l.digest) == l.seal
	}
}

// bare reports whether nothing but the open part of the event is there.
func bare(e ticket.Event) bool { return reflect.DeepEqual(e, e.Bare()) }

// after is the hash of the lines that one step erased, this one the last: of what is
// left of them and of their seals.
func (l sealedLine) after(left string) string { return l.event.Seal(left+l.seal, "") }

// erasure is the step of a case that took words out of it.
type erasure struct {
	ticket string
	seq    int
}

// erasures are those that lines seen so far name, and that have not come yet.
type erasures map[erasure]*erasedLines

type erasedLines struct {
	left  string     // see sealedLine.after
	first BrokenLine // what is broken if the erasure never comes
}

// allow notes an erased line, and compares a step that erases with what it erased.
func (open erasures) allow(at BrokenLine, l sealedLine) bool {
	if l.event.Action == ticket.Erase {
		this := erasure{at.Ticket, at.Seq}
		gone := open[this]
		if gone == nil {
			gone = new(erasedLines)
		}
		delete(open, this)
		return gone.left == l.event.Object
	}
	if l.erased == 0 {
		return true
	}
	by := erasure{at.Ticket, l.erased}
	if open[by] == nil {
		at.What = "its words are gone, and no step says who erased them"
		open[by] = &erasedLines{first: at}
	}
	open[by].left = l.after(open[by].left)
	return true
}

// first returns the first line whose words are gone without a step that erased them.
func (open erasures) first() (b *BrokenLine) {
	for _, lines := range open {
		if b == nil || lines.first.N < b.N {
			b = &lines.first
		}
	}
	return b
}

// EraseWords implements ticket.Tx.
func (t *tx) EraseWords(ctx context.Context, id string, seqs []int, by int) (left string, err error) {
	pending := t.unsealed
	t.unsealed = nil
	if err := t.seal(ctx, pending); err != nil { // what was said is sealed before it goes
		return "", err
	}
	lines, err := all(ctx, t, func(sc scanner) (l sealedLine, err error) {
		return l, sc.Scan(append([]any{&l.seal, &l.digest}, eventFields(&l.event)...)...)
	}, `SELECT l.seal, e.digest, `+eventListOr+` FROM ticket_event e JOIN ledger l ON l.ticket = e.ticket AND l.seq = e.seq
		WHERE e.ticket = $1 AND e.erased = 0 ORDER BY l.n`, id)
	if err != nil {
		return "", err
	}
	for _, l := range lines {
		if seqs != nil && !slices.Contains(seqs, l.event.Seq) {
			continue
		}
		if l.event.Action == ticket.Erase { // its words say on whose behalf; it has no others
			continue
		}
		l.event = l.event.Bare()
		files, err := marshal(l.event.Files)
		funds, err2 := marshalAny(l.event.Funds)
		outcome, err3 := marshalAny(l.event.Outcome)
		if err := errors.Join(err, err2, err3); err != nil {
			return "", err
		}
		_, err = t.exec(ctx, `UPDATE ticket_event SET actor = $3, text = $4, files = $5, funds = $6, outcome = $7, salt = '', erased = $8
			WHERE ticket = $1 AND seq = $2`, id, l.event.Seq, l.event.Actor, l.event.Text, files, funds, outcome, by)
		if err != nil {
			return "", err
		}
		left = l.after(left)
	}
	return left, nil
}
