package outline_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"liaison/knowledge/outline"
)

// squeeze removes what a part may differ in from its place in the text: white
// space and the signs of Markdown.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '#' || r == '*' || r == '_' {
			return -1
		}
		return r
	}, s)
}

// checkParts holds parts against the text they were cut from: they tile it, and
// each is the text of its place in order, the headings left out that its path
// and title give.
func checkParts(t interface{ Errorf(string, ...any) }, title, text string, parts []outline.Part) {
	at := 0
	for i, p := range parts {
		if p.Start != at || p.End < p.Start {
			t.Errorf("part %d is %d to %d, want it to begin at %d", i, p.Start, p.End, at)
			return
		}
		at = p.End
		lines := strings.Split(p.Body, "\n")
		if p.Repeated > len(lines) {
			t.Errorf("part %d repeats %d of %d lines", i, p.Repeated, len(lines))
			return
		}
		rest := squeeze(withoutComments(text[p.Start:p.End]))
		var left strings.Builder
		for _, line := range slices.Backward(lines[p.Repeated:]) { // headings stand before the body
			j := strings.LastIndex(rest, squeeze(line))
			if j < 0 {
				t.Errorf("part %d %q says %q, which is not in its place: %q", i, p.Title, line, rest)
				return
			}
			left.WriteString(rest[j+len(squeeze(line)):] + "\n")
			rest = rest[:j]
		}
		left.WriteString(rest)
		if lost := withoutHeadings(left.String(), append(p.Path, p.Title, title, "问题一", "问", "Q1", "Q", "：", ":", "目录")); lost != "" {
			t.Errorf("part %d %q lost %q\npath %q body %q", i, p.Title, lost, p.Path, p.Body)
			return
		}
	}
	if len(parts) > 0 && at != len(text) {
		t.Errorf("the parts end at %d of %d", at, len(text))
	}
	if len(parts) == 0 && squeeze(withoutComments(text)) != "" {
		t.Errorf("no parts of %q", text)
	}
}

var comments = regexp.MustCompile(`(?m)^[\s　]*<!--.*-->[\s　]*$`)

func withoutComments(s string) string {
	return comments.ReplaceAllString(strings.ReplaceAll(s, "\r", "\n"), "")
}

// withoutHeadings removes the headings from what a body leaves out, the longest
// first, since one may be part of another.
func withoutHeadings(left string, headings []string) string {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("《》【】（）()[]", r) {
				return -1
			}
			return r
		}, squeeze(s))
	}
	slices.SortFunc(headings, func(a, b string) int { return len(b) - len(a) })
	left = plain(left)
	for _, h := range headings {
		if h = plain(h); h != "" {
			left = strings.ReplaceAll(left, h, "")
		}
	}
	return left
}

// outlineOf writes the parts one a line: kind, path, mark, title, beginning and
// end of the body.
func outlineOf(parts []outline.Part) string {
	var b strings.Builder
	for _, p := range parts {
		body := []rune(strings.ReplaceAll(p.Body, "\n", "⏎"))
		if len(body) > 24 {
			body = append(append(append([]rune{}, body[:12]...), '⋯'), body[len(body)-10:]...)
		}
		fmt.Fprintf(&b, "%s [%s] %s: %s", p.Kind, strings.Join(p.Path, " › "), p.Title, string(body))
		if p.Lead != "" {
			fmt.Fprintf(&b, " (lead %s)", p.Lead)
		}
		if p.Repeated > 0 {
			fmt.Fprintf(&b, " (repeats %d)", p.Repeated)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// genText makes texts out of the marks, headings and sentences that structure
// policies, in any order.
func genText() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"第一章 总则", "第二章 扶持政策", "第一节 示例", "第一条 为了示例，制定本办法。", "第二条", "第三条（条件）申请人应当：", "第十条之二 示例。",
		"一、", "一、申请条件", "二、补贴标准每人500元", "（一）具备条件的；", "（二）申请材料", "1.提交申请。", "2、初审", "3.5%的比例", "（1）甲", "①乙；②丙",
		"# 示例办法", "## 申请", "### （一）材料", "**办理流程**", "**第四条** 示例", "问：怎么申请？", "答：在线申请。", "怎么办理？", "1.多久能办好？",
		"附件", "附件1", "附件2：示例申请表", "附件：1.申请表", "示例清单", "2024年1月2日", "示例市示例局", "目 录", "依照第七条规定办理。", "第七条 所称的企业",
		"一、二线城市", "| 项目 | 标准 |", "| --- | --- |", "| 住院 | 80% |", "| 问题 | 答案 |", "| 多久？ | 五天。 |", "步骤1：打开", "第一步", "- 列表", "● 圆点",
		"通知如下：一、甲。二、乙。", "各单位：", "👩🏽‍🚀 مرحبا", "\n<!-- 注 -->\n", "\u3000\u3000缩进的一段。", "##", "####### 七", "|", "||", "1999", "0", "第条", "（）",
	})
	sentence := rapid.Custom(func(t *rapid.T) string {
		n := rapid.IntRange(1, 120).Draw(t, "words")
		return strings.Repeat("企业可以申请补贴，", n) + rapid.SampledFrom([]string{"由主管部门审核。", "包括：", "", "。（一）甲；（二）乙。"}).Draw(t, "end")
	})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 40).Draw(t, "lines") {
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				b.WriteString(sentence.Draw(t, "sentence"))
			} else {
				b.WriteString(piece.Draw(t, "piece"))
			}
			b.WriteString(rapid.SampledFrom([]string{"\n", "\n\n", "\r\n", " ", "\r", "\u3000"}).Draw(t, "gap"))
		}
		return b.String()
	})
}

func TestCutKeepsEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := genText().Draw(t, "text")
		checkParts(t, "示例办法", text, outline.Cut("示例办法", text))
	})
}

func FuzzCut(f *testing.F) {
	f.Add("示例", "第一章 总则\n第一条 甲。\n第二条 乙：\n（一）丙；\n（二）丁。")
	f.Add("", "目录\n一、甲\n二、乙\n一、甲\n文。\n二、乙\n文。")
	f.Add("x", "| a | b |\n|---|---|\n"+strings.Repeat("| 一 | 二 |\n", 200))
	f.Add("x", "\xff\xfe一、\x00")
	f.Fuzz(func(t *testing.T, title, text string) {
		parts := outline.Cut(title, text)
		at := 0
		for i, p := range parts {
			if p.Start != at || p.End < p.Start || p.End > len(text) {
				t.Fatalf("part %d: %d to %d after %d", i, p.Start, p.End, at)
			}
			at = p.End
			if p.Body == "" || p.Repeated > strings.Count(p.Body, "\n")+1 {
				t.Fatalf("part %d: %+v", i, p)
			}
			outline.Points(p.Body)
		}
		if len(parts) > 0 && at != len(text) {
			t.Fatalf("the parts end at %d of %d", at, len(text))
		}
	})
}

// update rewrites the golden files: go test ./knowledge/outline -update
var update = flag.Bool("update", false, "rewrite the golden outlines")

func TestOutlines(t *testing.T) {
	t.Parallel()
	titles := map[string]string{
		"notice.txt":      "示例市示例局关于印发示例企业扶持办法的通知",
		"guide.txt":       "示例补贴怎么申请？一文说清",
		"inline.txt":      "示例局公告",
		"joint.txt":       "示例市税务局等四部门关于印发支持企业发展若干措施的通知",
		"faq.md":          "示例常见问题",
		"contents.txt":    "示例手册",
		"traditional.txt": "示例契約條款",
		"questions.md":    "社保热点问答",
	}
	for name, title := range titles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			parts := outline.Cut(title, string(text))
			checkParts(t, title, string(text), parts)
			golden := filepath.Join("testdata", name+".golden")
			got := outlineOf(parts)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCutSizes(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("企业可以按规定申请补贴，", 30) + "由主管部门审核。"
	table := "| 项目 | 标准 |\n| --- | --- |\n" + strings.Repeat("| 示例项目 | 每户补贴五千元 |\n", 200)
	text := strings.Repeat(line, 5) + "\n" + strings.Repeat("短句。\n", 300) + strings.Repeat("无标点", 700) + "\n\n" + table
	parts := outline.Cut("标题", text)
	checkParts(t, "标题", text, parts)
	repeated := 0
	for _, p := range parts {
		if n := utf8.RuneCountInString(p.Body); n > 850 {
			t.Errorf("a part has %d characters: %.40q", n, p.Body)
		}
		if p.Repeated > 0 {
			repeated++
			if p.Repeated != 2 || !strings.HasPrefix(p.Body, "| 项目 | 标准 |\n| --- | --- |\n| 示例") {
				t.Errorf("%d lines repeated: %.60q", p.Repeated, p.Body)
			}
		}
	}
	if repeated < 5 {
		t.Errorf("%d pieces of the table repeat its heading row", repeated)
	}
}

func TestMarkOfSeveralPoints(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("这里说明来由。", 75) + "\n\n一、甲类可以申请。\n\n二、乙类可以申请。"
	parts := outline.Cut("标题", text)
	checkParts(t, "标题", text, parts)
	if last := parts[len(parts)-1]; len(parts) != 2 || last.Mark != "一至二" {
		t.Errorf("%d parts, the last is %q; want 2 and 一至二", len(parts), last.Mark)
	}
}

func TestPoints(t *testing.T) {
	t.Parallel()
	body := "第七条 符合下列条件之一的，可以申请：\n（一）甲：\n1.子；\n2.丑；\n（二）依照第（九）项的乙；（三）丙。"
	var got []string
	for _, p := range outline.Points(body) {
		got = append(got, fmt.Sprintf("%d %s %d %s", p.Depth, p.Mark, p.Num, strings.ReplaceAll(body[p.Start:p.End], "\n", "")))
	}
	want := []string{"0 （一） 1 （一）甲：1.子；2.丑；", "1 1. 1 1.子；", "1 2. 2 2.丑；", "0 （二） 2 （二）依照第（九）项的乙；", "0 （三） 3 （三）丙。"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkCut shows by its MB/s whether the work grows faster than the text.
func BenchmarkCut(b *testing.B) {
	article := "第一条 企业可以申请补贴：\n（一）甲；\n（二）乙。\n\n一、标题\n正文一段，由主管部门审核。\n"
	for _, n := range []int{100, 10000} {
		text := strings.Repeat(article, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				outline.Cut("示例", text)
			}
		})
	}
}
