package meta

import (
	"regexp"
	"strings"
)

// numberPattern finds 甬政办发〔2024〕12号 with any kind of brackets and with
// spaces inside, numberedPattern 国务院令第722号, 财政部公告2020年第6号, 通告（第8号）.
const numberPattern = `\p{Han}[\p{Han}\-]{0,14}\s?[〔\[【（(［﹝]\s?((?:19|20)[0-9]{2}|[１２][９０][０-９]{2})\s?[〕\]】）)］﹞]\s?第?\s?[0-9０-９]{1,5}(?:\s?-\s?[0-9]{1,3})?\s?号`

var (
	numberRegexp   = regexp.MustCompile(numberPattern)
	numberWhole    = regexp.MustCompile(`^[（(]?(` + numberPattern + `)[）)]?文?$`)
	numberedSuffix = regexp.MustCompile(`^[（(]?(\p{Han}{0,40}(?:令|公告|通告|决定))?\s*[（(]?\s*((?:19|20)[0-9]{2}\s*年)?\s*第\s*([0-9０-９]{1,4}|[一二三四五六七八九十百零〇]{1,6})\s*号[）)]?$`)
	numberedInText = regexp.MustCompile(`\p{Han}{2,30}?(?:令|公告)第(?:[0-9]{1,4}|[一二三四五六七八九十百零〇]{1,6})号`)
	numberTitled   = regexp.MustCompile(`(?:令|公告|通告|决定)\s*[（(]?\s*((?:19|20)[0-9]{2}\s*年)?第\s*(?:[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,6})\s*号[）)]?`)
	numberInName   = regexp.MustCompile(`(\p{Han}{2,12})[〔\[(（_ ]?(20[0-9]{2})[〕\])）\-_ ]{1,2}([0-9]{1,4})号`)
)

// canonicalNumber writes a document number in its one form: 〔〕, no spaces.
func canonicalNumber(s string) string {
	s = narrowDigits(strings.Trim(s, "（）()文"))
	if numberRegexp.MatchString(s) {
		return bracketRegexp.ReplaceAllString(squeeze(s), "〔$1〕")
	}
	return unmarked(strings.NewReplacer("（", "", "）", "", "(", "", ")", "").Replace(s))
}

var bracketRegexp = regexp.MustCompile(`[〔\[【（(［﹝]([0-9]{4})[〕\]】）)］﹞]`)

// number finds the document's own number and not one that it cites: in the
// page's particulars, standing alone at the head, in the title, in the line of
// a law that says when it was published, last in the file's name.
func (r *reader) number() Found[string] {
	if f, ok := r.fields["number"]; ok {
		if n := numberRegexp.FindString(f.text); n != "" {
			return found(canonicalNumber(n), Stated, n)
		}
		if m := numberedSuffix.FindStringSubmatch(f.text); m != nil && m[1] != "" {
			return found(canonicalNumber(f.text), Stated, f.text)
		}
	}
	if f := r.standingNumber(); f.Ok() {
		return f
	}
	for _, title := range []string{r.titleWords, r.in.Title} {
		if n := titleNumber(title); n != "" {
			return found(canonicalNumber(n), Stated, n)
		}
	}
	if f := r.lawNumber(); f.Ok() {
		return f
	}
	if m := numberInName.FindStringSubmatch(r.in.Name); m != nil {
		return found(m[1]+"〔"+m[2]+"〕"+strings.TrimLeft(m[3], "0")+"号", Guessed, m[0])
	}
	return Found[string]{}
}

// titleNumber finds the number that ends a title. One inside it, after the name
// of another document, is not its own.
func titleNumber(title string) string {
	title = strings.TrimRight(title, "）)」 ")
	for _, re := range []*regexp.Regexp{numberRegexp, numberTitled} {
		for _, m := range re.FindAllStringIndex(title, -1) {
			if m[1] == len(title) {
				return title[m[0]:m[1]]
			}
		}
	}
	return ""
}

// standingNumber finds a number that stands by itself between spaces, as the
// line under the red head does. Only the head is searched, for orders and
// announcements only what comes before its first sentence: further down such a
// line belongs to a text that is attached or cited.
func (r *reader) standingNumber() Found[string] {
	limit := len(r.head())
	firstSentence := limit
	if i := strings.Index(r.text[:limit], "。"); i >= 0 {
		firstSentence = i
	}
	for i, w := range r.words {
		if w.at >= limit {
			break
		}
		// 穗残联规字〔2019〕2 号 is two words, 疫情 防控指挥部公告 （第6号） three.
		for n := 1; n <= 4 && i+n <= len(r.words); n++ {
			last := r.words[i+n-1]
			whole := r.text[w.at:last.end()]
			if len(whole) > 150 {
				break
			}
			if m := numberWhole.FindStringSubmatch(whole); m != nil {
				if n > 1 && numberWhole.MatchString(r.text[r.words[i+1].at:last.end()]) {
					break // the first word is something else: an issuer, a heading
				}
				return found(canonicalNumber(m[1]), Stated, m[1])
			}
			if w.at < firstSentence && r.orderNumber(unmarked(whole), n) {
				whole = r.text[r.organStart(i):last.end()]
				return found(canonicalNumber(whole), Stated, whole)
			}
		}
	}
	return Found[string]{}
}

// unmarked takes white space and the signs of Markdown out of s.
func unmarked(s string) string {
	return strings.NewReplacer("*", "", "#", "", "|", "").Replace(squeeze(s))
}

// orderNumber reports whether n words, squeezed, are the number of an order or
// an announcement together with the office that gave it.
func (r *reader) orderNumber(s string, n int) bool {
	m := numberedSuffix.FindStringSubmatch(s)
	if m == nil || m[1] == "" {
		return false
	}
	by := decreeWord.ReplaceAllString(m[1], "")
	if strings.Contains(by, "关于") || decreeWord.MatchString(by) {
		return false // the words before are a title
	}
	return organ(by) || by != "" && n == 1
}

// organStart walks back from word i over the offices that stand before it, for
// a joint announcement is numbered with all of them.
func (r *reader) organStart(i int) int {
	for i > 0 && organ(r.words[i-1].text) && sameLine(r.text, r.words[i-1], r.words[i]) {
		i--
	}
	return r.words[i].at
}

var decreeWord = regexp.MustCompile(`(?:令|公告|通告|决定)$`)

// lawNumber finds 国务院令第722号公布 in the history of a law; the last one is
// that of the text in force.
func (r *reader) lawNumber() Found[string] {
	history := r.history()
	all := numberedInText.FindAllString(history, -1)
	if len(all) == 0 {
		return Found[string]{}
	}
	last := strings.TrimPrefix(all[len(all)-1], "日") // of 2023年9月1日某市人民政府令第20号
	return found(strings.TrimPrefix(last, "中华人民共和国"), Stated, last)
}

var firstArticle = regexp.MustCompile(`(?m)^[#\s]*第一[章条编]|<!--|(?:^|\s)第一条`)

// history is what a law says before its first article about its passing and
// its revisions. It is empty for texts without articles.
func (r *reader) history() string {
	m := firstArticle.FindStringIndex(r.head())
	if m == nil {
		return ""
	}
	return r.text[:m[0]]
}
