package meta_test

import (
	"strings"
	"testing"

	"liaison/knowledge/meta"
)

// evidence lists the words that every value of m was read from.
func evidence(m meta.Meta) []string {
	out := []string{m.Title.From, m.Encloses.From, m.Kind.From, m.Number.From, m.Place.From, m.Issued.From, m.EffectiveFrom.From, m.EffectiveTo.From, m.Term.From, m.Status.From}
	for _, f := range m.Issuers {
		out = append(out, f.From)
	}
	for _, f := range m.Repeals {
		out = append(out, f.From)
	}
	for _, f := range m.Responsible {
		out = append(out, f.From)
	}
	for _, f := range m.Contacts {
		out = append(out, f.From)
	}
	for _, f := range m.Attachments {
		out = append(out, f.From)
	}
	return out
}

// check tests what must hold of any input: the words of evidence stand in it,
// dates exist and are in order, personal numbers are left out.
func check(t *testing.T, in meta.Input) {
	t.Helper()
	m := meta.Read(in)
	sources := []string{in.Text, in.Title, in.Name}
	for _, v := range in.Tags {
		sources = append(sources, v)
	}
	for _, l := range in.Links {
		sources = append(sources, l.Text, l.URL)
	}
	for _, from := range evidence(m) {
		ok := false
		for _, s := range sources {
			ok = ok || strings.Contains(s, from)
		}
		if !ok {
			t.Errorf("the words %q do not stand in the input", from)
		}
	}
	if f, to := m.EffectiveFrom, m.EffectiveTo; f.Ok() && to.Ok() && day(to)[:10] < day(f)[:10] {
		t.Errorf("in force until %s, from %s", day(to), day(f))
	}
	for _, c := range m.Contacts {
		if p := c.Value.Phone; len(p) == 11 && p[0] == '1' && p[1] >= '3' {
			t.Errorf("a mobile number was kept")
		}
	}
	if m.Title.Ok() && strings.TrimSpace(m.Title.Value) == "" {
		t.Errorf("an empty title was found")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("notice.md", "关于甲的通知 - 样例市人民政府", notice, "2024-09-01 来源")
	f.Add("", "", "", "")
	f.Add("甲(2020-13-45).md", "_|-", "文号：\n文　　号：|\n| 名称 |", "")
	f.Add("a_样民规字2025-2号", "关于", "2024年99月99日\n慈溪市财政局2024年2月29日", "二〇二四年")
	f.Add("", "", "《《》》同时废止。》废止。（《甲（样发〔2019〕3号）同时废止", "")
	f.Add("", "", "附件：1.2.3.4.\n联系电话：联系电话：0000-", "")
	f.Add("", "", "有效期至年底 自之日起30日后施行 有效期999年", "")
	f.Add("", "", "\xff\xfe关于\xe5的通知 第一条", "\xff")
	f.Add("", "🎉 إعلان", "２０２４年９月１日起施行 العربية 😀 慈溪市政府", "")
	f.Fuzz(func(t *testing.T, name, title, text, pubdate string) {
		if len(text) > 1<<14 {
			return
		}
		check(t, meta.Input{Name: name, Title: title, Text: text, Tags: map[string]string{"pubdate": pubdate, "articletitle": title, "文号": pubdate}})
		check(t, meta.Input{Name: name, Text: text, Links: []meta.Link{{Text: title, URL: name}}})
	})
}

func TestReadIsLinear(t *testing.T) {
	t.Parallel()
	// Each of these once made a finder look at everything after every match.
	for _, unit := range []string{"附件：1.甲\n", "《甲》、", "慈溪市财政局 2024年1月2日 ", "有效期", "本通知自", "关于", "联系电话：0000-1234567 ", "文号："} {
		text := strings.Repeat(unit, (256<<10)/len(unit))
		if m := meta.Read(meta.Input{Text: text}); len(m.Issuers) > 20 {
			t.Errorf("%q: %d issuers", unit, len(m.Issuers))
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		meta.Read(meta.Input{Name: "notice.md", Text: notice})
	}
}
