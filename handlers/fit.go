package handlers

import (
	"slices"
	"strconv"
	"strings"

	"liaison/knowledge"
	"liaison/ticket"
)

// fits says how a clause is told to be about a way of financing for those who have a
// qualification: its title or text has one of the words. The library is searched for
// them too.
var fits = map[ticket.Qualification][]string{
	ticket.Patents:   {"知识产权质押", "专利权质押", "专利质押", "商标质押", "知识产权融资", "专利贷"},
	ticket.Orders:    {"供应链金融", "应收账款融资", "应收账款质押", "订单融资", "订单贷"},
	ticket.ECommerce: {"电商贷", "电商融资", "网商贷款"},
	ticket.StartUp:   {"创业担保贷款", "创业贷款", "创业贷"},
	ticket.HighTech:  {"科技贷款", "科技信贷", "科技贷", "科创贷", "专精特新贷"},
}

// What is looked for and shown at most: more would be a list to read, not a help.
const (
	fitsSearched = 8 // clauses for each qualification
	fitsEach     = 2 // of these, shown
)

// Fitting returns the clauses of the library, in force today and valid in the town
// (an id, or ""), that name a way of financing for one who has the qualifications.
func (d *Desk) Fitting(has []ticket.Qualification, town string) []ticket.Product {
	lib, today := d.Answerer.Library(), knowledge.DateOf(d.Now().In(ticket.CST))
	where, _ := d.Directory().Town(town)
	var out []ticket.Product
	for _, q := range has {
		found := 0
		for _, hit := range lib.SearchOn(strings.Join(fits[q], " "), fitsSearched, today, where.Name) {
			c, ok := lib.Cite(hit.Unit, today)
			if !ok || !c.InForce || found == fitsEach {
				continue
			}
			word := firstWord(c.UnitTitle+"\n"+c.Quote, fits[q])
			if word == "" {
				continue
			}
			found++
			why := ticket.Reason{Code: string(q), Value: word}
			if i := slices.IndexFunc(out, func(p ticket.Product) bool { return p.Unit == hit.Unit }); i >= 0 {
				out[i].Why = append(out[i].Why, why)
			} else {
				out = append(out, ticket.Product{Unit: hit.Unit, Title: c.UnitTitle, Why: []ticket.Reason{why}})
			}
		}
	}
	return out
}

// firstWord returns the first of the words that the text has, "" for none.
func firstWord(text string, words []string) string {
	i := slices.IndexFunc(words, func(w string) bool { return strings.Contains(text, w) })
	if i < 0 {
		return ""
	}
	return words[i]
}

// ProductLine says which clause it is and why it fits, in the language "zh" or "en".
func ProductLine(language string, p ticket.Product) string {
	l := lang(language)
	var why []string
	for _, r := range p.Why {
		why = append(why, l.f(pProductWhy, ticket.Qualification(r.Code).Label(language), r.Value))
	}
	return excerpt(p.Title, 60) + l.f(pColon) + strings.Join(why, l.f(pSemicolon))
}

// offerProducts looks for what fits the form, lays it out and returns buttons to read
// the clauses.
func (t *turn) offerProducts(out *lines) (rows [][]Button) {
	f := t.conv.Form
	f.Funds.Products = t.Fitting(f.Funds.Has, f.Town)
	if len(f.Funds.Has) == 0 {
		return nil
	}
	out.gap()
	if len(f.Funds.Products) == 0 {
		out.text(t.lang.f(pNoProducts))
		return nil
	}
	var units []string
	for _, p := range f.Funds.Products {
		units = append(units, p.Unit)
	}
	id := strconv.Itoa(t.conv.ask("", units))
	out.bold(t.lang.f(pProducts))
	for i, p := range f.Funds.Products {
		out.text(ProductLine(string(t.lang), p))
		rows = append(rows, row(Button{Text: t.lang.f(pbRead, excerpt(p.Title, 30)), Data: data("pick", id, strconv.Itoa(i))}))
	}
	return rows
}
