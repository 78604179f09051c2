package meta

import (
	"regexp"
	"slices"
	"strings"
)

var (
	repealVerb = regexp.MustCompile(`(?:同时|一并|即行|即|自行|自动|相应|均|予以|自[^，。；《]{1,24}起|特此|现予|现)*(?:废止|失效|停止执行|不再执行|终止执行)`)
	// between is what may stand between two names in a list of repealed texts.
	betweenActs = regexp.MustCompile(`^(?:[\s、，,；;和及与]|以及|等|文件|《|》|(?:(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)?\p{Han}{0,30}?(?:令第[0-9]{1,4}号)?(?:公布|发布|印发|通过|制定)的)*$`)
	afterActs   = regexp.MustCompile(`^(?:[\s，,]|等|文件|规定|以上|[0-9一二三四五六七八九十]+[件个项份])*$`)
	partRepeal  = regexp.MustCompile(`第\p{Han}{1,4}[条款项]|有关规定|相关规定|部分`)
	loneNumbers = regexp.MustCompile(`((?:` + numberPattern + `(?:文件|文)?[、，,和及与]?\s?){1,20}?)(?:等)?(?:文件|文)?(?:同时|一并|即行|予以|自行)?(?:废止|失效|停止执行)`)
	joinedWord  = regexp.MustCompile(`^(?:和|及|与|以及|原|文|件)+`)
)

// repeals lists the documents that this one puts out of force as a whole.
func (r *reader) repeals() []Found[Act] {
	var acts list[Act]
	numbers := make(map[string]bool)
	add := func(f Found[Act]) {
		acts.add(f)
		numbers[f.Value.Number] = true
	}
	// 关于废止……的通知 lists what it repeals line by line.
	lists := repealTitle.MatchString(r.titled)
	for _, s := range strings.FieldsFunc(r.text, func(c rune) bool { return c == '。' || c == '\n' }) {
		if !lists && !containsAny(s, "废止", "失效", "停止执行", "不再执行", "终止执行") {
			continue
		}
		for _, m := range repealVerb.FindAllStringIndex(s, -1) {
			for _, f := range repealedBefore(s[:m[0]]) {
				add(f)
			}
		}
		if m := loneNumbers.FindStringSubmatch(s); m != nil {
			for _, n := range numberRegexp.FindAllString(m[1], -1) {
				n = joinedWord.ReplaceAllString(n, "")
				if !numbers[canonicalNumber(n)] {
					add(found(Act{Number: canonicalNumber(n)}, Stated, n))
				}
			}
		}
		if lists && listLine.MatchString(s) {
			for _, b := range bracketed(s) {
				n := leadingNumber(s[b.end():])
				add(found(Act{strings.TrimSuffix(strings.TrimPrefix(b.text, "《"), "》"), numberIn(n)}, Guessed, b.text+n))
			}
		}
	}
	return acts.out
}

var (
	repealTitle = regexp.MustCompile(`(?:废止|失效).*的(?:通知|决定|公告|通告)$`)
	listLine    = regexp.MustCompile(`^[\s　|]*[0-9０-９]{1,3}\s?[.．、|]`)
)

// repealedBefore walks back from the verb over a list of 《names》（numbers） and
// stops at the first word that is not part of the list.
func repealedBefore(s string) []Found[Act] {
	acts := bracketed(s)
	if len(acts) == 0 {
		return nil
	}
	var out []Found[Act]
	end := len(s)
	for i := len(acts) - 1; i >= 0; i-- {
		tail := s[acts[i].end():end]
		number := leadingNumber(tail)
		gap := strings.TrimPrefix(tail, number)
		if partRepeal.MatchString(gap) || i == len(acts)-1 && !afterActs.MatchString(gap) || i < len(acts)-1 && !betweenActs.MatchString(gap) {
			break
		}
		if basis.MatchString(s[:acts[i].at]) {
			break // 根据《X》，《Y》同时废止
		}
		title := acts[i].text
		title = strings.TrimSuffix(strings.TrimPrefix(title, "《"), "》")
		from := s[acts[i].at : acts[i].end()+len(number)]
		out = append(out, found(Act{Title: oneLine(title), Number: numberIn(number)}, Stated, from))
		end = acts[i].at
	}
	slices.Reverse(out)
	return out
}

var basis = regexp.MustCompile(`(?:根据|依据|按照|依照|按|落实|执行)\s?$`)

var numberParens = regexp.MustCompile(`^\s*[（(][^（()）]{0,12}` + numberPattern + `[^（()）]{0,40}[)）]|^\s*[（(][^（()）]{2,40}第\s?[0-9]{1,4}\s?号[^（()）]{0,40}[)）]|^\s*[（(](?:以下|下称|试行|暂行)[^（()）]{0,40}[)）]`)

// leadingNumber returns the brackets that s begins with, if they hold a number
// or a short name.
func leadingNumber(s string) string { return numberParens.FindString(s) }

var shortName = regexp.MustCompile(`[，,]?\s?(?:以下|下称).*`)

func numberIn(s string) string {
	if n := numberRegexp.FindString(s); n != "" {
		return canonicalNumber(n)
	}
	s = shortName.ReplaceAllString(s, "")
	if !strings.Contains(s, "号") {
		return ""
	}
	return strings.Trim(squeeze(s), "（）()")
}

// bracketed lists the parts of s in 《》, the outermost where they are nested,
// without those in round brackets, which give short names.
func bracketed(s string) []span {
	var out []span
	depth, start, round := 0, 0, 0
	for i, c := range s {
		if depth == 0 {
			switch c {
			case '（', '(':
				round++
			case '）', ')':
				round = max(round-1, 0)
			}
		}
		if round > 0 {
			continue
		}
		switch c {
		case '《':
			if depth == 0 {
				start = i
			}
			depth++
		case '》':
			if depth == 0 {
				continue
			}
			if depth--; depth == 0 {
				out = append(out, span{start, s[start : i+len("》")]})
			}
		}
	}
	return out
}
