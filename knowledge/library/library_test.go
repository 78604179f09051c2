package library_test

import (
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/knowledge/library"
)

func TestFSHoldsOnlyDocuments(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(library.FS(), "*")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{replyID + ".md"}; !slices.Equal(names, want) {
		t.Errorf("files = %q, want %q", names, want)
	}
}

func TestFrontMatterEqualsSource(t *testing.T) {
	t.Parallel()
	got, _, src := load(t)
	want := frontMatter{
		ID:            replyID,
		Title:         src.Head.Title,
		Number:        src.Head.Number,
		Issuers:       src.Head.Issuers,
		Kind:          "reply",
		Issued:        src.Head.Date,
		EffectiveFrom: src.Head.Date,
		Status:        "in_force",
		Language:      "zh-CN",
		Place:         "慈溪市",
		Topics:        knownTopics,
		Towns:         []string{},
		Source:        src.Head.Kind + "，" + src.Head.Number + "，2024年6月21日",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("front matter (-want +got):\n%s", diff)
	}
}

func TestUnitsStandOnSource(t *testing.T) {
	t.Parallel()
	_, units, src := load(t)
	for _, u := range units {
		for _, problem := range checkUnit(u, src) {
			t.Errorf("%s: %s", u.Slug, problem)
		}
	}
}

func TestUnitsTogether(t *testing.T) {
	t.Parallel()
	_, units, src := load(t)
	for _, problem := range checkTogether(units, src) {
		t.Error(problem)
	}
}

// The source is published without telephones, and its copy here must stay so.
func TestSourceHoldsNoPhone(t *testing.T) {
	t.Parallel()
	_, _, src := load(t)
	if m := phone.FindString(yearRange.ReplaceAllString(src.Body, "")); m != "" {
		t.Errorf("source holds %q", m)
	}
}

func TestFiguresStayWithTheirSubject(t *testing.T) {
	t.Parallel()
	_, units, src := load(t)
	for _, p := range pins {
		if !strings.Contains(src.Body, p.source) {
			t.Errorf("the source does not say %q", p.source)
		}
	}
	for _, u := range units {
		for _, problem := range checkPins(u) {
			t.Errorf("%s: %s", u.Slug, problem)
		}
	}
	for _, p := range pins {
		if findUnit(units, p.slug).Slug == "" {
			t.Errorf("no unit %q", p.slug)
		}
	}
}

// Saved tickets and subscriptions name units by slug: the list may grow, but a
// slug on it must not vanish.
func TestSlugsStayStable(t *testing.T) {
	t.Parallel()
	_, units, _ := load(t)
	var got []string
	for _, u := range units {
		got = append(got, u.Slug)
	}
	for _, slug := range strings.Fields(firstSlugs) {
		if !slices.Contains(got, slug) {
			t.Errorf("unit %q is gone", slug)
		}
	}
}

// TestOwnersQuestionsFindTheirSentence asks as an owner would. The scorer is
// the plainest that works, so that it is the wording of the units which decides.
func TestOwnersQuestionsFindTheirSentence(t *testing.T) {
	t.Parallel()
	_, units, _ := load(t)
	tests := []struct {
		question, slug string
		sentence       []string // stand together in one sentence of the body
	}{
		{"加层改造利用地下空间提高容积率要不要增收土地价款？", "extra-floor-area", []string{"自有工业用地", "不增收土地价款", "免征城市市政基础设施配套费"}},
		{"兼并收购低效企业土地有没有奖励，什么企业可以拿？", "merger-reward", []string{"分档奖励", "A类、B类", "亿元以上"}},
		{"知识产权质押贷款找谁？", "ip-pledge-loans", []string{"知识产权质押贷款", "金融机构"}},
		{"慈溪有几个普惠金融服务站？", "finance-service-points", []string{"1个市级普惠金融服务中心", "10个镇级普惠金融服务站"}},
		{"今年民企拿地占比多少？", "private-land-share", []string{"2023年", "86.8%"}},
		{"政企恳谈会怎么参加？", "enterprise-talks", []string{"本答复未列明", "参加政企恳谈会"}},
		{"老旧工业区块改造的行动计划文号是多少？", "old-blocks-plan", []string{"慈政办发〔2022〕24号"}},
		{"上海的飞地在哪里？", "shanghai-enclaves", []string{"慈溪（上海）科创飞地", "慈溪（上海）飞地综合中心"}},
		{"政策库里有多少条政策", "policy-library", []string{"633条", "775项"}},
		{"几家企业联合改造，出让终止期不一致怎么办", "land-term-alignment", []string{"补缴差额年限", "重新确定出让终止期"}},
		{"土地在哪个平台公开出让？", "land-trading-platform", []string{"浙江省自然资源智慧交易服务平台"}},
		{"无感监测落后指标有几个", "seamless-monitoring", []string{"落后指标1个"}},
		{"数字化改造培训了多少企业", "digital-training", []string{"2023年", "1000多家"}},
		{"２０２３年走访解决了多少意见建议？😀", "visit-results", []string{"57条", "已解决39条"}},
	}
	for _, tt := range tests {
		t.Run(tt.slug, func(t *testing.T) {
			t.Parallel()
			best := bestUnit(units, tt.question)
			if best.Slug != tt.slug {
				t.Fatalf("%s -> %s, want %s", tt.question, best.Slug, tt.slug)
			}
			if !slices.ContainsFunc(strings.Split(best.Body, "。"), func(s string) bool {
				return !slices.ContainsFunc(tt.sentence, func(part string) bool { return !strings.Contains(s, part) })
			}) {
				t.Errorf("no sentence of %s holds all of %q", tt.slug, tt.sentence)
			}
		})
	}
}

// bestUnit returns the unit that shares the rarest pairs of characters with the
// question: each shared pair counts log(units / units that hold the pair).
func bestUnit(units []unit, question string) unit {
	holding := make(map[string]int)
	pairs := make([]map[string]bool, len(units))
	for i, u := range units {
		pairs[i] = hanPairs(u.text())
		for p := range pairs[i] {
			holding[p]++
		}
	}
	var best unit
	top := 0.0
	for i, u := range units {
		score := 0.0
		for p := range hanPairs(question) {
			if pairs[i][p] {
				score += math.Log(float64(len(units)) / float64(holding[p]))
			}
		}
		if score > top {
			best, top = u, score
		}
	}
	return best
}

func hanPairs(s string) map[string]bool {
	han := hanOnly(s)
	pairs := make(map[string]bool)
	for i := 0; i+2 <= len(han); i++ {
		pairs[string(han[i:i+2])] = true
	}
	return pairs
}
