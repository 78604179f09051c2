package web

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"
)

// What was read counts, also when nobody reads on.
func TestMeter(t *testing.T) {
	t.Parallel()
	var asked []int
	m := &meter{ReadCloser: io.NopCloser(bytes.NewReader(make([]byte, 2*portion))), take: func(n int) time.Duration {
		asked = append(asked, n)
		return 0
	}}
	if _, err := io.ReadFull(m, make([]byte, portion+10)); err != nil {
		t.Fatal(err)
	}
	m.count()
	m.count()
	if want := []int{portion, 10}; !slices.Equal(asked, want) {
		t.Errorf("the limit was asked for %v bytes, want %v", asked, want)
	}
}
