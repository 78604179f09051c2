package handlers_test

import (
	"testing"
	"time"

	"liaison/handlers"
)

// Only what staff ask is a gap of the library and counts as a question; what anybody
// else writes is both.
func TestStaffTalkIsNoGap(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	refused := func() (n int) {
		t.Helper()
		var days []handlers.AskedDay
		err := p.store.View(t.Context(), func(tx handlers.Tx) (err error) {
			days, err = tx.AskedDays(t.Context(), time.Time{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range days {
			n += d.Count[handlers.AskedRefused]
		}
		return n
	}
	p.says("a", "/staff {code agent town-henghe 横河一号}")
	for i, row := range []struct {
		who, text string
		gaps      int
	}{
		{"a", "已放款", 0},
		{"a", "明天上午去现场看一下", 0},
		{"one", "已放款", 1},
		{"a", "地下车库能停飞机吗", 2},
		{"a", "/ask 停放飞机的补贴", 3},
	} {
		p.says(row.who, row.text)
		if gaps, n := len(p.openGaps()), refused(); gaps != row.gaps || n != row.gaps {
			t.Errorf("%d: after %q of %s there are %d gaps and %d refused questions, want %d", i, row.text, row.who, gaps, n, row.gaps)
		}
	}
}
