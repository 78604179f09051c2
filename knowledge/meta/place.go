package meta

import "strings"

// prefixes are the places whose short names begin document numbers. Only those
// that stand for one place are listed: 宁 is Nanjing's and Ningxia's.
var prefixes = map[string]string{
	"京": "北京市", "津": "天津市", "沪": "上海市", "渝": "重庆市", "冀": "河北省", "晋": "山西省", "内": "内蒙古自治区", "辽": "辽宁省", "吉": "吉林省", "黑": "黑龙江省",
	"苏": "江苏省", "浙": "浙江省", "皖": "安徽省", "闽": "福建省", "赣": "江西省", "鲁": "山东省", "豫": "河南省", "鄂": "湖北省", "湘": "湖南省", "粤": "广东省",
	"桂": "广西壮族自治区", "琼": "海南省", "川": "四川省", "黔": "贵州省", "滇": "云南省", "云": "云南省", "藏": "西藏自治区", "陕": "陕西省", "甘": "甘肃省", "青": "青海省", "新": "新疆维吾尔自治区",
	"穗": "广州市", "深": "深圳市", "杭": "杭州市", "甬": "宁波市", "温": "温州市", "嘉": "嘉兴市", "绍": "绍兴市", "衢": "衢州市", "舟": "舟山市", "台": "台州市", "慈": "慈溪市", "余": "余姚市",
	"成": "成都市", "济": "济南市", "郑": "郑州市", "榕": "福州市", "厦": "厦门市", "沈": "沈阳市", "洪": "南昌市", "筑": "贵阳市",
}

// centrePrefixes begin the numbers of offices of the whole country.
var centrePrefixes = []string{"国", "财", "税", "发改", "工信", "人社部", "交", "农", "商", "教", "科", "卫", "民发", "银", "建", "环", "中发", "中办"}

// place says whose government issued the document: by the issuers, else the
// title, else the number, else the site.
func (r *reader) place(issuers []Found[string], title, number Found[string]) Found[string] {
	for _, f := range issuers {
		if p := placeOf(f.Value); p != "" {
			return found(p, f.How, f.From)
		}
		if national(f.Value) {
			return found("", f.How, f.From)
		}
	}
	if p := placeOf(title.Value); p != "" {
		return found(p, Guessed, title.From)
	}
	for _, p := range prefixes {
		if short := shortPlace(p); strings.HasPrefix(title.Value, short) {
			return found(p, Guessed, title.From)
		}
	}
	n := strings.TrimPrefix(number.Value, "中共")
	if p := prefixes[firstRunes(n, 1)]; p != "" && strings.Contains(n, "〔") {
		return found(p, Guessed, number.From)
	}
	for _, p := range centrePrefixes {
		if strings.HasPrefix(n, p) {
			return found("", Guessed, number.From)
		}
	}
	if site := r.in.Tags["sitename"]; placeOf(site) != "" {
		return found(placeOf(site), Guessed, site)
	}
	return Found[string]{}
}

// national reports whether an office is one of the whole country. An office of
// a place that is named short (市商务局) is not.
func national(name string) bool {
	if strings.HasPrefix(name, "国家税务总局") {
		name = strings.TrimPrefix(name, "国家税务总局")
		return name == "" || name == "办公厅"
	}
	for _, p := range centralOrgans {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// centralOrgans begin the names of offices of the whole country.
var centralOrgans = strings.Fields(`国家 国务院 中华人民共和国 中国 全国 最高 中共中央 中央 外交部 国防部 教育部 科技部 科学技术部 工业和信息化部 公安部 民政部 司法部 财政部
	人力资源社会保障部 人力资源和社会保障部 自然资源部 生态环境部 住房城乡建设部 住房和城乡建设部 交通运输部 水利部 农业农村部 农业部 商务部 文化和旅游部 文化部
	退役军人事务部 应急管理部 应急部 审计署 海关总署 税务总局 市场监管总局 金融监管总局 中宣部 中组部 银保监会 证监会 国资委 环境保护部 卫生部 铁道部`)

// shortPlace is how a place is called without what kind of place it is: 浙江,
// 广西, 宁波.
func shortPlace(p string) string {
	for _, end := range []string{"壮族自治区", "维吾尔自治区", "自治区", "省", "市"} {
		p = strings.TrimSuffix(p, end)
	}
	return p
}

// levels are the endings of place names, from the province down, with the
// shortest and longest name each can have before its ending.
var levels = []struct {
	ends     []string
	min, max int
}{
	{[]string{"省", "自治区", "特别行政区"}, 2, 6},
	{[]string{"市", "自治州", "盟"}, 2, 8},
	{[]string{"新区", "区", "自治县", "县", "市", "自治旗"}, 1, 6},
}

// notPlace are words that end like a place without being one.
var notPlace = []string{"市场", "城市", "社区", "园区", "开发区", "高新区", "示范区", "试验区", "地区", "小区", "校区", "县区", "市区", "区市", "县市", "全省", "全市", "全县", "全区", "我省", "我市", "我区", "我县", "本省", "本市", "本区", "各省", "各市", "各区", "各县", "山区", "景区", "灾区", "疫区", "辖区", "片区", "街区", "港区", "保税区", "城区",
	"上市", "入市", "门市", "超市", "菜市", "夜市", "早市", "集市", "股市", "楼市", "债市", "车市", "功能区", "工业区", "产业区", "经济区", "生活区", "办公区", "旅游区", "度假区", "保护区", "服务区", "林区", "牧区", "矿区", "库区", "禁养区"}

// placeOf reads the place that a name or title begins with: 慈溪市 of
// 慈溪市人民政府, 广州市天河区 of 广州市天河区教育局. It returns "" for names that
// begin with no place or only hint at one (市商务局).
func placeOf(s string) string {
	for _, p := range []string{"中共", "中国共产党", "国家税务总局", "中国人民银行"} {
		s = strings.TrimPrefix(s, p)
	}
	s = strings.TrimLeft(s, "《“\"【 0123456789年度")
	for _, p := range []string{"国家", "中华", "中国", "全国", "国务院", "关于", "中央", "最高", "这", "那", "致", "驻", "个", "债", "股", "楼", "超", "菜", "夜", "早"} {
		if strings.HasPrefix(s, p) {
			return ""
		}
	}
	at := 0
	for _, level := range levels {
		if end := placeEnd(s[at:], level.ends, level.min, level.max); end > 0 {
			at += end
		}
	}
	return s[:at]
}

// placeEnd returns where the place name ends that s begins with, 0 when there
// is none of this level.
func placeEnd(s string, ends []string, least, most int) int {
	n := 0
	for i, c := range s {
		if !isHan(c) || n > most {
			return 0
		}
		if n >= least {
			for _, e := range ends {
				if !strings.HasPrefix(s[i:], e) {
					continue
				}
				end := i + len(e)
				if commonNoun(s, i, end) {
					return 0
				}
				return end
			}
		}
		n++
	}
	return 0
}

// commonNoun reports whether the ending at s[i:end] belongs to a common noun:
// 市场, 社区, 开发区.
func commonNoun(s string, i, end int) bool {
	if strings.HasPrefix(s[i:], "市场") || strings.HasPrefix(s[i:], "部") {
		return true
	}
	if s[:end] == "自治区" {
		return true
	}
	for _, w := range notPlace {
		if strings.HasSuffix(s[:end], w) {
			return true
		}
	}
	return false
}
