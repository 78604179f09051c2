package meta

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// span is a part of the text: its words and where they begin, in bytes.
type span struct {
	at   int
	text string
}

func (s span) end() int { return s.at + len(s.text) }

// reader holds a document in the cuts that the finders share.
type reader struct {
	in         Input
	text       string
	titled     string // the title, once it is known, and the words it was read from
	titleWords string
	numbered   Found[string]   // the number, once it is known
	fields     map[string]span // the page's own table of particulars, by field
	words      []span          // the text cut at white space, Markdown signs taken off
}

const headRunes, tailRunes = 2000, 800

func newReader(in Input) *reader {
	r := &reader{in: in, text: in.Text, words: words(in.Text)}
	r.fields = r.readFields()
	return r
}

// head is the part of the text where a document says what it is.
func (r *reader) head() string { return firstRunes(r.text, headRunes) }

// words cuts s at white space. A page that lost its line breaks is thereby read
// like one that kept them: what stood on a line of its own mostly still stands
// between spaces.
func words(s string) []span {
	var out []span
	start := -1
	flush := func(end int) {
		if start < 0 {
			return
		}
		w := s[start:end]
		trimmed := strings.TrimLeft(w, "#>*|_\u200b\u200d\ufeff")
		at := start + len(w) - len(trimmed)
		if trimmed = strings.TrimRight(trimmed, "*|_\u200b\u200d"); trimmed != "" {
			out = append(out, span{at, trimmed})
		}
		start = -1
	}
	for i, c := range s {
		if unicode.IsSpace(c) {
			flush(i)
		} else if start < 0 {
			start = i
		}
	}
	flush(len(s))
	return out
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func lastRunes(s string, n int) string {
	i := len(s)
	for ; i > 0 && n > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return s[i:]
}

// labels are the names that government sites give to the particulars of a
// document, by the field they mean. Labels of other particulars are listed as
// well, for they end the value before them.
var labels = map[string]string{
	"文号": "number", "发文字号": "number", "发文文号": "number", "文件编号": "number", "文件号": "number",
	"成文日期": "issued", "发文日期": "issued", "印发日期": "issued", "制发日期": "issued", "成文时间": "issued", "发文时间": "issued",
	"发布日期": "published", "公开日期": "published", "发布时间": "published", "公布日期": "published", "生成日期": "published", "发表时间": "published",
	"实施日期": "from", "生效日期": "from", "施行日期": "from", "生效时间": "from", "实施时间": "from", "开始实施日期": "from",
	"失效日期": "to", "废止日期": "to", "终止日期": "to", "失效时间": "to", "废止时间": "to", "有效期至": "to", "有效期限至": "to",
	"发布机关": "issuer", "发文机关": "issuer", "发文单位": "issuer", "制定机关": "issuer", "发文机构": "issuer", "制发机关": "issuer", "印发机关": "issuer", "发布机构": "publisher", "发布单位": "publisher", "公开责任部门": "publisher",
	"来源": "source", "信息来源": "source", "文章来源": "source", "内容来源": "source", "稿件来源": "source", "稿源": "source",
	"名称": "title", "文件名称": "title", "文件标题": "title", "标题": "title", "信息名称": "title",
	"文件状态": "status", "有效性": "status", "时效性": "status", "效力状态": "status", "是否有效": "status", "时效状态": "status", "效力": "status",
	"索引号": "", "统一编号": "", "分类": "", "主题分类": "", "主题词": "", "体裁": "", "组配分类": "", "公开方式": "", "信息分类": "", "浏览次数": "", "登记号": "", "规范性文件编号": "", "公开类别": "",
}

var labelRegexp = sync.OnceValue(func() *regexp.Regexp {
	var alts []string
	for l := range labels {
		// 文　　号 is how a label of two characters is made as wide as its neighbours.
		alts = append(alts, strings.Join(strings.Split(l, ""), `[ \x{3000}\x{a0}]*`))
	}
	// Longest first: 有效期至 before 有效.
	slices.SortFunc(alts, func(a, b string) int { return len(b) - len(a) })
	return regexp.MustCompile(`(?m)(?:^|[\s|【\[*（(])(` + strings.Join(alts, "|") + `)[】\]*]{0,2}[ \x{3000}\x{a0}]*(?:[:：][ \x{3000}\x{a0}|*]*|\|[ *]*)\n?\s*`)
})

// readFields reads the particulars from the tags, then from labelled lines and
// table cells at the head and the end of the text.
func (r *reader) readFields() map[string]span {
	out := make(map[string]span)
	for key, value := range r.in.Tags {
		if field := labels[strings.TrimSpace(key)]; field != "" && strings.TrimSpace(value) != "" {
			out[field] = span{-1, strings.TrimSpace(value)}
		}
	}
	read := func(part string, base int) {
		ms := labelRegexp().FindAllStringSubmatchIndex(part, -1)
		for i, m := range ms {
			field := labels[squeeze(part[m[2]:m[3]])]
			end := len(part)
			if i+1 < len(ms) {
				end = ms[i+1][0]
			}
			if end <= m[1] {
				continue
			}
			value := part[m[1]:end]
			if j := strings.IndexAny(value, "|\n"); j >= 0 {
				value = value[:j]
			}
			value = strings.TrimRight(value, " \t*　")
			if _, seen := out[field]; field != "" && value != "" && !seen {
				out[field] = span{base + m[1], value}
			}
		}
	}
	head := r.head()
	read(head, 0)
	if rest := r.text[len(head):]; rest != "" {
		tail := lastRunes(rest, tailRunes)
		read(tail, len(r.text)-len(tail))
	}
	return out
}

// containsAny reports whether s has one of the words. It comes before a regular
// expression that begins with anything: of a text's sentences few have them.
func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// squeeze takes all white space out of s.
func squeeze(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff' {
			return -1
		}
		return c
	}, s)
}

// list collects values, each once, in the order they come.
type list[T comparable] struct {
	out  []Found[T]
	seen map[T]bool
}

func (l *list[T]) add(f Found[T]) {
	if l.seen[f.Value] {
		return
	}
	if l.seen == nil {
		l.seen = make(map[T]bool)
	}
	l.seen[f.Value] = true
	l.out = append(l.out, f)
}
