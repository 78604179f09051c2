package extract

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// chromeWords are what share bars, toolbars and the ends of pages are made of.
// A line that is nothing but these is not text of the document.
var chromeWords = regexp.MustCompile(`(?i)点击(上方|下方|顶部)?[“"']?蓝(色)?字(体)?[”"']?(即可)?(一键)?(关注|订阅)(我们)?|` +
	`长按(识别|扫描|关注)?(上图|下图|上方|下方|图中)?的?二维码(，?(即可)?(关注|订阅|添加)(我们)?)?|(欢迎)?关注我们|预览时标签不可点|原创|` +
	`打印(本页|此页|文章)?|关闭(窗口|本页|页面)?|返回(顶部|列表|首页|上一页)?|分享(到|至)?|转发|收藏(本页|文章)?|` +
	`字\s*[体号]|大\s*中\s*小|小\s*中\s*大|[大中小](?:[\s\]】）)]|$)|A\s*[+-]|放大|缩小|默认|微信|新浪微博|腾讯微博|微博|QQ空间|QQ好友|QQ|朋友圈|` +
	`(用?(微信|手机))?扫一?[扫码](二维码)?(，?[在用]?(手机|移动端)?(上)?(打开|浏览|查看|阅读|观看|访问)(当前)?(页面?|本页)?)?(分享)?|二维码|手机(扫码)?(查看|阅读|浏览)|` +
	`(浏览|阅读|点击|访问)(次数|量|数|率)?|人次|次|来源|视力保护色|保护视力色|语音(播报|朗读)|朗读|收听|播放|暂停|无障碍(阅读|浏览)?|长者(模式|助手)|繁體|简体|` +
	`下载(文字版|图片版)|文字版|图片版|复制链接|点赞|我要(纠错|评论)|内容纠错|纠错|展开|收起|更多|相关附件|附件下载|` +
	`打开微信，?点击底部的[“"]?发现[”"]?，?|使用[“"]?扫一扫[”"]?即可将网页分享至(朋友圈|微信)。?|` +
	`点(个|击)?(分享|[“"]?在看[”"]?)|让更多人(知道|看到)|阅读原文|^[\s—–·-]*(END|end)[\s—–·-]*$|` +
	`共\s*\d+\s*[页条]|[上下]一?[页条]|尾页|末页|首页|跳转(到|至)?|第\s*\d+\s*页|转到`)

// labelNames are the labels of the line below a title and of the box above it,
// of any two with the same beginning the longer one first.
var labelNames = strings.Fields(`发布时间 发布日期 发表时间 发文日期 成文日期 生成日期 印发日期 实施日期 生效日期 失效日期 废止日期 更新时间 更新日期 时间 日期
	信息来源 文章来源 内容来源 稿件来源 来源 稿源 发布机构 发文机构 发文机关 发布机关 发文单位 发布单位 制定机关 公开责任部门 责任部门 责任编辑 编辑 审核 校对 撰稿 供稿 作者
	实施时间 施行日期 施行时间 失效时间 废止时间 成文时间 发文时间 公布日期 公布时间 公开日期 公开时间 公开类别 公开属性 公开主体 公开方式 公开范围 公开时限 联合发文单位 联合发文机关
	索引号 信息索引号 索取号 统一编号 统一登记号 登记号 规范性文件统一编号 规范性文件编号 发文字号 发文文号 发布文号 文件编号 文件号 文号 字号 主题分类 主题词 主题 分类 体裁分类 体裁 公文种类 组配分类 信息分类
	文件状态 文件来源 有效性 效力状态 时效性 时效状态 状态 标题 名称 文件名称 信息名称 关键词 关键字 人气
	浏览次数 浏览量 浏览 阅读次数 阅读量 阅读 点击量 点击数 点击 访问量`)

// labelPattern matches any of labelNames. 文　　号 is how a label of two
// characters is made as wide as its neighbours.
var labelPattern = func() string {
	var alts []string
	for _, name := range labelNames {
		alts = append(alts, strings.Join(strings.Split(name, ""), `\s*`))
	}
	return `(` + strings.Join(alts, "|") + `)`
}()

var (
	// labelled is one label before its value: with a colon, or in brackets.
	labelled = regexp.MustCompile(`(?:[【\[]\s*` + labelPattern + `\s*[】\]]\s*[：:]?|` + labelPattern + `\s*[：:])\s*`)
	// labelCell is a cell of a table that is nothing but a label.
	labelCell = regexp.MustCompile(`^[【\[]?` + labelPattern + `[】\]]?\s*[：:]?$`)
)

var (
	crumbs  = regexp.MustCompile(`^[\[【]?(您?(现在|当前)?(所在)?的?位置|当前位置|您的位置|所在位置|所在的位置|首页\s*[>›»/\\-])`)
	imprint = regexp.MustCompile(`版权所有|网站标识码|ICP备|公网安备|Copyright|copyright|©|(主办|承办|技术支持)(单位)?[：:].{0,60}(维护|技术支持|ICP|标识码|备案)|您是第.{0,12}位访(客|问者)|网站地图|^(为.{2,20}，?)?建议使用.{0,30}(浏览器|分辨率)`)
	// hosts run the site, or an event in the text: at the end only it is the site.
	hosts    = regexp.MustCompile(`^(主办|承办)(单位)?[：:].{2,60}(承办|地址|邮编)`)
	related  = regexp.MustCompile(`^[【\[]?(相关(链接|阅读|新闻|文章|稿件|报道|信息|文件|解读|政策|推荐|内容|附件)|延伸阅读|推荐阅读|猜你喜欢|(热门|热点|热文|最新|推荐|点击)(推荐|文章|新闻|资讯|信息|动态|公告|阅读|排行榜?)|图片新闻|栏目导航|政策解读|解读文件|关联(文件|稿件)|往期回顾)[】\]：:]?$`)
	neighbor = regexp.MustCompile(`^[<《«]?\s*(上|下)一?[篇条页][：:]?`)
	credits  = regexp.MustCompile(`^[（(\[【]?\s*(责任编辑|责编|编辑|审核|校对|初审|复审|终审|撰稿|供稿|作者|来源|信息来源|文章来源|稿源|通讯员|记者|监制|排版)\s*[：:/丨|｜].{0,60}$`)
	openness = regexp.MustCompile(`^[（(]?公开(方式|属性|范围|类别|时限)\s*[：:].{2,20}$`)
	pageDate = regexp.MustCompile(`\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}(\s*日)?(\s+\d{1,2}:\d{2}(:\d{2})?)?`)
)

// isChrome tells a line of the page's furniture from one of the document.
func isChrome(line string) bool {
	n := len([]rune(line))
	switch {
	case line == "":
		return true
	case n <= 160 && crumbs.MatchString(line) && !endsSentence(line):
		return true
	case n <= 300 && imprint.MatchString(line) && !endsSentence(line):
		return true
	case n > 60, n > 25 && strings.HasSuffix(line, "。"):
		return false
	}
	if !chromeWords.MatchString(line) {
		// A mark of punctuation or a page number alone says nothing either.
		return squeeze(line) == ""
	}
	rest := chromeWords.ReplaceAllString(line, " ")
	return strings.IndexFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0
}

// labels splits a line into labels and values when it is made of nothing else
// but these, dates and furniture: 发布日期：2024-09-01 来源：…
func labels(line string) (map[string]string, bool) {
	at := labelled.FindAllStringSubmatchIndex(line, -1)
	if len(at) == 0 || len([]rune(line)) > 400 {
		return nil, false
	}
	found := map[string]string{}
	before := line[:at[0][0]]
	if d := pageDate.FindString(before); d != "" {
		found["发布时间"] = tidyLine(d)
		before = strings.Replace(before, d, "", 1)
	}
	if squeeze(chromeWords.ReplaceAllString(before, "")) != "" {
		return nil, false
	}
	for i, m := range at {
		end := len(line)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		name := line[max(m[2], m[4]):max(m[3], m[5])] // in brackets, or with a colon
		key := strings.Join(strings.Fields(name), "")
		value := strings.Trim(tidyLine(line[m[1]:end]), " |｜[]【】()（）;；,，-")
		if len([]rune(value)) > 120 {
			return nil, false
		}
		if key == "字号" && !strings.ContainsAny(value, "〔[（(号") {
			value = ""
		}
		if (key == "时间" || key == "日期") && !byDay(value) {
			return nil, false // when something takes place
		}
		if value = trimChrome(value); value != "" && found[key] == "" {
			found[key] = value
		}
	}
	return found, true
}

// byDay reports whether a value is a day, or a moment of one, and nothing else
// but furniture.
func byDay(value string) bool {
	day := pageDate.FindString(value)
	return day != "" && isChrome(strings.Replace(value, day, "", 1))
}

// onlyDays reports whether a line is days, and nothing else but what joins them.
func onlyDays(line string) bool {
	return pageDate.MatchString(line) && isChrome(strings.ReplaceAll(pageDate.ReplaceAllString(line, ""), "至", ""))
}

// cellLabels reads the rows of a box of particulars, in which a cell names what
// the next one holds.
func cellLabels(rows [][]string) map[string]string {
	found := map[string]string{}
	for _, row := range rows {
		for i := 0; i+1 < len(row); i++ {
			m := labelCell.FindStringSubmatch(row[i])
			if m == nil || labelCell.MatchString(row[i+1]) {
				continue
			}
			i++
			if value := trimChrome(row[i]); value != "" && len([]rune(value)) <= 120 {
				merge(found, map[string]string{strings.Join(strings.Fields(m[1]), ""): value})
			}
		}
	}
	return found
}

// buttons are what sits right behind a value, without a space.
var buttons = regexp.MustCompile(`(分享到?.*|分享文章到.*|字体大小.*|字体.*|浏览|阅读|打印.*|【.*|\[\s*字.*)$`)

// trimChrome cuts buttons off the end of a value.
func trimChrome(value string) string {
	value = strings.TrimRight(buttons.ReplaceAllString(value, ""), " ：:")
	fields := strings.Fields(value)
	for len(fields) > 1 && isChrome(fields[len(fields)-1]) {
		fields = fields[:len(fields)-1]
	}
	if len(fields) == 1 && isChrome(fields[0]) || squeeze(value) == "" {
		return ""
	}
	return strings.TrimRight(buttons.ReplaceAllString(strings.Join(fields, " "), ""), " ：:")
}

// readAround reads the labelled lines and boxes beside n: what the page states
// of the document outside of its text.
func readAround(n *html.Node, meta map[string]string) {
	above := true
	for s := n.Parent.FirstChild; s != nil; s = s.NextSibling {
		if s == n {
			above = false
			continue
		}
		if text := tidyLine(nodeText(s)); s.Type == html.ElementNode && len([]rune(text)) < 1200 {
			readLabels(s, above, meta)
		}
	}
}

// readLabels reads n; a date without a label counts above the text only.
func readLabels(n *html.Node, above bool, meta map[string]string) {
	put := func(line string) bool {
		found, ok := labels(line)
		if !ok && above && len([]rune(line)) <= 60 {
			found, ok = byline(line)
		}
		merge(meta, found)
		return ok
	}
	if n.DataAtom == atom.Tr || n.DataAtom == atom.Dl {
		var row []string
		for td := range n.ChildNodes() {
			if td.DataAtom == atom.Td || td.DataAtom == atom.Th || td.DataAtom == atom.Dt || td.DataAtom == atom.Dd {
				row = append(row, tidyLine(nodeText(td)))
			}
		}
		if found := cellLabels([][]string{row}); len(found) > 0 {
			merge(meta, found)
			return
		}
	}
	text := tidyLine(nodeText(n))
	if n.DataAtom != atom.Table && n.DataAtom != atom.Ul && put(text) {
		return
	}
	if isLeafBlock(n) || n.DataAtom == atom.Li || n.DataAtom == atom.Tr && find(n, isTable) == nil {
		put(text)
		return
	}
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			readLabels(c, above, meta)
		}
	}
}

// trimBlocks takes out what is not text of the document: above it the path,
// the repeated title and the line of date and source, below it the credits and
// the lists of other pages, anywhere the buttons.
func trimBlocks(blocks []block, title string, meta map[string]string) []block {
	var kept []block
	for _, b := range blocks {
		if b.kind != table && (b.strip || isChrome(b.text)) {
			continue
		}
		kept = append(kept, b)
	}
	kept = trimHead(kept, title, meta)
	return trimTail(kept, meta)
}

// listNumber is what a list puts before its items.
var listNumber = regexp.MustCompile(`^(?:\d+\.|[-*+])\s+`)

// headLines is how many lines above the text are looked at.
const headLines = 10

func trimHead(blocks []block, title string, meta map[string]string) []block {
	var head []block
	rest := blocks
	want := squeeze(title)
	inText := false // after the first sentence, where 时间：… is text
	for len(rest) > 0 && len(head) < headLines {
		if len(head) == 0 {
			if rest = skipMenu(rest); len(rest) == 0 {
				break
			}
		}
		// The name of an office is its signature as well.
		if n := repeatsTitle(rest, want); n > 0 && (len(head) == 0 || !siteName.MatchString(title)) {
			rest = rest[n:]
			continue
		}
		b := rest[0]
		rest = rest[1:]
		if inText {
			head = append(head, b)
			continue
		}
		if b.kind == table {
			found, ok := labels(strings.Join(tableCells(b), " "))
			if !ok {
				found = cellLabels(b.rows)
			}
			if len(found) >= 3 {
				merge(meta, found)
				continue
			}
			head = append(head, b)
			continue
		}
		if found, ok := byline(b.text); ok && len(head) == 0 {
			merge(meta, found)
			continue
		}
		line := b.text
		if b.kind == listItem {
			line = listNumber.ReplaceAllString(line, "")
		}
		if found, ok := labels(line); ok {
			merge(meta, found)
			continue
		}
		head = append(head, b)
		inText = endsSentence(b.text) || structured.MatchString(b.text)
	}
	return append(head, rest...)
}

// siteName is a <title> that names who runs the site and not the document.
var siteName = regexp.MustCompile(`^[^关于的]{2,20}(局|委|厅|部|处|网|网站|门户|政府|委员会|办公室|中心|平台|公开|服务)$`)

// ownTitle takes the first line of the text for the title where the page gives
// none but the name of its site.
func ownTitle(title string, blocks []block) (string, []block) {
	if title != "" && !siteName.MatchString(title) || len(blocks) < 2 || blocks[0].kind == table || blocks[0].kind == listItem {
		return title, blocks
	}
	first := blocks[0].text
	if n := len([]rune(first)); n < 6 || n > 80 || endsSentence(first) || strings.HasSuffix(first, "：") || structured.MatchString(first) || notTitle.MatchString(first) {
		return title, blocks
	}
	return first, blocks[1:]
}

// skipMenu leaves out the lines at the top that are only links: the names of
// tabs, a path. A page of links alone, or with files at its top, stays whole.
func skipMenu(blocks []block) []block {
	n := 0
	for n < len(blocks) && blocks[n].kind != table && blocks[n].links > 0.8 && !fileEnding.MatchString(blocks[n].text) && !attachmentText.MatchString(blocks[n].text) {
		n++
	}
	menu, rest := 0, 0
	for i, b := range blocks {
		if i < n {
			menu += letters(b.plain())
		} else {
			rest += letters(b.plain())
		}
	}
	if menu > rest {
		return blocks
	}
	return blocks[n:]
}

// byline reads a line that is a date, or a date with a time beside a short
// name, as it stands below the title of an article.
func byline(line string) (map[string]string, bool) {
	date := pageDate.FindString(line)
	rest := strings.Trim(strings.Replace(line, date, "", 1), " []【】()（）|")
	switch {
	case date == "":
		return nil, false
	case rest == "":
		return map[string]string{"发布时间": tidyLine(date)}, true
	case strings.Contains(date, ":") && len([]rune(rest)) <= 20 && !strings.ContainsAny(rest, "，。；：:"):
		return map[string]string{"发布时间": tidyLine(date), "来源": rest}, true
	}
	return nil, false
}

// titleLines is how many lines a title may be broken over: one for each office
// that issued the document, and some for the rest.
const titleLines = 16

// repeatsTitle is the number of lines at the start that are the title again,
// which may be broken over several.
func repeatsTitle(blocks []block, title string) int {
	if len([]rune(title)) < 4 {
		return 0
	}
	joined := ""
	for i, b := range blocks[:min(len(blocks), titleLines)] {
		if b.kind == table {
			return 0
		}
		text := squeeze(b.text)
		if m := dayBehind.FindStringSubmatch(b.text); m != nil && joined+squeeze(m[1]) == title {
			text = squeeze(m[1])
		}
		joined += text
		if joined == title {
			return i + 1
		}
		if !strings.HasPrefix(title, joined) {
			return 0
		}
	}
	return 0
}

func trimTail(blocks []block, meta map[string]string) []block {
	end := len(blocks)
	for end > 0 {
		b := blocks[end-1]
		switch {
		case b.kind != table && (neighbor.MatchString(b.text) && len([]rune(b.text)) < 120 || related.MatchString(b.text) || openness.MatchString(b.text) || hosts.MatchString(b.text)):
		case b.kind != table && credits.MatchString(b.text):
			if found, ok := labels(strings.Trim(b.text, "（）()[]【】")); ok {
				merge(meta, found)
			}
		case b.links > 0.6 && relatedAbove(blocks[:end]):
		default:
			return blocks[:end]
		}
		end--
	}
	return blocks[:end]
}

// relatedAbove reports that the links at the end stand below a line that says
// they lead to other pages.
func relatedAbove(blocks []block) bool {
	for i := len(blocks) - 1; i >= 0; i-- {
		if blocks[i].kind != table && related.MatchString(blocks[i].text) {
			return true
		}
		if blocks[i].links <= 0.6 {
			return false
		}
	}
	return false
}

func tableCells(b block) []string {
	var cells []string
	for _, row := range b.rows {
		for i, c := range row {
			if i == 0 || row[i-1] != c {
				cells = append(cells, c)
			}
		}
	}
	return cells
}

func merge(meta, found map[string]string) {
	for k, v := range found {
		if meta[k] == "" {
			meta[k] = v
		}
	}
}
