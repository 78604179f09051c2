package extract_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"codeberg.org/readeck/go-readability/v2"

	"liaison/knowledge/extract"
)

// sharedData is the folder of the large data sets, "" when they are not here.
func sharedData(t *testing.T, set string) string {
	dir := os.Getenv("LIAISON_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, set)
	if _, err := os.Stat(dir); err != nil {
		t.Logf("%s is not here: set LIAISON_SHARED_DATA to check it", dir)
		return ""
	}
	return dir
}

func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// furniture are words that stand on the pages around the document only.
var furniture = regexp.MustCompile(`扫一扫在手机|网站标识码|ICP备|公网安备|版权所有|当前位置|所在的?位置|打印本页|关闭窗口|返回顶部|分享到|浏览次数|浏览量|【打印】|字体大小|长者助手|Copyright|内容纠错|var file_status`)

var sentence = regexp.MustCompile(`[^。；！？\n<>]{16,}[。；]`)

// TestPolicyPages reads the 32 saved pages of government sites and compares
// each with the page itself and with an independent reader.
func TestPolicyPages(t *testing.T) {
	t.Parallel()
	dir := sharedData(t, "policy-pages")
	if dir == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil || len(files) < 32 {
		t.Fatalf("%d pages, error %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			page, err := extract.Read(name, data)
			if err != nil {
				t.Fatal(err)
			}
			if m := furniture.FindString(page.Text); m != "" {
				t.Errorf("furniture in the text: %q", m)
			}
			got := lettersOf(page.Text)
			// A document says a sentence twice now and then, but not its title
			// and not much of itself.
			seen, again := map[string]bool{}, 0
			for p := range strings.SplitSeq(page.Text, "\n\n") {
				k := lettersOf(p)
				if k == lettersOf(page.Title) {
					t.Errorf("the title stands in the text again")
				}
				if seen[k] && len([]rune(k)) >= 20 {
					again += len([]rune(k))
				}
				seen[k] = true
			}
			if again*6 > len([]rune(got)) {
				t.Errorf("%d letters of paragraphs come twice", again)
			}
			// Every sentence that reading modes of browsers keep is kept.
			article, err := readability.FromReader(strings.NewReader(string(data)), nil)
			if err != nil || article.Node == nil {
				t.Fatalf("independent reader: %v", err)
			}
			var plain strings.Builder
			if err := article.RenderText(&plain); err != nil {
				t.Fatal(err)
			}
			for _, s := range sentence.FindAllString(plain.String(), -1) {
				if k := lettersOf(s); !strings.Contains(got, k) && !furniture.MatchString(s) {
					t.Errorf("lost: %.80s", s)
				}
			}
			if a, b := len([]rune(got)), len([]rune(lettersOf(plain.String()))); !strings.HasPrefix(name, "20b") && a*10 < b*8 {
				t.Errorf("%d letters, the independent reader has %d", a, b)
			}
		})
	}
}

func TestIngestFiles(t *testing.T) {
	t.Parallel()
	dir := sharedData(t, "ingest")
	if dir == "" {
		return
	}
	tests := []struct {
		file, code, title string
		letters           [2]int // least and most
		want              []string
	}{
		{"docx_policy_matching_flow.docx", "", "昌平园一站式政务服务中心平台政策兑现板块AI智能算法运行流程", [2]int{900, 1200}, []string{"一、政策一键匹配"}},
		{"ofd_gov_letter_bengshan.ofd", "", "关于加快南货场铁路涵洞下穿建设的函", [2]int{180, 240}, []string{"蚌山区政府：\n", "计划于7月份出让，按照7月7日", "此函。\n\n2023年7月12日"}},
		{"ofd_long_text_nalaizhuyi.ofd", "", "拿来主义", [2]int{1000, 1300}, []string{"又碰了一串钉子，到现在，成了什么都是“送去主义”了"}},
		{"ofd_table_standard_page.ofd", "", "11.4字型变换", [2]int{600, 1000}, []string{"| CodePosition | xs:int | TextCode中字符编码的起始位置，从0开始 | 必选 |"}},
		{"pdf_tipdm2020c_official_task.pdf", "", "第八届“泰迪杯”数据挖掘挑战赛—— C题：“智慧政务”中的文本挖掘应用", [2]int{2300, 3400},
			[]string{"各类社情民意相关的文本数据量不断攀升，给以往主要依靠人工来进行留言划分", "| 城乡建设 | 安全生产 | 安全隐患 |", "| 热度排名 | 问题ID | 热度指数 | 时间范围 | 地点/人群 | 问题描述 |"}},
		{"pdf_tw_insurance_clause_1.pdf", "", "", [2]int{1600, 2000}, []string{"本公司改以前項變更後之保險金額給付保險金後，本契約效力即行終止", "第三十七條【時效】\n"}},
		{"pdf_tw_finance_imageonly_277.pdf", extract.CodeScanned, "", [2]int{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join(dir, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			page, err := extract.Read(tt.file, data)
			if tt.code != "" {
				var u *extract.Unreadable
				if !errors.As(err, &u) || u.Code != tt.code {
					t.Fatalf("got %v, want code %q", err, tt.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if n := len([]rune(lettersOf(page.Text))); n < tt.letters[0] || n > tt.letters[1] {
				t.Errorf("%d letters, want %v", n, tt.letters)
			}
			if page.Title != tt.title {
				t.Errorf("title %q, want %q", page.Title, tt.title)
			}
			for _, want := range tt.want {
				if !strings.Contains(page.Text+"\n", want) {
					t.Errorf("%q is not in the text", want)
				}
			}
		})
	}
}
