package knowledge

import (
	"regexp"

	"liaison/knowledge/zh"
)

// masks are tried in order: a longer number must go before a shorter one that
// could be its part.
var masks = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`), "〔邮箱〕"},
	{regexp.MustCompile(`\b[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx]\b`), "〔证件号〕"},
	{regexp.MustCompile(`\b\d{16,19}\b|\b\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?\b`), "〔银行卡号〕"},
	{regexp.MustCompile(`\b[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}\b`), "〔证件号〕"},
	{regexp.MustCompile(`(?:\+?86[ -]?)?\b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b`), "〔电话〕"},
	{regexp.MustCompile(`(?:[(（]0\d{2,3}[)）]|\b0\d{2,3})[ -]?[2-9]\d{6,7}(?:-\d{1,5})?\b`), "〔电话〕"},
	{regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][ ·•.]?[A-HJ-NP-Za-hj-np-z0-9]{5,6}`), "〔车牌号〕"},
	{regexp.MustCompile(`((?:我叫|我名叫|我的名字叫|我的名字是|名字叫|姓名(?:是|为)?[:： ]?|联系人(?:是|为)?[:： ]?|法人(?:代表)?(?:叫|是)[:： ]?|本人叫|经办人(?:是|为)?[:： ]?)\s*)(\p{Han}{2,4})`), "${1}〔姓名〕"},
	{regexp.MustCompile(`(?:` + surnames + `)\p{Han}{0,2}(先生|女士|小姐|老板|经理|同志)`), "〔姓名〕${1}"},
}

const surnames = `[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶黎贺毛郝顾龚邵万覃武钱戴严莫孔汤岑裘房柴华励胡项徐]`

// MaskPersonal replaces what could identify a person, phone and mobile numbers,
// identity and bank card numbers, mail addresses, number plates and names that
// are introduced as such, by a word in brackets. Letters and digits come back
// half-width. It finds writings, not meanings: a name without an introduction
// stays.
func MaskPersonal(text string) string {
	text = zh.Narrow(text)
	for _, m := range masks {
		text = m.pattern.ReplaceAllString(text, m.with)
	}
	return text
}
