package handlers

import (
	"testing"
	"time"

	"liaison/ticket"
)

func TestCutDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 23, 30, 0, 0, ticket.CST)
	for _, row := range []struct{ text, day, rest string }{
		{"2026-12-10 等检测报告", "2026-12-10", "等检测报告"},
		{"2026年12月10日前，等检测报告", "2026-12-10", "等检测报告"},
		{"12月10号 等检测报告", "2026-12-10", "等检测报告"},
		{"1/5：年后开工", "2027-01-05", "年后开工"},
		{"１２月１０日 全角", "2026-12-10", "全角"},
		{"11-23 就在今天", "2026-11-23", "就在今天"},
		{"2026-12-10", "2026-12-10", ""},
		{"2026-02-30 没有这一天", "", "2026-02-30 没有这一天"},
		{"13-01 没有这个月", "", "13-01 没有这个月"},
		{"等检测报告，12月10日", "", "等检测报告，12月10日"},
		{"2026-12-101 台设备", "", "2026-12-101 台设备"},
		{"", "", ""},
	} {
		day, rest := cutDate(row.text, now)
		got := ""
		if !day.IsZero() {
			got = day.Format(time.DateOnly)
		}
		if got != row.day || rest != row.rest {
			t.Errorf("%q: %q and %q, want %q and %q", row.text, got, rest, row.day, row.rest)
		}
	}
}

func FuzzCutDate(f *testing.F) {
	f.Add("2026-12-10 等检测报告")
	f.Add("１２月３０日")
	f.Fuzz(func(t *testing.T, text string) {
		now := time.Date(2026, 11, 23, 0, 0, 0, 0, ticket.CST)
		if day, rest := cutDate(text, now); !day.IsZero() && len(rest) >= len(text) {
			t.Errorf("%q: %v and %q", text, day, rest)
		}
	})
}
