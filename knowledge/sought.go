package knowledge

import (
	"regexp"
	"strings"
)

// numeral is a number in digits or Chinese numerals.
const numeral = `(?:\d[\d.,]*[万千百亿]?|[〇零一二两三四五六七八九十百千半]+[万千百亿]?)`

// sort of answer that a question seeks: how it is asked for, and what a sentence
// that gives it has in it. A figure is looked for strictly, the others are hints.
type sought struct {
	name   string
	asked  *pattern
	given  *pattern
	figure bool
}

// What is looked for in questions and in sentences.
var (
	inQuestions = new(vocabulary)
	inSentences = new(vocabulary)
)

func seek(name, asked, given string, figure bool) sought {
	return sought{name, inQuestions.pattern(asked), inSentences.pattern(given), figure}
}

var soughts = []sought{
	seek("money", `多少钱|几多钱|几钱|多少元|多少块|几块|几蚊|多少万|几万|几千|几百|金额|额度|(?:[补给发交领拿收罚报赔贷减免缴付奖掏][^。?,，]{0,5}|收入|标准|工资|租金|保费|费用?|补贴|津贴|补助|奖励|资助|价格|上限|最高|最低)[^。?,，]{0,4}(?:是|有|到|要)?(?:多少|几多)|标准是|多少租金|价格|收费`,
		numeral+`\s*多?余?[万亿]?(?:元|块|圆)|元/|`+numeral+`万(?:[^\p{Han}]|$)|不收|免费|免收|全额|免征`, true),
	seek("percent", `百分之[几多]|百分比|几成|比例|几折|占比|利率|税率|费率|多少%|几%|[补报]几成|多少折`,
		`\d\s*%|百分之|[一二三四五六七八九]成|折|半价|分之|倍|lpr|基点`, true),
	seek("duration", `多久|多长时间|多长|几天|多少天|几个?月|多少个?月|几年|多少年|几个?星期|几个?礼拜|几周|期限|时限|几个?工作日|几日|几个?小时|几分钟|有效期`,
		numeral+`\s*(?:个)?(?:天|日|月|年|工作日|小时|周|星期|分钟)|半年|当[天日场]|即时|长期|期满|终身|期限`, true),
	seek("date", `几号|哪[一几]?[天日]|什么时[候间]|啥时候?|几时|何时|哪年|哪[一个]*月|几月|何日|时间|截止|到期|几点|日期|从哪天|边日`,
		`\d+月|`+numeral+`月`+numeral+`?日?|\d{4}年|\d+日|每年|次[月年日]|\d:\d\d|[上下]午|之日|底前|当[年月]`, true),
	seek("age", `几岁|多少岁|多大|年龄|岁数|年纪`, numeral+`\s*周?岁|\d+后`, true),
	seek("phone", `电话|热线|联系方式|联系人|号码|怎么联系|打给谁`, `\d{7,}|\d{3,4}[-—]\d{7}|1[12]\d{3}(?:\D|$)|热线|电话`, true),
	seek("person", `是谁|谁是|哪位|叫什么名|姓什么`, `(?:主任|会长|局长|书记|镇长|县长|市长|经理|先生|女士|同志)[:：]?\p{Han}{2,3}|由\p{Han}{2,4}担任`, true),
	seek("count", `几[个种所家套间项次名位样门条类批届人户份部分处档级楼层]|多少[个种所家套间项次名位样门条类批人户份处条]|名额|数量|总数|多少人|人数`,
		numeral+`\s*[万余多]?[个种所家套间项次名位样门条类批届人户份处档级]`, true),
	seek("place", `哪里|哪儿|边度|在哪|去哪|到哪|地址|地点|位置|什么地方|哪个窗口|哪个地方|上哪`,
		`[路街道]\S{0,6}号|楼|窗口|中心|[局厅]|街道|镇|网|平台|小程序|app|银行|地址|地点|机构|医院`, false),
	seek("who", `哪[个些家][^。?]{0,2}(?:部门|单位|局|机构|银行|公司|机关)|什么部门|什么单位|什么机构|找谁|谁来|归谁|谁负责|由谁|谁管|谁出|谁给|谁补|谁审|边个|哪家`,
		`局|委|办|中心|街道|政府|部门|单位|机构|负责|银行|公司|法院|银行`, false),
	seek("channel", `app|小程序|公众号|网址|网站|平台|哪个系统|网上`, `app|小程序|公众号|网址|https?:|www|平台|系统|“`, false),
	seek("paper", `材料|带[点些]?[什啥]|[什啥]么?证|资料|证件|手续|哪张表|什么表|填[什哪]|带什么|提供什么|交什么`,
		`证|材料|表|书|复印件|凭|单据|发票|资料|身份`, false),
	seek("how", `怎么|如何|咋|怎样|点样|点办|流程|步骤|程序|方式|渠道|途径`,
		`通过|登录|申请|提交|可以?|应当?|点击|携带|前往|方式|流程|办理|拨打`, false),
	seek("condition", `条件|什么人|哪些人|谁可以|什么样的|要求|资格|哪些企业|对象|够格|符合`,
		`符合|条件|以下|下列|具有|满|之一|对象|范围`, false),
	seek("whether", `能不能|可以吗|可不可以|能否|可否|是否|是不是|要不要|用不用|行不行|得不得|有没有|算不算|会不会|[吗嘛么]$|[吗嘛么][?,，]|不[?]?$|还能|能[^。?]*[吗不]`,
		`可以?|不|免|应当|无需|无须|必须|须|有权|除外|禁止|属于|视为`, false),
	seek("outcome", `会怎[样么]|怎么处理|后果|咋样|会被|处罚|罚|什么责任|会有什么`,
		`停|罚|取消|不予|责任|追|处|没收|吊销|责令|失信`, false),
	seek("reason", `为什么|为何|为啥|原因|点解`, `因|由于|为了|鉴于|原因`, false),
	seek("list", `哪些|哪几|有什么|有啥|什么内容|包括|包含|分别|几[项种类条个]|三[项个]|措施|内容`, `、|以下|下列|包括|一是|[1一][.、]|[(（]`, false),
}

// counted finds what is counted in 几套 and 多少个工作日, so that a sentence with
// a number of the same is known.
var counted = regexp.MustCompile(`(?:几|多少|几多)个?(工作日|小时|\p{Han})`)

// aim is what a question seeks.
type aim struct {
	figures []*pattern // any of these must be given
	hints   []*pattern
	counted []*pattern // a number of what the question counts
}

// notCounted follow 多少 without being counted.
const notCounted = "钱元能才可就要会是的有给也都都在为比时"

func soughtBy(folded string) aim {
	var s aim
	signs := inQuestions.signs(folded)
	for i := range soughts {
		k := &soughts[i]
		if !k.asked.in(folded, signs) {
			continue
		}
		if k.figure {
			s.figures = append(s.figures, k.given)
		} else {
			s.hints = append(s.hints, k.given)
		}
	}
	for _, m := range counted.FindAllStringSubmatch(folded, -1) {
		if !strings.Contains(notCounted, m[1]) {
			s.counted = append(s.counted, countedPattern(m[1]))
		}
	}
	return s
}

// countedPattern finds a number of what is counted.
func countedPattern(what string) *pattern {
	if p, ok := countedPatterns[what]; ok {
		return p
	}
	return &pattern{Regexp: regexp.MustCompile(numeral + `\s*[多余]?个?` + regexp.QuoteMeta(what)), of: inSentences}
}

// countedPatterns has the most usual ones ready.
var countedPatterns = func() map[string]*pattern {
	m := make(map[string]*pattern)
	for _, w := range strings.Fields("个 天 年 月 日 号 岁 人 次 家 种 项 套 所 名 元 级 倍 周 条 份 户 成 工作日 小时") {
		m[w] = inSentences.pattern(numeral + `\s*[多余]?个?周?` + w)
	}
	return m
}()
