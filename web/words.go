package web

import (
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

// words are what the server itself says, Chinese and English. The pages carry
// their own words; what the bot says comes from the conversations.
var words = map[string][2]string{
	"internal":     {"系统出了点问题，请稍后再试。", "Something went wrong on our side. Please try again later."},
	"not_found":    {"没有找到，或您无权查看。", "Not found, or not for you to see."},
	"forbidden":    {"您没有权限做这件事。", "You are not allowed to do this."},
	"conflict":     {"工单刚刚有了新变化，请看过最新情况再操作。", "The case has just changed. Please look at it again first."},
	"illegal":      {"工单的当前状态不能这样操作。", "This is not possible in the case's present state."},
	"invalid":      {"填写的内容有误，请检查后再试。", "Something is missing or wrong. Please check and try again."},
	"possible_now": {"现在可以：%s。", " What is possible: %s."},
	"comma":        {"、", ", "},
	"state_now":    {"当前状态：%s。", " It is now: %s."},

	"invalid_text":        {"请填写内容。", "Please write something."},
	"invalid_question":    {"请填写一个问题。", "Please write a question."},
	"invalid_words":       {"请填写两个意思相同的词，每个 2 到 24 字。", "Please give two words that mean the same, of 2 to 24 characters."},
	"invalid_why":         {"请写明理由，最多 500 字。", "Please say why, in at most 500 characters."},
	"invalid_kind":        {"请选择类型。", "Please choose what to do."},
	"invalid_unit":        {"政策库里没有这个条目。", "There is no such clause in the library."},
	"invalid_into":        {"请选择另一组。", "Please choose another group."},
	"invalid_wording":     {"这一组只有这一种问法。", "This is the only wording of the group."},
	"invalid_long":        {"内容太长，最多 8000 字。", "Too long: at most 8000 characters."},
	"invalid_case":        {"没有找到这件未办结的工单，或您无权查看。", "There is no such open case, or it is not yours to see."},
	"invalid_until":       {"请选择一个晚于现在期限的日期。", "Please choose a day after the present deadline."},
	"invalid_late":        {"期限已经过了，不能再延期。", "The deadline has passed; it can no longer be put off."},
	"invalid_person":      {"请选择一位在岗的同事。", "Please choose a colleague who is there."},
	"invalid_day":         {"请选择今天或以后的日期。", "Please choose today or a later day."},
	"invalid_back":        {"请选择今天以后的日期，最多两年。", "Please choose a day after today, within two years."},
	"invalid_away":        {"您登记了离岗，不能接办。请先在“值班”页结束离岗。", "You are away and cannot take a case. End that on the page Roster first."},
	"nobody":              {"等待接手", "nobody, to be taken"},
	"invalid_station":     {"请选择另一个联络站。", "Please choose another station."},
	"invalid_files":       {"一次最多 10 个文件。", "At most 10 files at a time."},
	"invalid_size":        {"文件太大，每个最多 20 MB。", "Too large: at most 20 MB a file."},
	"invalid_type":        {"不支持这种文件。请发送图片、PDF 或办公文档。", "This type of file is not taken. Please send pictures, PDF or office documents."},
	"invalid_button":      {"这个按钮已失效，请使用最新的一条消息。", "This button no longer works. Please use the latest message."},
	"invalid_label":       {"请填写称呼。", "Please give a name."},
	"invalid_role":        {"请选择角色。", "Please choose a role."},
	"invalid_value":       {"填写的值不对：日期写成 2024-06-21，多个值用逗号分开。", "This value is not possible. Write dates as 2024-06-21 and separate several values by commas."},
	"invalid_uploads":     {"一次最多 200 个文件、256 MB。", "At most 200 files and 256 MB at a time."},
	"invalid_placeholder": {"有不认识或没填好的占位符，如 {手机}、〔电话〕。请改好再保存或发送。", "There is a placeholder that is unknown or was not filled in, such as {phone} or 〔电话〕. Please correct it first."},
	"invalid_title":       {"请填写名称，最多 30 字。", "Please give a name of at most 30 characters."},
	"invalid_quick_long":  {"内容太长，最多 2000 字。", "Too long: at most 2000 characters."},
	"invalid_result":      {"请先登记融资结果。", "Please record the result first."},
	"invalid_lender":      {"请选择由哪家办理放款。", "Please choose who lends."},
	"invalid_amount":      {"没看懂金额。请写一个数，带上单位，例如：50万、8000元（1000元 到 100亿元）。", "This amount cannot be read. Write one number with its unit, such as 500,000 yuan (CNY 1,000 to 10 billion)."},
	"invalid_rate":        {"没看懂年利率。请写成百分数，例如：3.85%（不超过 36%）。", "This rate cannot be read. Write it in percent, such as 3.85% (at most 36%)."},
	"invalid_months":      {"没看懂期限。请写一个期限，例如：半年、12个月、3年（最长 30 年）。", "This term cannot be read. Write one, such as 12 months or 3 years (at most 30 years)."},
	"invalid_period":      {"请检查起止日期。", "Please check the first and the last day."},
	"invalid_by":          {"请选择按什么汇总。", "Please choose what to add up by."},

	"illegal_library":   {"文件的当前状态不能这样操作。", "This is not possible in the document's present state."},
	"conflict_gap":      {"其他同事刚刚答复过这个问题，请先看过已有的答复。", "A colleague has just answered this question. Please look at that answer first."},
	"conflict_override": {"这条规则已经撤销过了。", "This decision was undone already."},
	"conflict_undone":   {"这次导入已经撤销过了。", "This import was taken back already."},
	"conflict_built_on": {"之后的导入替换了它的内容，请先撤销之后的导入。", "Later imports replaced what it brought. Take those back first."},
	"not_found_file":    {"附件已超过保存期限，已经删除。", "This file was kept as long as files are kept, and is gone."},
	"not_found_library": {"政策库中没有这份文件。", "There is no such document in the library."},
	"forbidden_staff":   {"这个码不属于工作人员。", "This code does not belong to a staff member."},
	"invalid_code":      {"登录码不对，或已过期、已用过。请在聊天中发送 /staff 获取新的登录码。", "This code is wrong, expired or used. Send /staff in the chat to get a new one."},

	"no_visitor": {"请刷新页面，并允许本站使用 Cookie。", "Please reload the page and allow cookies for this site."},
	"no_session": {"请先登录。", "Please log in first."},
	"too_many":   {"操作太频繁，请 %d 秒后再试。", "Too often. Please try again in %d seconds."},

	"not_said":      {"未提供", "Not given"},
	"no_product":    {"没有对应的政策条目", "No fitting clause"},
	"sheet_month":   {"月份", "Month"},
	"sheet_town":    {"镇街", "Town"},
	"sheet_station": {"承办", "Station"},
	"sheet_product": {"参考政策", "Fitting clause"},
	"sheet_columns": {"件数,已获批,未获批,没有结果,办理中,申请金额（元）,未获批的申请金额（元）,获批金额（元）,平均年利率（按金额）,平均用时（天）", "Requests,Granted,Refused,No result,Going on,Asked (CNY),Asked and refused (CNY),Granted (CNY),Average rate by amount,Average days to result"},

	// The domain's word speaks to the requester.
	"state_waiting": {"待补充", "Waiting for the requester"},

	"page_403":  {"这里不能访问", "You cannot go there"},
	"page_404":  {"没有找到这个页面", "There is no such page"},
	"page_500":  {"系统出了点问题，请稍后再试", "Something went wrong. Please try again later"},
	"page_home": {"返回首页", "Back to the start"},
}

// word returns the words for the key, "" when there are none.
func word(lang, key string) string {
	if lang == "en" {
		return words[key][1]
	}
	return words[key][0]
}

var matcher = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// langOf returns "zh" or "en": what the page is set to, which it sends as its
// Accept-Language, else what the browser prefers of the two.
func langOf(r *http.Request) string {
	tags := accepted(r)
	if len(tags) == 0 {
		return "zh"
	}
	if _, i, confidence := matcher.Match(tags...); confidence > language.No && i == 1 {
		return "en"
	}
	return "zh"
}

// preferred returns the language that the request likes most, in the form of
// handlers.Message.Lang; "" for none.
func preferred(r *http.Request) string {
	tags := accepted(r)
	if len(tags) == 0 || tags[0] == language.Und {
		return ""
	}
	return strings.ToLower(tags[0].String())
}

func accepted(r *http.Request) []language.Tag {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return nil // nonsense is as good as nothing
	}
	return tags
}
