package meta

import (
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	responsibleRegexp = regexp.MustCompile(`(?:责任单位|责任部门|牵头单位|牵头部门|配合单位|配合部门|实施单位|主责单位|协办单位|参与单位)\s?[:：]\s?([^。；;\n）)\]】|:：]{2,200})|[（(]([^（()）。；：:\n]{2,120}?)(?:等)?(?:按照?(?:各自)?职责(?:分工)?)?(?:分别)?负责[）)]|[（(]([^（()）。；：:\n]{2,60}?)牵头[，,、]?([^（()）。；：:\n]{0,120}?)(?:等)?(?:按照?(?:各自)?职责(?:分工)?)?(?:负责|配合|参与|落实)[）)]`)
	phoneRegexp       = regexp.MustCompile(`[（(]?0[0-9]{2,3}[)）]?\s?[-—－–]?\s?[0-9]{7,11}(?:\s?[-转]\s?[0-9]{1,6})?|[48]00[-—－]?[0-9]{3}[-—－]?[0-9]{4}|[0-9]{7,13}(?:-[0-9]{1,6})?|1[0-9]{4}|96[0-9]{3,4}`)
	contactLabel      = regexp.MustCompile(`(?:政策)?(?:咨询|联系|服务|办公|业务|监督|投诉|举报|受理|值班)?(?:服务)?(?:电话|热线|专线|方式)(?:号码)?\s?(?:为|是)?\s?[:：]?\s?`)
	contactPerson     = regexp.MustCompile(`[（(，,；;、\s]*联系人\s?[:：]?\s?[\p{Han}·\s　]{0,20}[，,；;、\s]*$`)
	attachmentHead    = regexp.MustCompile(`(?m)(?:^|[\s　])附\s?件\s?(?:[0-9０-９]{0,2})\s?[:：]\s*`)
	attachmentItem    = regexp.MustCompile(`^[\s　]*(?:附件\s?[0-9]{1,2}(?:[-至][0-9]+)?\s?(?:下载)?\s?[:：]?\s*|[0-9０-９]{1,2}\s?[.．、]\s*)(\S[^\n]{1,118}?)(?:[\s　；;]|$)`)
	attachmentInline  = regexp.MustCompile(`(?:^|[\s　])[0-9０-９]{1,2}\s?[.．、]\s*`)
	fileEnding        = regexp.MustCompile(`(?i)\.(?:docx?|xlsx?|pdf|ofd|wps|et|zip|rar|csv|txt|pptx?|jpe?g|png)$`)
)

// responsible lists the units that the text charges with its measures, each once,
// in the order they come.
func (r *reader) responsible() []Found[string] {
	var units list[string]
	for _, m := range responsibleRegexp.FindAllStringSubmatch(r.text, -1) {
		list, with, led := strings.Cut(m[2], "牵头")
		if list = m[1] + list + "、" + with; !led {
			list, _, _ = strings.Cut(list, "，")
		}
		for _, unit := range strings.FieldsFunc(list+"、"+m[3]+"、"+m[4], func(c rune) bool { return strings.ContainsRune("、,，/ 　\t", c) }) {
			n := utf8.RuneCountInString(unit)
			if n >= 2 && n <= 30 && strings.ContainsFunc(unit, isHan) && strings.Count(unit, "〔") == strings.Count(unit, "〕") {
				units.add(found(unit, Stated, unit))
			}
		}
	}
	return units.out
}

// contacts lists the telephones to ask at, each once, with the office that the
// same clause names. Mobile numbers are a person's and are left out.
func (r *reader) contacts() []Found[Contact] {
	var out []Found[Contact]
	seen := make(map[string]bool)
	for line := range strings.Lines(r.text) {
		if !containsAny(line, "电话", "热线", "专线", "方式") {
			continue
		}
		for _, m := range contactLabel.FindAllStringIndex(line, -1) {
			// A number and its office stand close by; the rest of a long line is
			// not searched again for every word for telephone.
			office := officeBefore(lastRunes(line[:m[0]], 120))
			for rest := firstRunes(line[m[1]:], 300); ; {
				p := phoneRegexp.FindStringIndex(rest)
				if p == nil {
					break
				}
				// 电话：市财政局 12345678，市教育局 12345679: the office may follow the word.
				if gap := strings.Trim(rest[:p[0]], "（(、,，；;/或： \t　"); officeName.MatchString(gap) && utf8.RuneCountInString(gap) <= 30 {
					office = officeBefore(gap)
				} else if gap != "" {
					break
				}
				phone := strings.TrimSpace(rest[p[0]:p[1]])
				rest = rest[p[1]:]
				if mobile(phone) || seen[phone] {
					continue
				}
				seen[phone] = true
				out = append(out, found(Contact{office, phone}, Stated, phone))
			}
		}
	}
	return out
}

// mobile reports whether a number is a mobile telephone's: eleven digits from 13
// to 19.
func mobile(phone string) bool {
	return len(phone) == 11 && phone[0] == '1' && phone[1] >= '3'
}

// officeBefore takes the office from the words before the word for telephone,
// the nearest first, without the name of a person or an address.
func officeBefore(s string) string {
	if i := strings.LastIndexAny(s, "。；;！？|"); i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[i+size:]
	}
	s = contactPerson.ReplaceAllString(s, "")
	parts := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune("，,：:、（()） \t　0123456789", c) })
	for i := len(parts) - 1; i >= 0; i-- {
		part := officeVerb.ReplaceAllString(strings.Trim(parts[i], "*#-.的"), "")
		if n := utf8.RuneCountInString(part); n >= 2 && n <= 30 && officeName.MatchString(part) && !address.MatchString(part) {
			return part
		}
	}
	return ""
}

// officeVerb is what a sentence says of an office around its name.
var officeVerb = regexp.MustCompile(`^(?:由|请向|可向|向|致电|请联系|联系|拨打)|(?:汇总|受理|负责|办理|统筹|咨询)$`)

// address is what is left of a house number or a building.
var address = regexp.MustCompile(`^(?:号|楼|栋|幢|层|室|座)|大院|大楼$`)

var officeName = regexp.MustCompile(`\p{Han}(?:科|股|室|处|局|厅|部|委|办|中心|大厅|窗口|所|站|队|公司|单位|部门|街道|镇|街|政府|院|会|组|联|客服|热线)$`)

// attachments lists what the text names under 附件 and the files the page links
// to, each once.
func (r *reader) attachments() []Found[Attachment] {
	var out []Found[Attachment]
	at := make(map[string]int) // by attachmentKey
	add := func(name, url, from string) {
		key := attachmentKey(name)
		if key == "" {
			return
		}
		if i, ok := at[key]; ok {
			if out[i].Value.URL == "" {
				out[i].Value.URL = url
			}
			return
		}
		at[key] = len(out)
		out = append(out, found(Attachment{name, url}, Stated, from))
	}
	for _, m := range attachmentHead.FindAllStringIndex(r.text, -1) {
		for _, name := range attachmentNames(r.text[m[1]:]) {
			add(strings.TrimSpace(name), "", name)
		}
	}
	for _, l := range r.in.Links {
		name := strings.TrimSpace(l.Text)
		if fileEnding.MatchString(l.URL) || fileEnding.MatchString(name) || strings.HasPrefix(name, "附件") {
			if name == "" {
				add(path.Base(l.URL), l.URL, l.URL)
				continue
			}
			add(name, l.URL, l.Text)
		}
	}
	return out
}

// attachmentNames reads the list after 附件：: numbered items over several lines
// or in one, or a single name.
func attachmentNames(s string) []string {
	var out []string
	for i, line := range strings.SplitN(firstRunes(s, 1500), "\n", 30) {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		items := attachmentInline.FindAllStringIndex(line, -1)
		if len(items) == 0 {
			if m := attachmentItem.FindStringSubmatch(line); m != nil {
				out = append(out, m[1])
				continue
			}
			if i == 0 {
				name := firstName(strings.TrimSpace(line))
				if n := utf8.RuneCountInString(name); n >= 2 && n <= 80 {
					out = append(out, name)
				}
			}
			break
		}
		if len(strings.TrimSpace(line[:items[0][0]])) > 0 && i > 0 {
			break
		}
		for j, m := range items {
			end := len(line)
			if j+1 < len(items) {
				end = items[j+1][0]
			}
			name := firstName(strings.TrimSpace(line[m[1]:end]))
			if n := utf8.RuneCountInString(name); n >= 2 && n <= 120 {
				out = append(out, name)
			}
		}
	}
	return out
}

// firstName cuts s at the first space or full stop outside of brackets: a title
// in 《》 may hold spaces of its own. Where a bracket is never closed, it is cut
// at the first there is.
func firstName(s string) string {
	first, depth := -1, 0
	for i, c := range s {
		switch {
		case strings.ContainsRune("《（(〈【[", c):
			depth++
		case strings.ContainsRune("》）)〉】]", c):
			depth--
		case c != '。' && !unicode.IsSpace(c), i == 0:
		case depth <= 0:
			return s[:i]
		case first < 0:
			first = i
		}
	}
	if depth > 0 && first > 0 {
		return s[:first]
	}
	return s
}

var attachmentLead = regexp.MustCompile(`^(?:附件\s?[0-9０-９一二三四五六七八九十]*(?:[-至][0-9]+)?\s?(?:下载)?\s?[:：.．、-]?\s*|[0-9０-９]{1,2}\s?[.．、]\s*)`)

// attachmentKey is a name without number, file ending and space: 附件1：A.doc and
// 1. A are the same file.
func attachmentKey(name string) string {
	name = fileEnding.ReplaceAllString(strings.TrimSpace(name), "")
	if short := attachmentLead.ReplaceAllString(name, ""); short != "" {
		name = short
	}
	return squeeze(strings.Trim(name, "《》；;。"))
}
