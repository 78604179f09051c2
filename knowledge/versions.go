package knowledge

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Supersede returns docs with what follows for each from the others: which
// document replaces it and until when it therefore counts, which one says the
// same, and which ones give other figures on the same matter. The order stays,
// docs itself is not changed, and the same docs always give the same result.
//
// A document replaces another when it says that it repeals it, by title or
// number, or when it is the later one of two laws or rules of the same name from
// the same place; the latter is a guess and listed in Guessed. The one replaced
// counts until the day before the other takes effect; if that day is not known
// its Status becomes Superseded. Drafts replace nothing. What a person wrote
// into superseded_by stays.
func Supersede(docs []Document) []Document {
	read := make([]traits, len(docs))
	for i := range docs {
		read[i] = traitsOf(&docs[i])
	}
	return supersede(docs, read)
}

// traits are what documents are compared by. A library keeps them, so that a
// change takes reading the changed documents only.
type traits struct {
	titles  []string // keys of the names it goes by
	version string   // versionKey
	number  string   // numberKey
	clauses clauses
}

func traitsOf(d *Document) traits {
	t := traits{version: versionKey(d), number: numberKey(d.Number), clauses: readClauses(d)}
	for _, title := range ownTitles(d.Title) {
		t.titles = append(t.titles, actKey(title))
	}
	return t
}

// supersede is Supersede for documents that were read.
func supersede(docs []Document, read []traits) []Document {
	out := slices.Clone(docs)
	repealed := byTitle{}
	named := byTitle{}
	numbers := make(map[string][]int)
	for i := range out {
		for _, key := range read[i].titles {
			repealed.add(key, i)
		}
		if key := read[i].version; key != "" {
			named.add(key, i)
		}
		if n := read[i].number; n != "" {
			numbers[n] = append(numbers[n], i)
		}
	}
	heirs := make([]heir, len(out))
	for i := range out {
		if out[i].Status == Draft {
			continue
		}
		for _, act := range out[i].Repeals {
			title, number := splitAct(act)
			for _, old := range repealedBy(out, repealed, numbers, title, number) {
				heirs[old].offer(out, old, i, false)
			}
		}
		for _, old := range named[read[i].version] {
			if sameLaw(&out[old], &out[i]) {
				heirs[old].offer(out, old, i, true)
			}
		}
	}
	for i := range out {
		heirs[i].settle(out, i)
	}
	compareTexts(out, read)
	return out
}

// byTitle finds documents by a key of their title.
type byTitle map[string][]int

func (m byTitle) add(key string, i int) {
	if key != "" && !slices.Contains(m[key], i) {
		m[key] = append(m[key], i)
	}
}

// heir is the document that replaces another, so far.
type heir struct {
	by      int // index, one more than it is; 0: none
	from    Date
	guessed bool
}

// offer takes document by as what replaces old if it came later and nothing
// replaces old before it.
func (h *heir) offer(docs []Document, old, by int, guessed bool) {
	if old == by {
		return
	}
	from, ok := takesOver(&docs[by], &docs[old])
	if !ok {
		return
	}
	better := h.by == 0 || h.guessed && !guessed ||
		h.guessed == guessed && !from.IsZero() && (h.from.IsZero() || from.Before(h.from))
	if better {
		*h = heir{by + 1, from, guessed}
	}
}

// takesOver returns the day from which d counts instead of old, zero if it is
// not known; ok is false when d is not the later one. A law that was amended
// still states the day its first text took effect, so that day counts only if
// old did not exist by then.
func takesOver(d, old *Document) (from Date, ok bool) {
	since := later(old.Issued, old.EffectiveFrom)
	switch {
	case since.IsZero():
		return cmp.Or(d.EffectiveFrom, d.Issued), true
	case since.Before(d.EffectiveFrom):
		return d.EffectiveFrom, true
	case since.Before(d.Issued):
		return d.Issued, true
	}
	return Date{}, d.Issued.IsZero() && d.EffectiveFrom.IsZero()
}

func later(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}

// settle writes into document i what replaces it.
func (h *heir) settle(docs []Document, i int) {
	d := &docs[i]
	if h.by == 0 || d.SupersededBy != "" {
		return
	}
	d.SupersededBy = docs[h.by-1].ID
	d.Guessed = slices.Clone(d.Guessed)
	if h.guessed {
		d.Guessed = append(d.Guessed, "superseded_by")
	}
	if d.Status != InForce {
		return
	}
	last := dayBefore(h.from)
	if h.from.IsZero() || last.Before(d.EffectiveFrom) {
		d.Status = Superseded
		return
	}
	if d.EffectiveTo.IsZero() || last.Before(d.EffectiveTo) {
		d.EffectiveTo = last
	}
}

func dayBefore(d Date) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day-1, 0, 0, 0, 0, time.UTC))
}

// repealedBy finds the documents that a repeal clause names. A number names one
// document; a title is enough where the number is not known.
func repealedBy(docs []Document, titles byTitle, numbers map[string][]int, title, number string) []int {
	if number != "" {
		if found := numbers[number]; len(found) > 0 {
			return found
		}
	}
	var found []int
	for _, i := range titles[actKey(title)] {
		if number == "" || docs[i].Number == "" {
			found = append(found, i)
		}
	}
	return found
}

// splitAct reads 《title》（number） as ImportDocument writes it.
func splitAct(act string) (title, number string) {
	if i := strings.LastIndex(act, "》"); i >= 0 {
		title, act = strings.TrimPrefix(act[:i], "《"), act[i+len("》"):]
	}
	return title, numberKey(strings.Trim(act, "（）() "))
}

var issuing = regexp.MustCompile(`(?:印发|转发|发布|公布)《?(.{4,}?)》?的(?:通知|公告|函)$`)

// ownTitles returns the names a document goes by: its title, and that of the
// text it issues.
func ownTitles(title string) []string {
	out := []string{title}
	if m := issuing.FindStringSubmatch(strings.TrimSpace(title)); m != nil {
		out = append(out, m[1])
	}
	return out
}

var (
	notInName = strings.NewReplacer("中华人民共和国", "", "《", "", "》", "", "〈", "", "〉", "", "<", "", ">", "", "“", "", "”", "",
		" ", "", "　", "", "\t", "", "、", "", "（", "(", "）", ")")
	edition = regexp.MustCompile(`\((?:试行|暂行|修订|修正|修订版|修正版|(?:19|20)\d\d年?(?:修订|修正|版|本|修订版|修正版|修正本)?)\)`)
	trial   = strings.NewReplacer("暂行", "", "试行", "")
	rules   = regexp.MustCompile(`(?:法|条例|规定|办法|细则|规则|章程)$`)
	guides  = regexp.MustCompile(`(?:意见|措施|方案|指南|指引|清单|目录|标准|规程|流程)$`)
)

// actKey is a title without what is written one way or another.
func actKey(title string) string { return notInName.Replace(title) }

// numberKey is a document number without the ways to write its brackets.
func numberKey(number string) string { return inNumber.Replace(number) }

var inNumber = strings.NewReplacer("〔", "[", "〕", "]", "［", "[", "］", "]", "【", "[", "】", "]", "（", "[", "）", "]", "(", "[", ")", "]", " ", "", "　", "")

// versionKey is what two versions of a law or a rule have in common: the name
// without 暂行, (试行) and the like, and without the 工作 that 信访工作条例 has
// beside 信访条例. The name of a province or city stays: its laws are its own.
// A guide or a list counts only with its issuer and date. The key is empty for
// other texts, whose titles may be the same by chance.
func versionKey(d *Document) string {
	titles := ownTitles(d.Title)
	name := trial.Replace(edition.ReplaceAllString(actKey(titles[len(titles)-1]), ""))
	if i := strings.LastIndex(name, "关于印发"); i >= 0 {
		name = name[i+len("关于印发"):]
	}
	guide := guides.MatchString(name) && len(d.Issuers) > 0 && !d.Issued.IsZero() && len([]rune(name)) >= 8
	if d.Status == Draft || !guide && !rules.MatchString(name) {
		return ""
	}
	return strings.Replace(name, "工作", "", 1)
}

// sameLaw reports whether two documents of one versionKey come from the same
// place and, where both say so, from issuers one of which is the same.
func sameLaw(a, b *Document) bool {
	if a.Place != b.Place && a.Place != "" && b.Place != "" {
		return false
	}
	if a.Place != b.Place && len([]rune(versionKey(a))) < 10 {
		return false // 科技创新促进办法 of a city and of nobody knows whom
	}
	return len(a.Issuers) == 0 || len(b.Issuers) == 0 || slices.ContainsFunc(a.Issuers, func(s string) bool {
		return slices.Contains(b.Issuers, s)
	})
}
