package extract

import (
	"bytes"
	"context"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHTML bounds a page; its tree is some ten times as large.
const maxHTML = 16 << 20

// htmlCharset finds the encoding that a page declares in its first bytes.
var htmlCharset = regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([\w-]+)`)

// readHTML keeps the document of a web page. It does not look for signs of an
// article alone, as reading modes of browsers do, since these drop blocks that
// look poor: it goes from the whole page inwards for as long as no sentence is
// lost, and then takes out the lines that are known not to be text.
func readHTML(ctx context.Context, data []byte) (Page, error) {
	if len(data) > maxHTML {
		return Page{}, unreadable(CodeTooLarge, "the page is larger than %d MB", maxHTML>>20)
	}
	declared := ""
	if m := htmlCharset.FindSubmatch(data[:min(len(data), 4096)]); m != nil {
		declared = string(m[1])
	}
	doc, err := html.Parse(bytes.NewReader([]byte(decode(data, declared))))
	if err != nil {
		// The parser gives up on elements nested more than 512 deep.
		return Page{}, damaged("the page is nested too deeply or", err)
	}
	page := Page{Meta: metaTags(doc)}
	body := find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return Page{}, unreadable(CodeEmpty, "the page has no body")
	}
	readScripts(body, page.Meta)
	unpack(body)
	// Boxes of related pages, pruned next, hold attachments now and then.
	page.Links = attachments(body, pageURL(doc, page.Meta))
	prune(body)
	page.Title = pageTitle(doc, body, page.Meta)
	if m := dayBehind.FindStringSubmatch(page.Title); m != nil {
		page.Title = m[1]
		merge(page.Meta, map[string]string{"发布时间": m[2]})
	}

	w := newWeigher()
	w.dropCopies(body)
	root := w.article(body)
	r := renderer{ctx: ctx}
	blocks, err := r.render(root)
	if err != nil {
		return Page{}, err
	}
	for n := root; n != body && n.Parent != nil; n = n.Parent {
		readAround(n, page.Meta)
	}
	blocks = trimBlocks(blocks, page.Title, page.Meta)
	page.Title, blocks = ownTitle(page.Title, blocks)
	page.Text = markdown(blocks)
	if page.Text == "" {
		if find(root, func(n *html.Node) bool { return n.DataAtom == atom.Img }) != nil {
			return Page{}, unreadable(CodeScanned, "the page shows its text as pictures; import the document they show as text")
		}
		return Page{}, unreadable(CodeEmpty, "the page holds no text of a document; it may load it by a script: save the page from the browser after it is shown")
	}
	return page, nil
}

// metaTags collects <meta name|property content> under lower-case names.
func metaTags(doc *html.Node) map[string]string {
	meta := map[string]string{}
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Meta {
			continue
		}
		key := attr(n, "name")
		if key == "" {
			key = attr(n, "property")
		}
		key = strings.ToLower(strings.TrimSpace(key))
		value := tidyLine(attr(n, "content"))
		if key == "" || value == "" || key == "viewport" || meta[key] != "" {
			continue
		}
		meta[key] = value
	}
	return meta
}

// fileStatus is how the publishing system of many provinces hands the state of
// a document to the script that shows it.
var fileStatus = regexp.MustCompile(`(?i)(?:file_?status|validity|yxx)["']?\s*[:=]\s*["']((?:现行|继续)?有效|(?:已|全文|部分|自动|宣布)?(?:失效|废止)|已修改|尚未生效|已被?修订)(?:[（(][^（）()"']{0,20}[）)])?["']`)

func readScripts(body *html.Node, meta map[string]string) {
	for n := range body.Descendants() {
		if n.DataAtom != atom.Script || n.FirstChild == nil {
			continue
		}
		if m := fileStatus.FindStringSubmatch(n.FirstChild.Data); m != nil {
			merge(meta, map[string]string{"文件状态": m[1]})
			return
		}
	}
}

// siteSuffix is the name of the site or column behind the title of a page.
var siteSuffix = regexp.MustCompile(`\s*[-_|–—·]+\s*[^-_|–—]*$`)

// kindWords are how the title of a document ends.
const kindWords = `通知|公告|通告|意见|决定|批复|函|办法|方案|规定|细则|措施`

// namedBefore is a title of that kind with the names of columns and site behind
// it, of which there may be several.
var namedBefore = regexp.MustCompile(`^(.*?关于.*?的?(?:` + kindWords + `)(?:[（(][^（()）]{1,30}[)）])?)\s*(?:[-_|–—]|::)`)

// dayBehind is a title with the day of its publication behind it.
var dayBehind = regexp.MustCompile(`^(.+?)\s*[（(]\s*(\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?)\s*[)）]$`)

// notice is the title of a document in the words that most have.
var notice = regexp.MustCompile(`关于.+的?(` + kindWords + `)`)

// titleName are the class names and ids that mark a title.
var titleName = regexp.MustCompile(`title|activity-name|(^|[\s_-])(\w{0,4}tit|\w{0,4}bt|biaoti)([\s_-]|$)`)

// pageTitle is the title as the page states it for machines, else the heading
// that its <title> begins with, else a heading near the top, else the <title>.
func pageTitle(doc, body *html.Node, meta map[string]string) string {
	if t := meta["articletitle"]; t != "" {
		return t
	}
	full := ""
	if n := find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Title && n.Namespace == "" }); n != nil {
		full = tidyLine(nodeText(n))
	}
	var headings []string
	for n := range body.Descendants() {
		if name := strings.ToLower(attr(n, "class") + " " + attr(n, "id")); n.Type == html.ElementNode &&
			(n.DataAtom == atom.H1 || n.DataAtom == atom.H2 || titleName.MatchString(name)) {
			if t := tidyLine(nodeText(n)); len([]rune(t)) >= 5 && len([]rune(t)) <= 120 && !isChrome(t) {
				headings = append(headings, t)
			}
		}
	}
	for _, h := range headings {
		if full != "" && strings.HasPrefix(squeeze(full), squeeze(h)) {
			return h
		}
	}
	if t := meta["og:title"]; t != "" {
		return t
	}
	if n := find(body, func(n *html.Node) bool { return n.DataAtom == atom.H1 && !isChrome(tidyLine(nodeText(n))) }); n != nil {
		if t := tidyLine(nodeText(n)); len([]rune(t)) >= 5 {
			return t
		}
	}
	if siteName.MatchString(full) && len(headings) > 0 && notice.MatchString(headings[0]) {
		return headings[0]
	}
	if m := namedBefore.FindStringSubmatch(full); m != nil {
		return m[1]
	}
	if cut := siteSuffix.ReplaceAllString(full, ""); len([]rune(cut)) >= 2 {
		return cut
	}
	return full
}

// savedFrom is the note that browsers leave in a page they save.
var savedFrom = regexp.MustCompile(`^\s*saved from url=\(\d+\)(\S+)`)

// pageURL is where the page says that it stands, nil when it does not.
func pageURL(doc *html.Node, meta map[string]string) *url.URL {
	candidates := []string{meta["url"], meta["og:url"]}
	if path, host := meta["url"], meta["sitedomain"]; strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && host != "" {
		if !strings.Contains(host, "://") {
			host = "https://" + host
		}
		candidates = append(candidates, strings.TrimRight(host, "/")+path)
	}
	for n := range doc.Descendants() {
		if n.Type == html.CommentNode {
			if m := savedFrom.FindStringSubmatch(n.Data); m != nil {
				candidates = append(candidates, m[1])
			}
		}
		if n.DataAtom == atom.Base || n.DataAtom == atom.Link && attr(n, "rel") == "canonical" {
			candidates = append(candidates, attr(n, "href"))
		}
	}
	for _, c := range candidates {
		if u, err := url.Parse(strings.TrimSpace(c)); err == nil && u.Host != "" {
			if u.Scheme == "" {
				u.Scheme = "https"
			}
			return u
		}
	}
	return nil
}

// fileEnding is the ending of a link to a document rather than to a page.
var fileEnding = regexp.MustCompile(`(?i)\.(docx?|xlsx?|pptx?|wps|et|pdf|ofd|zip|rar|7z|csv|txt|rtf)$`)

var attachmentText = regexp.MustCompile(`^(附件|附表|附：)`)

// attachments are the links to files on the page but for those of its menus.
func attachments(body *html.Node, base *url.URL) []Link {
	var links []Link
	seen := map[string]bool{}
	for n := range body.Descendants() {
		if n.DataAtom != atom.A || nearest(n, atom.Nav) != nil || nearest(n, atom.Footer) != nil {
			continue
		}
		href := strings.TrimSpace(attr(n, "href"))
		u, err := url.Parse(href)
		if err != nil || href == "" || strings.HasPrefix(href, "#") || u.Scheme == "javascript" || u.Scheme == "data" || u.Scheme == "mailto" {
			continue
		}
		text := tidyLine(nodeText(n))
		if !fileEnding.MatchString(u.Path) && !fileEnding.MatchString(text) && !attachmentText.MatchString(text) {
			continue
		}
		if base != nil {
			u = base.ResolveReference(u)
		}
		if s := u.String(); !seen[s] {
			seen[s] = true
			if text == "" {
				text = tidyLine(attr(n, "title"))
			}
			links = append(links, Link{Text: text, URL: s})
		}
	}
	return links
}

func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && ok(d) {
			return d
		}
	}
	return nil
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// nodeText is all the text below n, with a space between blocks.
func nodeText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && isBlock(d):
			b.WriteByte(' ')
		}
	}
	return b.String()
}
