package meta

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// organEnd is how the name of an office ends.
const organEnd = `人民政府|政府|办公厅|办公室|委员会|常务委员会|总局|分局|管理局|局|厅|部|署|法院|检察院|科学院|中心|指挥部|领导小组|工作组|综合组|专班|联合会|联盟|协会|总会|商会|学会|基金会|工会|残联|妇联|工商联|银行|分行|支行|管理部|营业部|支队|总队|大队|公司|集团|管理处|处|管委会|党委|市委|省委|区委|县委|委|办|社|国务院|中央|司|所|站|民航局|大学|联防联控机制|红十字会`

var (
	organRegexp = regexp.MustCompile(`^(?:中共|中国共产党)?\p{Han}[\p{Han}（）()·]{0,38}?(?:` + organEnd + `)$`)
	// notOrgan are words and phrases that end like an office without being one,
	// and those an order is sent to.
	notOrgan     = regexp.MustCompile(`^(?:各|全|本|我|你|其|该|有关|相关|所有|局内|市内|关于|附件|抄送|主送|来源|根据|按照|经|由|为|请|向|对|在|与|和|及|以及|报|送|到|至)|(?:全部|干部|内部|外部|局部|一部|机会|社会|大会|部署|场所|处所|住所|到处|用处|好处|各部|投诉处|原委|格局|布局|结局|车站|网站|新办|补办|续办|开办|申办|承办|主办|督办|催办|代办|网办|通办|联办|出处|何处|研究所|派出所|公司|本部|单位)$`)
	organsEtc    = regexp.MustCompile(`等?(?:[0-9０-９一二三四五六七八九十]+|多|各有关)(?:个)?(?:部门|单位|委办局|家单位)$|等部门$`)
	printedDate  = regexp.MustCompile(datePattern + `\s?印发`)
	companyOnly  = regexp.MustCompile(`(?:公司|集团|银行|分行|支行|研究所)$`)
	officeHolder = regexp.MustCompile(`^(?:代?市|代?省|代?区|代?县|州|部|局|主)?\s?(?:长|任|席|总理|主席)[:：]?\p{Han}{0,4}$`)
)

// organ reports whether s is the name of an office. Companies and banks count:
// they sign together with offices.
func organ(s string) bool {
	s = strings.TrimRight(s, "（盖章）()")
	n := utf8.RuneCountInString(s)
	return n >= 3 && n <= 40 && organRegexp.MatchString(s) && (companyOnly.MatchString(s) || !notOrgan.MatchString(s))
}

// signed is the block at the end of a document: who, and on what day.
type signed struct {
	organs []span
	date   Date
	words  string // the date as written
}

// signature finds the first block of offices and a day. The first, for what
// comes after it is an attached text with its own, or a colophon. Where the title
// names who issued the document, a block of others is passed over: it belongs to
// a text that is passed on.
func (r *reader) signature() signed {
	titled := titleOrgans(r.titled)
	for _, m := range dateRegexp.FindAllStringSubmatchIndex(r.text, -1) {
		if !strings.HasPrefix(strings.TrimLeft(r.text[m[0]:m[1]], "0123456789０１２３４５６７８９〇零○ＯO一二三四五六七八九 \u00a0　"), "年") {
			continue // 2024-09-01 dates pages, not signatures
		}
		d, ok := dateAt(r.text, m[2:])
		if !ok || !endsHere(r.text[m[1]:]) {
			continue
		}
		s := signed{organs: r.organsBefore(m[0]), date: d, words: r.text[m[0]:m[1]]}
		if len(s.organs) == 0 {
			continue
		}
		if related(s.organs, titled) {
			return s
		}
	}
	return signed{}
}

// endsHere reports whether what follows a date ends the line of a signature.
func endsHere(rest string) bool {
	c, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) || c == '（' || c == '(' || c == '*' || c == '|'
}

// organsBefore collects the offices that stand directly before the byte at, in
// order. A name broken over two lines is put together.
func (r *reader) organsBefore(at int) []span {
	i, _ := slices.BinarySearchFunc(r.words, at, func(w span, at int) int { return w.at - at })
	var out []span
	for i--; i >= 0 && len(out) < 12; i-- {
		w := r.words[i]
		if w.end() > at {
			w.text = w.text[:at-w.at] // 天津市商务局2020年2月15日: one word
		}
		if w.text == "" {
			continue
		}
		if len(out) == 0 && officeHolder.MatchString(w.text) {
			continue
		}
		parts := splitOrgans(w)
		if parts == nil && i > 0 {
			// 广西壮族自治区疫情 / 防控指挥部: the last found is the end of a longer name.
			if len(out) > 0 && hanOnly(w.text) && (placeOf(w.text) != "" || national(w.text) || strings.HasSuffix(w.text, "区")) && utf8.RuneCountInString(w.text) < 30 && !notOrgan.MatchString(w.text) && placeOf(out[0].text) == "" {
				out[0] = span{w.at, r.text[w.at:out[0].end()]}
			}
			break
		}
		if parts == nil {
			break
		}
		out = append(parts, out...)
	}
	return out
}

// splitOrgans cuts a word into the offices it lists; nil when any part is none.
func splitOrgans(w span) []span {
	var out []span
	at := w.at
	for _, part := range strings.FieldsFunc(w.text, func(c rune) bool { return c == '、' || c == ',' || c == '，' || c == ';' || c == '；' }) {
		i := strings.Index(w.text[at-w.at:], part)
		at += i
		name := strings.TrimSuffix(strings.TrimSuffix(part, "（盖章）"), "(盖章)")
		if !organ(name) {
			return nil
		}
		out = append(out, span{at, name})
		at += len(part)
	}
	return out
}

// issuers takes the offices that signed; where more stand before 关于 in the
// title, those; else what the page says or a law's history.
func (r *reader) issuers(s signed) []Found[string] {
	var out []Found[string]
	add := func(name string, how How, from string) {
		name = strings.TrimPrefix(squeeze(name), "中华人民共和国")
		if !slices.ContainsFunc(out, func(f Found[string]) bool { return f.Value == name }) {
			out = append(out, found(name, how, from))
		}
	}
	titled := titleOrgans(r.titled)
	if len(s.organs) >= len(titled) {
		for _, o := range s.organs {
			add(o.text, Stated, o.text)
		}
	} else {
		for _, o := range titled {
			o, from := r.fullName(o)
			add(o, Stated, from)
		}
	}
	if len(out) > 0 {
		return out
	}
	if m := decree.FindStringSubmatch(r.numbered.Value); m != nil && (m[1] == "国务院" || organ(m[1])) {
		add(session.ReplaceAllString(m[1], ""), Stated, r.numbered.From)
		return out
	}
	if f, ok := r.fields["issuer"]; ok {
		for _, o := range listOrgans(f.text) {
			add(o, Stated, o)
		}
	}
	for _, f := range r.lawIssuers() {
		add(f.Value, f.How, f.From)
	}
	if n := len(r.words); len(out) == 0 && n > 0 && organ(r.words[n-1].text) {
		add(r.words[n-1].text, Guessed, r.words[n-1].text) // signed without a day
	}
	if len(out) == 0 {
		sources := []string{r.fields["publisher"].text, r.in.Tags["contentsource"], r.fields["source"].text, r.in.Tags["source"], r.in.Tags["author"], r.site()}
		// One that names its place goes before 市财政局.
		slices.SortStableFunc(sources, func(a, b string) int { return cmp.Compare(placed(b), placed(a)) })
		for _, source := range sources {
			for _, o := range listOrgans(source) {
				add(o, Guessed, o)
			}
			if len(out) > 0 {
				break
			}
		}
	}
	return out
}

// placed is 1 for the names of offices that say where they are.
func placed(names string) int {
	if os := listOrgans(names); len(os) > 0 && (placeOf(os[0]) != "" || national(os[0])) {
		return 1
	}
	return 0
}

// site is the office whose site the page stands on. It counts where the page
// says of its source no more than that it is the site's own: of what a site takes
// from elsewhere, it is not the issuer.
func (r *reader) site() string {
	for _, source := range []string{r.in.Tags["contentsource"], r.fields["source"].text} {
		if source != "" && !ownSource.MatchString(source) {
			return ""
		}
	}
	return r.in.Tags["sitename"]
}

var ownSource = regexp.MustCompile(`^(?:本网|本站|本局|本委|本厅|本部|本单位|本部门|网站|原创)$`)

// decree finds who gave an order or made an announcement in its number:
// 广州市人民政府令第179号.
var decree = regexp.MustCompile(`^(\p{Han}{3,30}?)(?:令|公告|通告)`)

// fullName completes an office that the title names short (市商务局) by the place
// that the head of the text puts before it, and says where it was read.
func (r *reader) fullName(name string) (full, from string) {
	if c := firstRunes(name, 1); c == "市" || c == "省" || c == "区" || c == "县" {
		for _, w := range r.words {
			if w.at > len(r.head()) {
				break
			}
			i := strings.Index(w.text, name)
			if i <= 0 || i > len("内蒙古自治区") {
				continue
			}
			if full := w.text[:i+len(name)]; organ(full) && placeOf(full) != "" {
				return full, full
			}
		}
	}
	for _, s := range []string{r.text, r.in.Title, r.in.Tags["articletitle"]} {
		if strings.Contains(s, name) {
			return name, name
		}
	}
	return name, r.titleWords
}

// related reports whether one of the offices that signed can be one that the
// title names, which may be shorter: 省发展改革委, 贵州省发展和改革委员会.
func related(signed []span, titled []string) bool {
	for _, t := range titled {
		for _, s := range signed {
			shared := 0
			for _, c := range t {
				if strings.ContainsRune(s.text, c) {
					shared++
				}
			}
			if shared*5 >= utf8.RuneCountInString(t)*3 {
				return true
			}
		}
	}
	return len(titled) == 0
}

// titleOrgans lists the offices that a title begins with.
func titleOrgans(title string) []string {
	before, _, ok := strings.Cut(title, "关于")
	if !ok {
		if m := titleHead.FindStringSubmatch(title); m != nil {
			before = m[1]
		}
	}
	before = issuedBy.ReplaceAllString(strings.TrimSpace(before), "")
	return listOrgans(organsEtc.ReplaceAllString(before, ""))
}

var issuedBy = regexp.MustCompile(`(?:联合)?(?:印发|转发|发布|公布|下发)《?$`)

var titleHead = regexp.MustCompile(`^(\p{Han}{2,30}?(?:政府|局|厅|部|委员会|指挥部|领导小组|办公室))(?:印发|转发|公告|通告|令|[（(])`)

func listOrgans(s string) []string {
	var out []string
	for _, o := range strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("、,，;；", c) }) {
		o = strings.TrimPrefix(o, "本网")
		if !organ(o) {
			return nil
		}
		out = append(out, o)
	}
	return out
}

var (
	congress    = regexp.MustCompile(`(全国|\p{Han}{2,8}?[省市县区州])?第?\p{Han}{1,4}届(全国)?(人民代表大会(?:常务委员会)?)|(全国|\p{Han}{2,8}?[省市县区州])(人民代表大会(?:常务委员会)?)`)
	session     = regexp.MustCompile(`第?[一二三四五六七八九十]{1,3}届`)
	publishedBy = regexp.MustCompile(`日[ \x{3000}]*([\p{Han}、]{2,40}?)(?:发布|公布)`)
)

// lawIssuers reads from a law's history who published it, else who passed it.
func (r *reader) lawIssuers() []Found[string] {
	history := r.history()
	if m := publishedBy.FindStringSubmatch(history); m != nil {
		var out []Found[string]
		for _, o := range listOrgans(m[1]) {
			out = append(out, found(o, Stated, o))
		}
		if len(out) > 0 {
			return out
		}
	}
	for _, m := range congress.FindAllStringSubmatch(history, -1) {
		if name := m[1] + m[2] + m[3] + m[4] + m[5]; !strings.HasPrefix(name, "人民") {
			return []Found[string]{found(name, Stated, m[0])}
		}
	}
	return nil
}

func hanOnly(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return !isHan(c) })
}

func isHan(c rune) bool { return c >= 0x4e00 && c <= 0x9fff || c == '〇' }
