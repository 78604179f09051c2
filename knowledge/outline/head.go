package outline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	contentsHead = regexp.MustCompile(`^目\s*[录次]$`)
	annexHead    = regexp.MustCompile(`^附\s*[件录表]\s*(?:[\d` + hanDigits + `]{1,3}|[:：]|)\s*(?:[.．、:：\-—\s]\s*|$)`)
	fileName     = regexp.MustCompile(`(?i)\.(?:docx?|xlsx?|pdf|ofd|wps|et|zip|rar|jpg|png)\b`)
	dateLine     = regexp.MustCompile(`^[（(]?[\d〇零一二三四五六七八九O○]{4}\s*年\s*[\d` + hanDigits + `]{1,3}\s*月\s*[\d` + hanDigits + `]{1,3}\s*日[）)]?$`)
	textTitle    = regexp.MustCompile(`(?:办法|方案|细则|规定|意见|措施|通知|规程|标准|目录|清单|指南|指引|制度|规范|条例|计划|公告|名单|规则|须知|流程|一览表|明细表|申请表|计划表|标准表)(?:[（(].{1,12}[）)])?$`)
	asks         = regexp.MustCompile(`[?？][”"）)]?$`)
	salutation   = regexp.MustCompile(`^(?:各|尊敬|亲爱|广大)|[、，,]`)
	leadsOn      = regexp.MustCompile(`应当|下列|以下|如下|包括|符合|具备|可以|[需为是]$`)
	notHeading   = regexp.MustCompile(`https?:|www\.|[:：].|[。；;，,！!…]|^[（(].*[）)]$|^[-*•●·>☎]|[|]|(?:号|文件|令)$`)
)

// markContents marks the lines of a table of contents: a run of headings without
// text between them, after 目录 or at least four, most of which come again.
func markContents(blocks []block) {
	later := make(map[string]int) // heading -> the last block that has it
	for i := range blocks {
		if b := &blocks[i]; b.size <= maxEntry {
			later[entry(b.text)] = i
		}
	}
	for i := 0; i < len(blocks); i++ {
		b := &blocks[i]
		titled := contentsHead.MatchString(b.text)
		first := i
		if titled {
			first++
		}
		end, again := first, 0
		for seen := make(map[string]bool); end < len(blocks); end++ {
			e := &blocks[end]
			if e.size > maxEntry {
				break
			}
			key := entry(e.text)
			if e.table || sentenceEnd(e.text) || seen[key] || e.mark.level == noMark && !titled {
				break
			}
			seen[key] = true
			if later[key] > end {
				again++
			} else if titled && e.mark.level == noMark {
				break
			}
		}
		n := end - first
		if again == 0 || 2*again < n || !titled && n < 4 || titled && n < 2 {
			continue
		}
		for j := i; j < end; j++ {
			blocks[j].contents = true
		}
		i = end - 1
	}
}

// maxEntry is how many characters an entry of a table of contents has at most.
const maxEntry = 60

// entry is a line without white space and, as in a table of contents, without
// the page it refers to.
func entry(s string) string {
	s = squeeze(s)
	s = strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(s, "）"), ")"), "0123456789")
	return strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(s, "（"), "("), ".…·-—")
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// markHeadings finds which blocks are headings by their looks.
func markHeadings(blocks []block, title string) {
	markTitle(blocks, title)
	for i := range blocks {
		b := &blocks[i]
		if b.isTitle || b.contents || b.table {
			continue
		}
		next := following(blocks, i)
		switch {
		case annexHead.MatchString(b.text) && b.size <= 60 && isAnnex(b, next):
			b.mark = mark{level: annex, text: b.text}
			b.head = true
			if annexHead.ReplaceAllString(b.text, "") == "" && isName(next) {
				next.named = true
			}
		case b.named:
		case b.mark.level == question:
			b.head = !b.inline || next != nil
		case asks.MatchString(b.text) && b.size <= 80 && !strings.ContainsAny(b.text, "。；") && !strings.HasPrefix(b.text, "答"):
			goesOn := i > 0 && blocks[i-1].mark.level == question && sentenceEnd(blocks[i-1].text) // 问：甲。乙？
			if next != nil && !goesOn && !asks.MatchString(next.text) && (!b.inline || b.mark.level != noMark) {
				b.head = true
				if b.mark.level == noMark && b.md == 0 {
					b.mark.level = question
				}
			}
		case b.md > 0 || b.mark.level == volume || b.mark.level == chapter || b.mark.level == clause:
			b.head = true
		case b.mark.level != noMark || next == nil:
		case signedAbove(blocks[:i]) && !b.inline && (isTitleOfText(b) || isBroken(b, next)):
			b.mark = mark{level: annex}
			b.head = true
			next.named = !isTitleOfText(b)
		case b.bold && b.size <= 40 && !sentenceEnd(b.text), looksShort(blocks, i, next):
			b.mark.level = short
			b.head = true
			if next.mark.num == 1 && next.mark.level < question {
				b.above = next.mark.level - 1
			}
		}
	}
	for i := range blocks[:max(len(blocks)-1, 0)] {
		if blocks[i].mark.level == short && blocks[i+1].mark.level == short {
			blocks[i].mark.level = wide
		}
	}
}

// publicNote is what may stand between the day of a letter and the text it
// comes with.
var publicNote = regexp.MustCompile(`^[（(]此件.{2,10}[）)]$`)

// signedAbove reports whether the blocks end with the day of a signature.
func signedAbove(blocks []block) bool {
	n := len(blocks)
	if n > 1 && publicNote.MatchString(blocks[n-1].text) {
		n--
	}
	return n > 0 && dateLine.MatchString(blocks[n-1].text)
}

// isName reports whether the block can be the name of an annex.
func isName(b *block) bool {
	return !b.table && b.size <= maxTitle-12 && b.mark.level == noMark && b.md == 0 && !strings.ContainsAny(b.text, "。；：！")
}

func following(blocks []block, i int) *block {
	if i+1 < len(blocks) {
		return &blocks[i+1]
	}
	return nil
}

// markTitle marks where the text repeats its own title at the top.
func markTitle(blocks []block, title string) {
	want := strings.Trim(squeeze(title), "《》")
	tops := 0
	for i := range blocks {
		if blocks[i].md == 1 {
			tops++
		}
	}
	for i := range blocks[:min(len(blocks), 6)] {
		b := &blocks[i]
		if b.table || b.mark.level != noMark && i > 0 {
			break
		}
		same := strings.Trim(squeeze(b.text), "《》") == want
		if same && want != "" || i == 0 && b.md == 1 && tops == 1 && b.mark.level == noMark {
			b.isTitle, b.differs = true, !same
			b.mark = mark{}
		}
	}
}

// isAnnex tells the heading of an annex from a line that lists one.
func isAnnex(b, next *block) bool {
	if next == nil || fileName.MatchString(b.text) || annexHead.MatchString(next.text) || next.mark.level == digit && next.mark.num == 2 {
		return false
	}
	rest := annexHead.ReplaceAllString(b.text, "")
	m, _ := readMark(rest)
	return m.level == noMark && !dateLine.MatchString(next.text) && !sentenceEnd(rest)
}

func isTitleOfText(b *block) bool {
	return b.size >= 4 && b.size <= 60 && !sentenceEnd(b.text) && textTitle.MatchString(strings.TrimRight(b.text, "》 "))
}

// isBroken reports whether a title of a text begins with b and ends with next.
func isBroken(b, next *block) bool {
	return isName(b) && isName(next) && !next.inline && !sentenceEnd(b.text) && isTitleOfText(next)
}

// signs reports whether only the names of offices stand from block i on to the
// day of a signature.
func signs(blocks []block, i int) bool {
	for j := range blocks[i:min(i+12, len(blocks))] {
		b := &blocks[i+j]
		if j > 0 && dateLine.MatchString(b.text) {
			return true
		}
		if b.table || b.size > 40 || b.mark.level != noMark || b.md > 0 || !offices.MatchString(b.text) {
			return false
		}
	}
	return false
}

// offices is a line of names that end as those of offices do.
var offices = regexp.MustCompile(`^(?:\p{Han}{2,}(?:政府|厅|局|委员会|委|办公室|部|院|会|中心|处|署|行|公司|集团|小组|指挥部)(?:[（(](?:代章|盖章)[）)])?[\s　、]*)+$`)

// looksShort reports whether the line is short and stands alone between longer
// ones, as headings do that nothing marks.
func looksShort(blocks []block, i int, next *block) bool {
	b := &blocks[i]
	name := strings.TrimRight(b.text, ":：")
	colon := name != b.text
	size := utf8.RuneCountInString(name)
	if b.inline || size < 2 || size > 24 || colon && size > 12 || notHeading.MatchString(name) || !hasHan(name) || signs(blocks, i) {
		return false
	}
	if colon && (salutation.MatchString(name) || leadsOn.MatchString(name)) || dateLine.MatchString(name) || dateLine.MatchString(next.text) || next.inline {
		return false
	}
	if i > 0 {
		above := &blocks[i-1]
		if !above.head && !above.isTitle && !above.table && !sentenceEnd(above.text) && !asks.MatchString(above.text) {
			return false
		}
	}
	if next.table || next.size >= 20 || next.mark.num == 1 || next.md > 0 || sentenceEnd(next.text) {
		return true
	}
	// Two short lines, a heading above a heading, with text below.
	return i+2 < len(blocks) && blocks[i+2].size >= 40 && sentenceEnd(blocks[i+2].text) && hasHan(next.text) &&
		!notHeading.MatchString(next.text) && !dateLine.MatchString(blocks[i+2].text)
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
