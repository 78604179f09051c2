package knowledge

import (
	"regexp"
	"slices"
	"strconv"

	"liaison/knowledge/zh"
)

var (
	// pastWords say that the question is about what no longer counts. After a date,
	// 之前 and 以前 set a deadline instead; what is 过期 is a policy only if it says so.
	pastWords = regexp.MustCompile(`(?:^|[^日月底号年初末])(?:以前|之前)|过去|原来|原先|曾经|当年|废止|失效|` +
		`过期(?:了)?的?(?:政策|文件|办法|规定|通知)|(?:政策|文件|办法|规定|通知)过期|旧版|旧政策|老政策|往年|前几年`)
	// begun finds a year that says how old the asker's firm is, not which rules are
	// meant.
	begun = regexp.MustCompile(`(?:19|20)\d\d年?[^,。?!]{0,6}(?:注册|登记|成立|设立|创办|开办|开业|投产|毕业)`)
)

// past is what a question says about earlier times.
type past struct {
	asked   bool        // it says that it is about what no longer counts
	years   []int       // years before today's that it names
	serials []zh.Figure // document numbers that it names
}

func pastOf(folded string, today Date) past {
	p := past{asked: pastWords.MatchString(folded)}
	for _, f := range zh.Figures(folded) {
		if f.Kind == zh.Serial {
			p.serials = append(p.serials, f)
		}
	}
	for _, y := range yearsAsked(folded) {
		if y < today.Year {
			p.years = append(p.years, y)
		}
	}
	return p
}

// yearsAsked lists the years that a question is about.
func yearsAsked(folded string) []int {
	return yearsOf(zh.Figures(begun.ReplaceAllString(folded, " ")))
}

// admits reports whether document d may answer the question as of day. Drafts and
// what is not yet in force never do. A question that names an earlier year is
// answered by what was in force then and by what, in force now, tells of it, as a
// report of the next year does. Without a year, what another document has replaced
// is found by saying so or by its number; what has only run out is found, after
// what is in force, and its answer says so first.
func (l *Library) admits(p past, d int, day Date) bool {
	doc := &l.docs[d]
	if doc.Status == Draft || day.Before(doc.EffectiveFrom) {
		return false
	}
	current := doc.InForceOn(day)
	if len(p.years) > 0 {
		return slices.ContainsFunc(p.years, func(y int) bool {
			return doc.inForceIn(y) || current && l.holds(d, strconv.Itoa(y))
		})
	}
	return current || !doc.replaced() || p.asked || p.names(doc)
}

// names reports whether the question names the number of doc.
func (p past) names(doc *Document) bool {
	return len(p.serials) > 0 && slices.ContainsFunc(zh.Figures(doc.Number), func(f zh.Figure) bool {
		return slices.ContainsFunc(p.serials, f.Covers)
	})
}

// inForceIn reports whether the document counted on some day of year, as far as
// its dates say: they do not tell when it was repealed, unless as its last day.
func (d *Document) inForceIn(year int) bool {
	from := d.EffectiveFrom
	if from.IsZero() {
		from = d.Issued
	}
	return from.Year <= year && (d.EffectiveTo.IsZero() || year <= d.EffectiveTo.Year)
}
