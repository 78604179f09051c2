package handlers

import (
	"testing"
	"time"
	"unicode/utf8"

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
		{"明天 等检测报告", "2026-11-24", "等检测报告"},
		{"明天", "2026-11-24", ""},
		{"后天之前，等检测报告", "2026-11-25", "等检测报告"},
		{"大后天", "2026-11-26", ""},
		{"Tomorrow, the report", "2026-11-24", "the report"},
		{"the day after tomorrow", "2026-11-25", ""},
		{"下周一", "2026-11-30", ""},
		{"下个星期天", "2026-12-06", ""},
		{"下礼拜三：年后开工", "2026-12-02", "年后开工"},
		{"next Monday", "2026-11-30", ""},
		{"tomorrows", "", "tomorrows"},
		{"三天", "", "三天"},
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

func TestUntilMonday(t *testing.T) {
	t.Parallel()
	for date := 23; date <= 30; date++ { // from Monday to Monday
		now := time.Date(2026, 11, date, 23, 30, 0, 0, ticket.CST)
		if monday := now.AddDate(0, 0, untilMonday(now)); monday.Weekday() != time.Monday || !monday.After(now) || monday.Sub(now) > 7*24*time.Hour {
			t.Errorf("from %s it is %s", now.Format(time.DateOnly), monday.Format(time.DateOnly))
		}
	}
}

func TestInDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"3天": 3, "三天": 3, " 两天 ": 2, "10 天后": 10, "十天以后": 10, "一周": 7, "两个星期": 14, "3 days": 3, "1 Day": 1, "2 weeks": 14,
	} {
		if got, ok := inDays(text); !ok || got != want {
			t.Errorf("%q: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "天", "三天打鱼", "100天", "三个月", "3", "明天", "第三天"} {
		if got, ok := inDays(text); ok {
			t.Errorf("%q is taken for %d days", text, got)
		}
	}
}

func FuzzCutDate(f *testing.F) {
	f.Add("2026-12-10 等检测报告")
	f.Add("１２月３０日")
	f.Fuzz(func(t *testing.T, text string) {
		now := time.Date(2026, 11, 23, 0, 0, 0, 0, ticket.CST)
		if day, rest := cutDate(text, now); !day.IsZero() && utf8.RuneCountInString(rest) >= utf8.RuneCountInString(text) {
			t.Errorf("%q: %v and %q", text, day, rest)
		}
	})
}
