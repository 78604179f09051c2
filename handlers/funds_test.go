package handlers

import (
	"slices"
	"testing"
	"time"

	"liaison/knowledge"
	"liaison/ticket"
	"liaison/ticket/route"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want []ticket.Guarantee
		rest string
	}{
		{"抵押和担保公司", []ticket.Guarantee{ticket.Mortgage, ticket.Guarantor}, ""},
		{"抵押、质押", []ticket.Guarantee{ticket.Mortgage, ticket.Pledge}, ""},
		{"一套厂房抵押", []ticket.Guarantee{ticket.Mortgage}, "一套厂房抵押"},
		{"没有抵押物", nil, "没有抵押物"},
		{"无抵押", []ticket.Guarantee{ticket.Credit}, ""},
		{"Mortgage", []ticket.Guarantee{ticket.Mortgage}, ""},
		{"父母的房子", nil, "父母的房子"},
		{"", nil, ""},
	} {
		got, rest := named(row.text, ticket.Guarantees, guaranteeWords)
		if !slices.Equal(got, row.want) || rest != row.rest {
			t.Errorf("%q names %v and says %q, want %v and %q", row.text, got, rest, row.want, row.rest)
		}
	}
}

// The clauses that fit come from whatever the city has imported: those that name the
// way of financing, in force today, of this town; and nothing is claimed of others.
func TestFitting(t *testing.T) {
	t.Parallel()
	doc := func(id, title, body string, change func(*knowledge.Document)) knowledge.Document {
		d := knowledge.Document{ID: id, Title: "示例市文件" + id, Units: []knowledge.Unit{{Slug: "u", Title: title, Body: body}}}
		change(&d)
		return d
	}
	same := func(*knowledge.Document) {}
	lib, err := knowledge.NewLibrary([]knowledge.Document{
		doc("ip", "专利权质押贷款", "企业可以用专利权质押，向示例机构申请贷款。", same),
		doc("shop", "网店融资", "示例机构推出电商贷，按流水核定额度。", same),
		doc("both", "两种贷款", "创业担保贷款和电商贷由示例机构办理。", same),
		doc("prize", "专利奖励", "发明专利获得授权的，给予奖励。", same), // about patents, not about loans
		doc("over", "创业担保贷款（旧）", "创业担保贷款额度示例。", func(d *knowledge.Document) { d.EffectiveTo = knowledge.Date{Year: 2020, Month: 1, Day: 1} }),
		doc("gone", "创业担保贷款（废）", "创业担保贷款额度示例。", func(d *knowledge.Document) { d.Status = knowledge.Repealed }),
		doc("draft", "科技贷款（征求意见稿）", "科技贷款面向科技型企业。", func(d *knowledge.Document) { d.Status = knowledge.Draft }),
		doc("west", "西镇订单融资", "西镇企业可以凭订单融资。", func(d *knowledge.Document) { d.Towns = []string{"西镇"} }),
	})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST) }
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	places, err := route.Parse("stations.yaml", []byte("city: 示例市\ntriage: c\ntowns:\n  - {id: east, name: 东镇}\n  - {id: west, name: 西镇}\n"+
		"stations:\n  - {id: c, name: 中心（示例）, kind: centre}\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := New(Config{Answerer: answerer, Directory: func() *route.Directory { return places }, Now: now})
	for name, row := range map[string]struct {
		has  []ticket.Qualification
		town string
		want []string // unit, and why
	}{
		"nothing":          {nil, "", nil},
		"patents":          {[]ticket.Qualification{ticket.Patents}, "", []string{"ip#u patents=专利权质押"}},
		"in force":         {[]ticket.Qualification{ticket.StartUp}, "", []string{"both#u startup=创业担保贷款"}},
		"for two reasons":  {[]ticket.Qualification{ticket.ECommerce, ticket.StartUp}, "", []string{"both#u ecommerce=电商贷 startup=创业担保贷款", "shop#u ecommerce=电商贷"}},
		"a draft":          {[]ticket.Qualification{ticket.HighTech}, "", nil},
		"of this town":     {[]ticket.Qualification{ticket.Orders}, "west", []string{"west#u orders=订单融资"}},
		"of another town":  {[]ticket.Qualification{ticket.Orders}, "east", nil},
		"unknown to table": {[]ticket.Qualification{"luck"}, "", nil},
	} {
		var got []string
		for _, p := range d.Fitting(row.has, row.town) {
			s := p.Unit
			for _, why := range p.Why {
				s += " " + why.Code + "=" + why.Value
			}
			if p.Title == "" {
				t.Errorf("%s: %s has no title", name, p.Unit)
			}
			got = append(got, s)
		}
		slices.Sort(got)
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
	// Each qualification that can be chosen is in both tables.
	for _, q := range ticket.Qualifications {
		if len(fits[q]) == 0 || len(hasWords[q]) == 0 {
			t.Errorf("%s has no words", q)
		}
	}
	for _, g := range ticket.Guarantees {
		if len(guaranteeWords[g]) == 0 {
			t.Errorf("%s has no words", g)
		}
	}
}
