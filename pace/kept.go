package pace

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"
)

// Open returns a Memory whose windows outlive the process, even one that is killed:
// what happens in them is noted in the file, which is made if need be and belongs to one
// process at a time. Rates begin anew.
//
// Nothing is forced to the disk: a machine that fails is away for longer than most
// windows are. While the file cannot be written, limits are kept as in a Memory of no
// file, and failed is told of it, once.
func Open(file string, failed func(error)) (*Memory, error) {
	notes, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	m := &Memory{windows: make(map[string]*window), journal: &journal{file: file, failed: failed}}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recall(notes)
	m.journal.timer = time.AfterFunc(rewriteEvery, m.tidy)
	return m, m.rewrite()
}

// Close leaves nothing in the file but what counts still, and writes to it no more. Of a
// Memory that was not opened it does nothing.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.journal == nil {
		return nil
	}
	m.journal.timer.Stop()
	err := errors.Join(m.rewrite(), m.journal.out.Close())
	m.journal = nil
	return err
}

// rewriteEvery is how long after a note the file is rewritten, so that it stays small
// and does not name chats for long.
const rewriteEvery = time.Minute

// late is how long after the death of its process a message may still arrive.
const late = 500 * time.Millisecond

// journal is where a Memory writes its notes, under its lock.
type journal struct {
	file   string
	out    *os.File
	timer  *time.Timer // for tidy
	noted  bool        // since the file was rewritten: the timer runs
	failed func(error) // nil once it was told
}

// note is a line of the file: that places are taken, that they are free after a time,
// or a hold.
type note struct {
	Key string `json:"key"`
	ID  string `json:"id,omitempty"` // of the entry, "" for a hold
	N   int    `json:"n,omitempty"`
	// Way says that what took the places is on its way. If the process dies it may arrive
	// until late after the next one has begun, so its time counts from there on.
	Way bool  `json:"way,omitempty"`
	For int64 `json:"for"` // ms
	At  int64 `json:"at"`  // the beginning of that, unix ms
}

func newNote(key string, d time.Duration) note {
	return note{Key: key, For: d.Milliseconds() + 1, At: time.Now().UnixMilli()}
}

func (n note) of(id string, places int, way bool) note {
	n.ID, n.N, n.Way = id, places, way
	return n
}

// note writes notes, if they are kept. The caller holds the lock.
func (m *Memory) note(n note) {
	j := m.journal
	if j == nil {
		return
	}
	if err := j.write(n); err != nil {
		j.tell(err)
	}
	if !j.noted {
		j.noted = true
		j.timer.Reset(rewriteEvery)
	}
}

func (j *journal) write(notes ...note) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for _, n := range notes {
		if err := e.Encode(n); err != nil {
			return err
		}
	}
	_, err := j.out.Write(b.Bytes())
	return err
}

func (j *journal) tell(err error) {
	if j.failed != nil {
		j.failed(err)
	}
	j.failed = nil
}

// rewrite replaces the file by one with what counts still. The caller holds the lock.
func (m *Memory) rewrite() error {
	j, now := m.journal, m.now()
	var notes []note
	for key, w := range m.windows {
		w.expire(now)
		if d := w.hold.Sub(now); d > 0 {
			notes = append(notes, newNote(key, d))
		}
		seen := make(map[string]int) // where in notes the entry is, and one more
		for _, p := range w.places {
			d := p.free.Sub(now)
			if !p.left {
				d = p.span
			}
			if i := seen[p.id]; i > 0 {
				notes[i-1].N++
				continue
			}
			notes = append(notes, newNote(key, d).of(p.id, 1, !p.left))
			seen[p.id] = len(notes)
		}
	}
	out, err := os.OpenFile(j.file+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	old := j.out
	j.out = out
	err = j.write(notes...)
	if err == nil {
		err = os.Rename(j.file+".new", j.file)
	}
	if err != nil {
		j.out = old
		return errors.Join(err, out.Close())
	}
	j.noted = false
	if old != nil {
		return old.Close()
	}
	return nil
}

// tidy rewrites the file some time after it was written to.
func (m *Memory) tidy() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.journal == nil || !m.journal.noted {
		return
	}
	if err := m.rewrite(); err != nil {
		m.journal.tell(err)
		m.journal.timer.Reset(rewriteEvery)
	}
}

// recall takes over what the process before has noted. A line that cannot be read was
// cut off, and is passed over. Nothing is held for longer than from the start on, in
// case the clock was set back since. The caller holds the lock.
func (m *Memory) recall(lines []byte) {
	now, wall := m.now(), time.Now() // both of one moment: reading on takes time
	for line := range bytes.Lines(lines) {
		var n note
		if json.Unmarshal(line, &n) != nil {
			continue
		}
		lasts := time.Duration(n.For) * time.Millisecond
		if n.Way {
			lasts += late
		} else {
			lasts = min(lasts, time.UnixMilli(n.At).Sub(wall)+lasts)
		}
		w := m.windows[n.Key]
		if w == nil {
			w = new(window)
			m.windows[n.Key] = w
		}
		free := now.Add(lasts)
		if n.ID == "" {
			w.hold = later(w.hold, free)
			continue
		}
		w.places = slices.DeleteFunc(w.places, func(p place) bool { return p.id == n.ID })
		if lasts <= 0 {
			continue
		}
		for range min(n.N, 1000) {
			w.put(place{id: n.ID, free: free, left: true})
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
