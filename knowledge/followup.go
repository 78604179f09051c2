package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// Turn is a question of a conversation that was answered.
type Turn struct {
	Question string   // in full: what FollowUp made of it, if it was elliptic itself
	Units    []string // IDs of the units that it was answered from, best first
}

// maxTopic is how many characters of an earlier question are taken over.
const maxTopic = 60

// FollowUp returns in full what a question asks that only makes sense after the
// last of the previous turns: 那需要什么材料 after 生育津贴怎么领 asks 生育津贴怎么领 那需要什么材料.
// ok is false for a question that stands alone, and then full is the question as
// it is. The rules are few and lean to the side of a new matter: a question that
// was dragged to the old one gets a wrong answer, one that was not is refused.
func FollowUp(question string, previous []Turn) (full string, ok bool) {
	if len(previous) == 0 || utf8.RuneCountInString(question) > maxTopic {
		return question, false
	}
	last := previous[len(previous)-1].Question
	asked := readTurn(question)
	topic := readTurn(last)
	if len(topic.content) == 0 || screen(question) == SmallTalk {
		return question, false
	}
	switch {
	case !hasHan(question):
		if matterless(question) {
			return topic.matter() + " " + inChinese(question), true
		}
	case len(asked.content) == 0 && (asked.aspect || asked.linked):
		// Only a side of the matter is named, or nothing at all.
		return topic.matter() + " " + question, true
	case asked.pointing && len(asked.content) <= 2:
		// 这个补贴有年龄限制吗
		return topic.matter() + " " + question, true
	case asked.instead && len(asked.content) == 1:
		// 那小孩呢: the same question about something else
		return topic.replaced(asked), true
	}
	return question, false
}

// matterless reports whether a question names nothing that it could be about: 电话多少,
// 那需要什么材料. What is found for it has the word by chance.
func matterless(question string) bool {
	if t := readTurn(question); hasHan(question) {
		return len(t.kept) == 0 && (t.aspect || t.linked || t.pointing)
	}
	words := latinWord.FindAllString(strings.ToLower(question), -1)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !englishAspects[w] && !plainWords[w] })
}

// englishAspects are sides of a matter in English, beside the words that carry nothing.
var englishAspects = wordSet(`material materials document documents paper papers paperwork form forms procedure procedures step steps process
	time deadline date place address phone telephone number call contact condition conditions requirement requirements required requires eligible
	eligibility qualify amount much many long cost costs fee price pay free apply application submit bring prepare provide get receive handle
	go find ask online office website link who whom whose take takes details information info me us help hello please thank thanks and ok`)

// inChinese is what a matterless question asks for, for units are in Chinese; the
// question as it is where that is not known.
func inChinese(question string) string {
	for _, a := range []struct {
		words   map[string]bool
		chinese string
	}{
		{wordSet("material materials document documents paper papers paperwork form forms bring prepare provide"), "需要什么材料"},
		{wordSet("phone telephone number call contact"), "联系电话是多少"},
		{wordSet("deadline date"), "什么时候截止"},
		{wordSet("long time"), "要多久"},
		{wordSet("fee price pay cost costs free"), "收费吗"},
		{wordSet("condition conditions requirement requirements eligible eligibility qualify required"), "需要什么条件"},
		{wordSet("apply application submit procedure procedures process step steps online"), "怎么办理"},
		{wordSet("where place address office"), "在哪里"},
		{wordSet("much amount"), "多少钱"},
	} {
		if slices.ContainsFunc(latinWord.FindAllString(strings.ToLower(question), -1), func(w string) bool { return a.words[w] }) {
			return a.chinese
		}
	}
	return question
}

// turn is a question cut into what it is about and what it only asks.
type turn struct {
	folded   []rune
	content  []segment // words that say what it is about
	kept     []segment // these and single characters, which may be pieces of an unknown word
	aspect   bool      // a side that every matter has: papers, time, place
	linked   bool      // it begins as a continuation: 那, 还有
	pointing bool      // it points back: 这个, 它
	instead  bool      // it asks the same of something else: 那小孩呢, 换成二级呢
}

var (
	links    = []string{"那么", "那", "还有", "另外", "然后", "再", "以及", "除此之外", "除了这个", "接着"}
	pointers = []string{"这个", "这种", "这笔", "这项", "这些", "那个", "那种", "那笔", "那项", "上述", "上面", "刚才", "前面", "它", "该"}
	// notPointers begin as a pointer does and say when or where.
	notPointers = []string{"这个月", "这个星期", "这个礼拜", "这个周", "这个季度", "那个月", "该不该", "该怎么", "该如何", "该去", "该找", "该交"}
	insteads    = []string{"如果是", "要是", "换成", "改成", "换做", "如果", "假如"}
)

// aspects are sides that every matter has. Naming one of them is not naming a
// matter.
var aspects = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`材料 资料 证件 证明 手续 流程 步骤 程序 时间 期限 时限 期 地点 地址 地方 电话 热线 号码 联系 联系方式 联系人 条件 资格 要求 标准 金额 钱 块 费用 费 收费
		免费 交费 缴费 价格 额度 上限 下限 最高 最低 最多 最少 比例 办 办理 办好 办完 办成 办下来 弄 弄好 搞 搞定 申请 申领 申报 申办 领 领取 拿 拿到 交 提交 带 准备 提供 填 填写 填表 报名 登记 审批 审核 批 批下来 通过 到账 到帐
		发放 发 给 收到 收 窗口 网上 线上 线下 网站 网址 平台 手机 现场 本人 代办 亲自 去 来 找 找谁 打 问 查 查询 看 部门 单位 负责 文件 依据 规定 政策 文号 有效期 有效 过期 截止 开始 结束 生效 执行 次 天 年 月 日 号 工作日
		账 帐 钱 交钱 花钱 要钱 收钱 最 久 长 快 慢 晚 早 远 近 需 需要 必须 用 要 能 会 行 成 好 别 别的 其他 其它 另外 更多 详细 细 说 讲 具体 例子 举例 区别 人 谁 表 表格 下载 哪 上班 周末 中午 原件 复印件 份 几 多 少 还 吗 呢 个 里 上 下 中 后 前 之后 之前 以后 完 了 到 从 才 再 就`) {
		m[w] = true
	}
	return m
}()

func readTurn(question string) turn {
	folded := zh.Fold(question)
	t := turn{}
	begin := func(words []string) bool {
		for _, w := range words {
			if rest, ok := strings.CutPrefix(folded, w); ok {
				folded = strings.TrimLeft(rest, " ,，、")
				return true
			}
		}
		return false
	}
	startsWith := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(folded, w) })
	}
	t.pointing = startsWith(pointers) && !startsWith(notPointers)
	if !t.pointing && !startsWith(notPointers) {
		t.linked = begin(links)
		t.pointing = startsWith(pointers) && !startsWith(notPointers)
	}
	if t.pointing {
		begin(pointers)
	}
	t.instead = t.linked && begin(insteads) || strings.HasPrefix(folded, "换成") && begin(insteads) || (t.linked || t.pointing) && endsWithParticle(folded)
	t.folded = []rune(folded)
	asks := askingRunes(t.folded)
	for _, s := range segments(t.folded) {
		word := string(t.folded[s.from:s.to])
		switch {
		case !unicode.IsLetter(t.folded[s.from]) && !unicode.IsDigit(t.folded[s.from]):
		case count1(asks[s.from:s.to]) == s.to-s.from:
			t.aspect = t.aspect || !strings.Contains("吗呢吧啊呀嘛的了是在", word)
		case aspects[word]:
			t.aspect = true
		case s.to-s.from == 1 && s.entry.sort != 'n':
			t.aspect = true
			t.kept = append(t.kept, s)
		default:
			t.content = append(t.content, s)
			t.kept = append(t.kept, s)
		}
	}
	return t
}

// endsWithParticle reports whether all that a question asks is 呢.
func endsWithParticle(folded string) bool {
	return strings.HasSuffix(strings.TrimRight(folded, "?？。! "), "呢")
}

// matter is what the question is about, without what it asks.
func (t *turn) matter() string {
	var b strings.Builder
	for i, s := range t.kept {
		if i > 0 && t.kept[i-1].to != s.from {
			b.WriteByte(' ')
		}
		b.WriteString(string(t.folded[s.from:s.to]))
	}
	r := []rune(b.String())
	return string(r[:min(len(r), maxTopic)])
}

// replaced is the question with what other is about in the place of its like: a
// place for a place, 二级 for 一级. Without a like it stands before the question.
func (t *turn) replaced(other turn) string {
	word := other.named()
	if g := gazetteerOf(); len(g.listed(string(word))) > 0 {
		var old [][2]int // places, which need not be words of the lexicon: 慈溪
		g.names.each(t.folded, func(from, to int, _ string) { old = append(old, [2]int{from, to}) })
		if len(old) > 0 {
			return string(t.folded[:old[0][0]]) + string(word) + string(t.folded[old[0][1]:])
		}
	}
	for _, have := range t.content {
		if old := t.folded[have.from:have.to]; alikeButBegin(old, word) {
			return string(t.folded[:have.from]) + string(word) + string(t.folded[have.to:])
		}
	}
	return string(word) + " " + string(t.folded)
}

// named is what the question names: its one word, with the single characters beside
// it, which may be pieces of a name.
func (t *turn) named() []rune {
	from, to := t.content[0].from, t.content[0].to
	for _, s := range t.kept {
		if s.from == to {
			to = s.to
		}
	}
	for _, s := range slices.Backward(t.kept) {
		if s.to == from {
			from = s.from
		}
	}
	return t.folded[from:to]
}

// alikeButBegin reports whether two words differ in their beginning only, so that
// one may take the place of the other.
func alikeButBegin(a, b []rune) bool {
	return len(a) == len(b) && len(a) > 1 && a[len(a)-1] == b[len(b)-1]
}
