package meta

import (
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

const kindAlternatives = `通知书|通知|办法|条例|规定|实施细则|细则|实施意见|意见|决定|公告|通告|公示|公报|方案|计划|规划|纲要|措施|政策|批复|复函|函|令|通报|报告|指南|指引|须知|目录|清单|标准|规范|规程|规则|章程|制度|答复|解读|倡议书|公开信|提示|法|问答|手册`

var (
	// titleRegexp finds the title of a notice in a text that lost its line
	// breaks: up to eight issuers, 关于, and the first word for a kind of text
	// that a space or those it is sent to follow.
	titleRegexp = regexp.MustCompile(`^((?:[^\s，。；：:]{2,40}\s+){0,8}?[^\s，。；：:]{0,60}关于(?:[^\s。；][^。；]{1,160}?)(?:` + kindAlternatives + `)(?:\s?[（(《][^（()）\s]{1,30}[）)》])?)(?:\s|$|[\p{Han}、（）()]{2,24}[:：])`)
	kindRegexp  = regexp.MustCompile(`(` + kindAlternatives + `)(?:[（(][^（()）]*[）)])*$`)
	questions   = regexp.MustCompile(`问答|[0-9一二三四五六七八九十]+问$|答疑|常见问题|热点问题`)
	draftTitle  = regexp.MustCompile(`征求意见稿|[（(]草案|草案[）)]|送审稿|公开征求|征求[^，。]{0,60}意见的`)
	feedback    = regexp.MustCompile(`征求.*意见.*(?:采纳|反馈|情况)`)
	siteEnd     = regexp.MustCompile(`\s*(?:[-_|—–－]+|::)\s*[^-_|—–－]{0,40}(?:网站|门户|门户网|政府网|信息网|官网|政务公开|信息公开|通知公告|政策文件|政策法规|公示公告|首页|人民政府|政府|局|委员会|厅|办公室|中心)\s*$`)
	generic     = regexp.MustCompile(`^(?:通知公告|政策文件|政策法规|政务公开|信息公开|公示公告|首页|详情|详细内容|内容页|正文|规范性文件|最新文件|政策解读|文件|文档\d*|无标题|untitled|document\d*|microsoft word.*|新建.*文档.*|powerpoint 演示文稿|sheet\d*|powerpoint.*)$`)
	repealMark  = regexp.MustCompile(`\s*[（(【\[](?:已废止|废止|已失效|失效|全文废止|全文失效)[）)】\]]\s*`)
	issuance    = regexp.MustCompile(`(?:印发|发布|公布|下发|转发|批转)\s*《?(.+?)》?\s*的(?:通知|公告|通告|决定|函)`)
)

// title takes the page's own name for the article, else the first heading, else
// the page's title without the name of the site, else the first words.
func (r *reader) title() Found[string] {
	for _, key := range []string{"articletitle", "dc.title", "og:title"} {
		if t := cleanTitle(r.in.Tags[key]); usable(t) {
			return found(t, Stated, fromWords(r.in.Tags[key], t))
		}
	}
	if f, ok := r.fields["title"]; ok && usable(cleanTitle(f.text)) && (kindRegexp.MatchString(f.text) || strings.Contains(f.text, "关于")) {
		return found(cleanTitle(f.text), Stated, fromWords(f.text, cleanTitle(f.text)))
	}
	head := strings.TrimLeft(r.head(), " \t\r\n　\ufeff")
	line, _, _ := strings.Cut(head, "\n")
	heading := ""
	if strings.HasPrefix(line, "#") {
		heading = cleanTitle(strings.TrimLeft(line, "# "))
	}
	own := cleanTitle(r.in.Title)
	if usable(heading) && (!usable(own) || organ(own) || strings.Contains(squeeze(own), squeeze(heading)) || kindRegexp.MatchString(heading)) {
		return found(heading, Stated, fromWords(line, heading))
	}
	if usable(own) && !organ(own) {
		return found(own, Stated, fromWords(r.in.Title, own))
	}
	if f := r.titleInText(); f.Ok() {
		return f
	}
	base := strings.TrimSuffix(path.Base(r.in.Name), path.Ext(r.in.Name))
	if t := strings.TrimSpace(nameDate.ReplaceAllString(base, "")); usable(t) && strings.ContainsFunc(t, isHan) {
		return found(t, Guessed, fromWords(r.in.Name, t))
	}
	return Found[string]{}
}

var nameDate = regexp.MustCompile(`[（(]\d{4}-\d{2}-\d{2}[）)]$|^\d{1,3}[a-z]?[_.、 -]`)

// titleInText reads the title off the first words of a plain text.
func (r *reader) titleInText() Found[string] {
	head := r.head()
	ws := skipWords(r.words, noTitle.MatchString)
	if len(ws) == 0 || ws[0].at >= len(head) || strings.HasPrefix(strings.TrimLeft(head, " \t\r\n　\ufeff"), "|") {
		return Found[string]{} // the heading row of a table names its columns
	}
	m := titleRegexp.FindStringSubmatch(head[ws[0].at:])
	if m == nil {
		m = []string{"", ""}
	}
	from := tidyTitle(strings.TrimSpace(m[1]))
	if t := cleanTitle(joinLines(from)); usable(t) {
		return found(t, Stated, from)
	}
	ws = skipWords(ws, columnName)
	// Otherwise the first words of the line, up to one that begins a sentence.
	end := ws[0].end()
	for i, w := range ws[:min(3, len(ws))] {
		sentence := strings.ContainsAny(w.text, "。；") || utf8.RuneCountInString(w.text) > 60
		if i == 0 && sentence {
			return Found[string]{}
		}
		if i > 0 && (sentence || utf8.RuneCountInString(r.text[ws[0].at:w.end()]) > 50 || notTitle.MatchString(w.text) || organ(w.text) || w.text == ws[0].text || !sameLine(r.text, ws[0], w)) {
			break
		}
		end = w.end()
	}
	from = r.text[ws[0].at:end]
	t := cleanTitle(from)
	if !usable(t) || !strings.ContainsFunc(t, isHan) {
		return Found[string]{}
	}
	return found(t, Guessed, from)
}

var (
	noTitle  = regexp.MustCompile(`^(?:公开|内部|急件|特急|加急|附件[0-9]*|索引号.*)$`)
	notTitle = regexp.MustCompile(`[，。；：:]|^(?:新华社|中新社|本报|【)|(?:讯|电)(?:[（(]|$)|记者|^[0-9一二三四五六七八九十]+[、.．]|^第.条|` + datePattern)
)

// joinLines puts a title together that was broken over several lines after its
// issuers.
func joinLines(t string) string {
	i := max(strings.Index(t, "关于"), 0)
	return t[:i] + brokenLine.ReplaceAllString(t[i:], "")
}

var brokenLine = regexp.MustCompile(`\s*\n\s*`)

// skipWords leaves out the first words that are no title, but never all of them.
func skipWords(ws []span, skip func(string) bool) []span {
	for len(ws) > 1 && skip(ws[0].text) {
		ws = ws[1:]
	}
	return ws
}

// tidyTitle takes off what stands before a title in a text that lost its line
// breaks: the names of site and column, the number, the same title broken off.
func tidyTitle(t string) string {
	ws := words(t)
	from := 0
	for i, w := range ws {
		if strings.Contains(w.text, "关于") {
			break
		}
		if !organ(w.text) {
			from = i + 1
		}
	}
	for i := from + 1; i < len(ws); i++ {
		if strings.HasPrefix(ws[i].text, ws[from].text) {
			from = i
		}
	}
	if from >= len(ws) {
		return ""
	}
	t = t[ws[from].at:]
	if m := numberRegexp.FindStringIndex(t); m != nil && m[0] == 0 {
		t = strings.TrimSpace(t[m[1]:])
	}
	return t
}

// columnName reports whether a line is the name of an office or of a part of a
// site and not a title.
func columnName(s string) bool { return organ(s) || generic.MatchString(s) }

func sameLine(s string, a, b span) bool { return !strings.Contains(s[a.end():b.at], "\n") }

// cleanTitle takes the name of the site, the mark of a repeal, the document's
// number and the quotation marks off a title.
func cleanTitle(s string) string {
	s = oneLine(s)
	for {
		t := siteEnd.ReplaceAllString(s, "")
		if t == s || t == "" {
			break
		}
		s = t
	}
	if i := strings.LastIndexAny(s, "_|"); i > 0 && usable(s[:i]) && kindRegexp.MatchString(strings.TrimSpace(s[:i])) {
		s = s[:i]
	}
	s = strings.TrimSpace(repealMark.ReplaceAllString(s, ""))
	if short := numberEnd.ReplaceAllString(s, ""); short != "" {
		s = short
	}
	if strings.HasPrefix(s, "《") && strings.HasSuffix(s, "》") && strings.Count(s, "《") == 1 {
		s = strings.TrimSuffix(strings.TrimPrefix(s, "《"), "》")
	}
	return strings.Trim(s, "*_ ")
}

// numberEnd is a document number in brackets at the end of a title.
var numberEnd = regexp.MustCompile(`\s*[（(]` + numberPattern + `[）)]$`)

// usable refuses what names a column of a site or a kind of file.
func usable(t string) bool {
	n := utf8.RuneCountInString(t)
	return n >= 2 && n <= 160 && !generic.MatchString(strings.ToLower(t))
}

// oneLine makes all white space single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fromWords returns the words of source that t was made from: t itself where it
// stands so, else the whole source.
func fromWords(source, t string) string {
	if strings.Contains(source, t) {
		return t
	}
	return source
}

// encloses finds X in a title like 关于印发《X》的通知.
func encloses(title Found[string]) Found[string] {
	m := issuance.FindStringSubmatch(title.Value)
	if m == nil {
		return Found[string]{}
	}
	x := strings.Trim(strings.TrimSpace(m[1]), "《》<>〈〉")
	if utf8.RuneCountInString(x) < 3 {
		return Found[string]{}
	}
	return found(x, title.How, title.From)
}

// kind names the sort of text by the last word of its title.
func kind(title Found[string]) Found[string] {
	t := strings.TrimRight(title.Value, "》」”\" ")
	if questions.MatchString(t) {
		return found("问答", title.How, title.From)
	}
	if m := kindRegexp.FindStringSubmatch(t); m != nil {
		return found(m[1], title.How, title.From)
	}
	if m := numberTitled.FindString(t); m != "" {
		return found(firstKind(m), title.How, title.From)
	}
	for _, k := range []string{"解读", "指南", "指引", "攻略", "公告", "通告"} {
		if strings.Contains(t, k) {
			return found(k, Guessed, title.From)
		}
	}
	return Found[string]{}
}

func firstKind(s string) string {
	for _, k := range []string{"公告", "通告", "决定", "令"} {
		if strings.HasPrefix(s, k) {
			return k
		}
	}
	return s
}

// status reads whether the page says that its text is repealed or a draft.
func (r *reader) status(title Found[string]) Found[Status] {
	if f, ok := r.fields["status"]; ok {
		if w := repealedWord.FindString(f.text); w != "" {
			return found(Repealed, Stated, w)
		}
	}
	for _, s := range []string{r.in.Title, r.in.Tags["articletitle"], firstRunes(strings.TrimSpace(r.text), 120)} {
		if w := repealMark.FindString(s); w != "" {
			return found(Repealed, Stated, w)
		}
	}
	for _, part := range []string{r.head(), lastRunes(r.text, tailRunes)} {
		if w := repealedNote.FindString(part); w != "" {
			return found(Repealed, Stated, w)
		}
	}
	if w := draftTitle.FindString(title.Value); w != "" && !feedback.MatchString(title.Value) {
		return found(Draft, Stated, fromWords(title.From, w))
	}
	return Found[Status]{}
}

var (
	repealedWord = regexp.MustCompile(`^[（(【]?(?:(?:已|全文|自动|宣布){0,2}(?:废止|失效)|无效|否$)`)
	repealedNote = regexp.MustCompile(`(?:本文件|本文|此文件|该文件|此件|本件|本规范性文件)(?:现已|已经|业已|已)(?:于[^，。；\n]{1,30}?)?(?:被[^，。；\n]{1,60}?)?(?:宣布|予以|全文)*(?:废止|失效)`)
)
