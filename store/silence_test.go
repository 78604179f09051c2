package store

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// A server that takes what it is sent and says nothing is given up; a deadline that
// somebody sets comes first, and a connection without limit waits.
func TestSilence(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	open := func(silence time.Duration) net.Conn {
		t.Helper()
		conn, err := dial(silence)(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	wait := func(conn net.Conn) time.Duration {
		t.Helper()
		began := time.Now()
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("reading ended with %v", err)
		}
		return time.Since(began)
	}
	c := open(300 * time.Millisecond)
	for range 2 { // each reading has its own
		if took := wait(c); took < 300*time.Millisecond || took > 3*time.Second {
			t.Errorf("it waited for %v", took)
		}
	}
	c.SetDeadline(time.Now().Add(time.Hour))
	c.SetDeadline(time.Time{}) // taken back: silence counts again
	if took := wait(c); took < 300*time.Millisecond || took > 3*time.Second {
		t.Errorf("after a deadline it waited for %v", took)
	}
	c = open(time.Hour)
	time.AfterFunc(100*time.Millisecond, func() { c.SetDeadline(time.Now()) }) // while it reads, as pgx does
	if took := wait(c); took > 3*time.Second {
		t.Errorf("with a deadline it waited for %v", took)
	}
	if took := wait(c); took > 100*time.Millisecond {
		t.Errorf("with a deadline that has passed it waited for %v", took)
	}
	c.SetDeadline(time.Time{})
	time.AfterFunc(200*time.Millisecond, func() { c.SetDeadline(time.Now()) })
	if took := wait(c); took < 200*time.Millisecond {
		t.Errorf("a deadline that was taken back holds: it waited for %v", took)
	}
	c = open(0)
	time.AfterFunc(200*time.Millisecond, func() { c.SetDeadline(time.Now()) })
	if took := wait(c); took < 200*time.Millisecond {
		t.Errorf("without a limit it waited for %v", took)
	}
}
