package handlers

import (
	"math/rand/v2"
	"testing"

	"liaison/ticket"
)

func TestReadAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"50万": 500_000, "300万元": 3_000_000, "1.2亿": 120_000_000, "五十万": 500_000, "五十万元左右": 500_000, "大概一百二十万": 1_200_000,
		"５０ 万": 500_000, "50w": 500_000, "50W元": 500_000, "两千万": 20_000_000, "2千万": 20_000_000, "1.2个亿": 120_000_000, "一万五": 15_000,
		"一亿二": 120_000_000, "三十五万八千": 358_000, "8000元": 8_000, "500,000": 500_000, "500000": 500_000, "50万，分3年还": 500_000,
		"500k": 500_000, "1.2 million": 1_200_000, "RMB 800,000": 800_000, "0.5万元": 5_000, "5万块": 50_000, "人民币伍拾万元": 500_000,
		"1000元": 1_000, "100亿": 10_000_000_000,
		// nonsense
		"": 0, "很多": 0, "几百万": 0, "50": 0, "50万到80万": 0, "50-80万": 0, "10万美元": 0, "-50万": 0, "负50万": 0, "￥": 0, "0元": 0, "999元": 0,
		"1000亿": 0, "3年": 0, "50%": 0, "2024年": 0, "99999999999999999999999999万": 0, "五": 0,
	} {
		got, err := ReadAmount(text)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q is %d yuan (%v), want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]int64{"50": 500_000, "1.5": 15_000, "９９９９": 99_990_000, "没有": 0, "0": 0, "10到20": 0} {
		if got, sure := readAmount(text); got != want || sure {
			t.Errorf("%q may be %d yuan (%v), want %d", text, got, sure, want)
		}
	}
}

func TestReadMonths(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"半年": 6, "12个月": 12, "3年": 36, "三年": 36, "一年期": 12, "一年半": 18, "1年6个月": 18, "两年": 24, "十八个月": 18, "２４个月": 24, "一个月": 1,
		"2个季度": 6, "3 years": 36, "12 months": 12, "a year": 12, "half a year": 6, "大约 3 年左右": 36, "36-month": 36, "30年": 360,
		"": 0, "长一点": 0, "12": 0, "3年或5年": 0, "0年": 0, "100年": 0, "2027年": 0, "90天": 0, "-3年": 0, "0.3年": 0, "50万": 0,
	} {
		got, err := ReadMonths(text)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q is %d months (%v), want %d", text, got, err, want)
		}
	}
}

func TestReadRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"3.85": 3850, "3.85%": 3850, "年化3.85": 3850, "年化 3.85%": 3850, "年利率为3.45": 3450, "利率：４.３５％": 4350, "百分之三点八五": 3850, "4": 4000,
		"3.85 percent": 3850, "rate 3.85": 3850, "3.855%": 3855, "80万 3.85% 12个月": 3850, "80万，年化3.85，12个月": 3850, "80万 3.85 12个月": 3850, "3.85% p.a.": 3850,
		"": 0, "优惠": 0, "0": 0, "0%": 0, "-3.85%": 0, "385%": 0, "3.85%到4.35%": 0, "80万": 0,
	} {
		got, err := ReadRate(text)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q is a rate of %d (%v), want %d", text, got, err, want)
		}
	}
	for rate, want := range map[int]string{3850: "3.85%", 4000: "4%", 3855: "3.855%", 500: "0.5%", 10: "0.01%"} {
		if got := Percent(rate); got != want {
			t.Errorf("%d is written %s, want %s", rate, got, want)
		}
	}
}

// What is written of an amount, a term and a rate is read back.
func TestFiguresAreReadBack(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	for range 5000 {
		n := ticket.MinAmount + r.Int64N(ticket.MaxAmount-ticket.MinAmount+1)
		switch r.IntN(3) {
		case 0:
			n = ticket.MinAmount + r.Int64N(1_000_000)
		case 1:
			n = n / 10_000 * 10_000
		}
		months, rate := 1+r.IntN(ticket.MaxMonths), 1+r.IntN(ticket.MaxRate)
		for _, l := range []lang{zh, en} {
			if n < ticket.MinAmount {
				continue
			}
			if got, err := ReadAmount(l.yuan(n)); l == zh && (err != nil || got != n) || l == en && n >= smallest && got != n {
				t.Fatalf("seed %d: %d is written %s and read %d, %v", seed, n, l.yuan(n), got, err)
			}
			if got, err := ReadMonths(l.term(months)); err != nil || got != months {
				t.Fatalf("seed %d: %d months are written %s and read %d, %v", seed, months, l.term(months), got, err)
			}
		}
		if got, err := ReadRate(Percent(rate)); err != nil || got != rate {
			t.Fatalf("seed %d: the rate %d is written %s and read %d, %v", seed, rate, Percent(rate), got, err)
		}
	}
}

// Whatever is typed is read as something within the limits, or not at all.
func FuzzFigures(f *testing.F) {
	for _, seed := range []string{
		"80万，年化3.85，12个月", "五十万", "1.2个亿", "一万五", "-50万", "50w", "1.2 million", "一年半", "百分之三点八五", "半年半", "1年年半", "万亿亿亿亿亿亿",
		"0.0000001元", "9999999999999999999999", "１２３", "%‰", "年化", "\xff万", "数百万元", "50-80万", "CNY 1,234,567",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := ReadAmount(text); err == nil && (n < ticket.MinAmount || n > ticket.MaxAmount) {
			t.Errorf("%q is %d yuan", text, n)
		}
		if n, err := ReadMonths(text); err == nil && (n < 1 || n > ticket.MaxMonths) {
			t.Errorf("%q is %d months", text, n)
		}
		if n, err := ReadRate(text); err == nil && (n < 1 || n > ticket.MaxRate) {
			t.Errorf("%q is a rate of %d", text, n)
		}
		if n, sure := readAmount(text); n < 0 || sure && len(readFigures(text).amounts) != 1 {
			t.Errorf("%q may be %d yuan", text, n)
		}
	})
}
