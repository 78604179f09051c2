package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIsChrome(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line string
		want bool
	}{
		{"【打印】【关闭】", true},
		{"字体：[大 中 小] 分享到：", true},
		{"用微信扫一扫分享", true},
		{"您现在的位置：首页 > 政策文件", true},
		{"主办单位：示例市人民政府办公室 承办单位：示例市大数据中心 网站标识码：0000000000", true},
		{"主办单位：示例市商务局 承办单位：示例市展览中心", false}, // may be an event's; at the end of a page it is left out
		{"浏览次数：128次", false}, // a label with its value, see labels
		{"打印机购置补贴按设备价款的10%发放。", false},
		{"分享经济企业的认定条件", false},
		{"大", true},
		{"大力发展", false},
		{"扫码进入小程序办理", false},
		{"😀", true},
		{"مرحبا", false},
		{"ＡＢＣ公司", false},
	}
	for _, tt := range tests {
		if got := isChrome(tt.line); got != tt.want {
			t.Errorf("isChrome(%q) = %v", tt.line, got)
		}
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line string
		want map[string]string
		ok   bool
	}{
		{"发布时间：2031-03-05 10:20 信息来源：示例市发展改革局 字体：[大 中 小] 打印", map[string]string{"发布时间": "2031-03-05 10:20", "信息来源": "示例市发展改革局"}, true},
		{"2031-05-06 09:00 来源：示例区市场监管局 浏览次数：128次", map[string]string{"发布时间": "2031-05-06 09:00", "来源": "示例区市场监管局", "浏览次数": "128次"}, true},
		{"索引号：000/2031-1 文 号：示水〔2031〕7号 发文日期：", map[string]string{"索引号": "000/2031-1", "文号": "示水〔2031〕7号"}, true},
		{"补贴对象来源：失业人员。", nil, false},
		{"各镇人民政府，市政府各部门：", nil, false},
	}
	for _, tt := range tests {
		got, ok := labels(tt.line)
		if ok != tt.ok || cmp.Diff(tt.want, got) != "" {
			t.Errorf("labels(%q) = %v, %v", tt.line, got, ok)
		}
	}
}

func TestJoinLines(t *testing.T) {
	t.Parallel()
	full := strings.Repeat("字", 38)
	tests := []struct {
		name        string
		lines, want []string
	}{
		{"lines that are paragraphs", []string{"一、总则", "为了规范管理，制定本办法。", "二、条件"}, []string{"一、总则", "为了规范管理，制定本办法。", "二、条件"}},
		{"broken at a width", []string{full + "甲", full + "乙", "丙。", full + "丁", "戊。"}, []string{full + "甲" + full + "乙丙。", full + "丁戊。"}},
		{"a mark begins a paragraph", []string{full + "甲", full + "乙", full + "丙", "（一）丁"}, []string{full + "甲" + full + "乙" + full + "丙", "（一）丁"}},
		{"an empty line ends one", []string{full + "甲", "", full + "乙", full + "丙"}, []string{full + "甲", full + "乙" + full + "丙"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, joinLines(tt.lines)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

func TestTableBlocks(t *testing.T) {
	t.Parallel()
	one := func(texts ...string) (row []cell) {
		for _, s := range texts {
			row = append(row, cell{text: s, cols: 1, rows: 1})
		}
		return row
	}
	tests := []struct {
		name string
		rows [][]cell
		want string
	}{
		{"two heading rows", [][]cell{{{text: "类别", cols: 1, rows: 2}, {text: "标准", cols: 2, rows: 1}}, one("每月", "每年"), one("甲", "1", "12")},
			"| 类别 | 标准 每月 | 标准 每年 |\n| --- | --- | --- |\n| 甲 | 1 | 12 |"},
		{"caption, group and note", [][]cell{{{text: "表一", cols: 2, rows: 1}}, one("甲", "乙"), {{text: "第一组", cols: 2, rows: 1}}, one("1", "2"), {{text: "注：略", cols: 2, rows: 1}}},
			"表一\n\n| 甲 | 乙 |\n| --- | --- |\n| 第一组 |  |\n| 1 | 2 |\n\n注：略"},
		{"empty rows and columns", [][]cell{one("", "", ""), one("甲", "", "乙"), one("1", "", "2")}, "| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |"},
		{"one row", [][]cell{one("电话", "0000-0000")}, "电话 0000-0000"},
		{"rows of different length", [][]cell{one("甲", "乙", "丙"), one("1"), one("1", "2")}, "| 甲 | 乙 | 丙 |\n| --- | --- | --- |\n| 1 |  |  |\n| 1 | 2 |  |"},
	}
	for _, tt := range tests {
		blocks, err := tableBlocks(tt.rows)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, markdown(blocks)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

// TestTableKeepsText: whatever the spans, each cell's text is in the result
// and all rows of a table are of one length.
func TestTableKeepsText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rows [][]cell
		var texts []string
		for range rapid.IntRange(1, 6).Draw(t, "rows") {
			var row []cell
			for range rapid.IntRange(0, 5).Draw(t, "cells") {
				text := rapid.StringMatching(`[甲乙丙丁戊己][0-9]{0,3}`).Draw(t, "text")
				texts = append(texts, text)
				row = append(row, cell{text: text, cols: rapid.IntRange(1, 3).Draw(t, "cols"), rows: rapid.IntRange(1, 3).Draw(t, "height")})
			}
			rows = append(rows, row)
		}
		blocks, err := tableBlocks(rows)
		if err != nil {
			t.Fatal(err)
		}
		all := markdown(blocks)
		for _, text := range texts {
			if !strings.Contains(all, text) {
				t.Fatalf("%q is lost in\n%s", text, all)
			}
		}
		for _, b := range blocks {
			for _, row := range b.rows {
				if len(row) != len(b.rows[0]) {
					t.Fatalf("rows of %d and %d cells", len(b.rows[0]), len(row))
				}
			}
		}
	})
}

func TestNumerals(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 100: "一百", 101: "一百零一", 110: "一百一十", 1005: "一千零五", 0: "0", 10_000: "10000"} {
		if got := chineseNumber(n); got != want {
			t.Errorf("chineseNumber(%d) = %q, want %q", n, got, want)
		}
	}
	if got := roman(1994); got != "MCMXCIV" {
		t.Errorf("roman(1994) = %q", got)
	}
}

func TestCellMarks(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"第十条 范围": true, "一、总则": true, "（三）材料": true, "1.2025年度指标": true, "12．其他": true, "①原件": true, "附件1": true,
		"2.5万元": false, "（2024）5号": false, "一是加强": false, "依照第七条": false,
	} {
		if structured.MatchString(line) != want {
			t.Errorf("structured(%q) = %v", line, !want)
		}
	}
}
