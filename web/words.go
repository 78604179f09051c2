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
	"invalid_amounts":     {"两件融资需求的金额不同，要分别登记结果、分别统计，不能合并。如果有关，请用“关联”。", "The two financing requests are for different amounts; each has its own result and counts by itself, so they cannot be merged. If they have to do with each other, use Link."},
	"invalid_kinds":       {"融资需求只能并入同一申请人或同一企业的另一件融资需求。如果两件事有关，请用“关联”。", "A financing request can only be merged with another one of the same requester or company. If the two cases have to do with each other, use Link."},
	"invalid_until":       {"请选择一个晚于现在期限的日期。", "Please choose a day after the present deadline."},
	"invalid_late":        {"期限已经过了，不能再延期。", "The deadline has passed; it can no longer be put off."},
	"invalid_person":      {"请选择一位在岗的同事。", "Please choose a colleague who is there."},
	"invalid_duty_day":    {"请选择今天或以后的日期。", "Please choose today or a later day."},
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

	"invalid_day":             {"日期请写成 2026-11-20。", "Write the day as 2026-11-20."},
	"invalid_span":            {"结束日期不能早于开始日期。", "The last day is before the first one."},
	"invalid_end":             {"聘期的最后一天不能早于今天；要马上结束，请点“立即结束”。", "The last day of the appointment has passed. To end it at once, press End now."},
	"invalid_visit_companies": {"请填写企业名称，1 到 20 家，用顿号（、）分开。", "Please name 1 to 20 companies, separated by semicolons."},
	"invalid_visit_company":   {"企业名称太长，每个最多 100 字。", "A name is too long: at most 100 characters each."},
	"invalid_visit_day":       {"请填写走访日期，例如 2026-11-20。", "Please give the day of the visit, such as 2026-11-20."},
	"invalid_visit_future":    {"走访日期不能晚于今天。", "A visit cannot be later than today."},
	"invalid_visit_town":      {"没有这个镇、街道，请从列表中选择。", "There is no such town. Please choose one of the list."},
	"invalid_visit_visitor":   {"走访人最多 60 字。", "At most 60 characters for who visited."},
	"invalid_visit_met":       {"走访对象最多 200 字。", "At most 200 characters for who was met."},
	"invalid_visit_opinion":   {"每条意见要有内容，最多 2000 字。", "An opinion needs words, at most 2000 characters."},
	"invalid_visit_opinions":  {"一次走访最多 20 条意见。", "A visit takes at most 20 opinions."},
	"invalid_visit_outcome":   {"请选择办理情况。", "Please choose an outcome."},
	"invalid_sheet":           {"读不出这个文件。请用 Excel 或 WPS 另存为 .xlsx（不加密）或 CSV 后再导入。", "This file cannot be read. Save it as .xlsx without a password, or as CSV, and import that."},
	"invalid_sheet_size":      {"表格太大：最多 5 MB、5000 行。请分成几个文件导入。", "The sheet is too large: at most 5 MB and 5000 rows. Please split it."},
	"conflict_visit":          {"这次走访已经登记过了（同一天、同一企业、同一走访人）。", "This visit is filed already: the same day, company and visitor."},
	"illegal_visit":           {"这条意见已提交办理，办理情况以工单为准。", "This opinion is a case; what became of it is said there."},
	"illegal_visit_case":      {"已有意见提交办理，不能移除这次走访。", "Cases were made of its opinions, so the visit cannot be removed."},

	"visit_unnamed":     {"未填写", "Not given"},
	"by_":               {"合计", "In all"},
	"by_week":           {"周", "Week"},
	"by_month":          {"月", "Month"},
	"by_quarter":        {"季度", "Quarter"},
	"by_year":           {"年", "Year"},
	"by_station":        {"联络站", "Station"},
	"by_town":           {"镇街", "Town"},
	"by_observer":       {"走访人", "Visitor"},
	"figures_title":     {"走访统计", "Visits"},
	"figures_total":     {"合计", "Total"},
	"figures_visits":    {"走访次数", "Visits"},
	"figures_companies": {"走访企业数", "Companies visited"},
	"figures_opinions":  {"收集意见", "Opinions collected"},
	"figures_solved":    {"已解决", "Solved"},
	"figures_study":     {"研究中", "In study"},
	"figures_explained": {"已解释", "Explained"},
	"figures_open":      {"未处理", "Open"},

	"template_name":    {"走访登记表", "Visits"},
	"template_help":    {"填写说明", "How to fill it in"},
	"template_column":  {"列", "Column"},
	"template_fill":    {"怎么填", "What to write"},
	"template_day":     {"必填，例如 2026-11-20 或 11月20日；不能晚于今天。", "Required, such as 2026-11-20; not later than today."},
	"template_company": {"必填；一次走访多家，用顿号（、）分开。", "Required; separate several with semicolons."},
	"template_station": {"您只在一个联络站时可以不填。", "May be left out when you work at one station only."},
	"template_town":    {"可不填；写镇、街道名称。", "Optional; name of the town."},
	"template_visitor": {"可不填；写观察员的称呼，本人也能在聊天里看到这次走访。", "Optional; with the name of an observer, he or she sees the visit in the chat too."},
	"template_met":     {"可不填；例如：总经理。", "Optional, such as: the manager."},
	"template_opinion": {"可不填；一行一条意见。同一次走访有几条意见就写几行，日期和企业照写或合并单元格。", "Optional; one opinion a row. For further ones of the same visit repeat day and company, or merge the cells."},
	"template_outcome": {"可不填；已解决、研究中、已解释、未处理。", "Optional: Solved, In study, Explained or Open."},

	"fault_no_header":      {"找不到表头。前 10 行里要有一行写着“%s”和“%s”，可以下载模板对照。", "There is no heading. One of the first 10 rows must name “%s” and “%s”; see the template."},
	"fault_no_rows":        {"表头下面没有内容。", "There is nothing below the heading."},
	"fault_too_many_rows":  {"超过 %s 行，请分成几个文件导入。", "More than %s rows. Please split the file."},
	"fault_twice_header":   {"这一列出现了两次，请只留一列。", "This column is there twice. Please keep one."},
	"fault_no_day":         {"没有写日期，请补上。", "The day is missing."},
	"fault_bad_day":        {"看不懂日期“%s”，请写成 2026-11-20。", "The day “%s” cannot be read. Write it as 2026-11-20."},
	"fault_future_day":     {"日期“%s”晚于今天，请改正。", "The day “%s” is later than today."},
	"fault_no_company":     {"没有写企业，请补上。", "The company is missing."},
	"fault_bad_company":    {"企业名称太长（每个最多 100 字）或超过 20 家：“%s”。", "A name has more than 100 characters, or there are more than 20 companies: “%s”."},
	"fault_no_station":     {"没有写联络站，您有几个联络站，请写明是哪一个。", "The station is missing. You have several, so please name it."},
	"fault_bad_station":    {"没有“%s”这个联络站，或者不止一个，请照模板里的名称填写。", "“%s” is no station, or more than one. Write it as in the template."},
	"fault_others_station": {"“%s”不是您的联络站，请改为您的联络站，或交给对方导入。", "“%s” is not your station. Name yours, or let them import it."},
	"fault_bad_town":       {"没有认出“%s”是哪个镇、街道，请照模板里的名称填写，或留空。", "“%s” is no town that is known. Write it as in the template, or leave it out."},
	"fault_long_visitor":   {"走访人最多 60 字：“%s”。", "At most 60 characters: “%s”."},
	"fault_long_met":       {"走访对象最多 200 字：“%s”。", "At most 200 characters: “%s”."},
	"fault_long_opinion":   {"一条意见最多 2000 字，请缩短或分成几行：“%s”。", "At most 2000 characters an opinion. Shorten it or use several rows: “%s”."},
	"fault_many_opinions":  {"同一次走访超过 %s 条意见，请合并。", "More than %s opinions of one visit. Please join some."},
	"fault_bad_outcome":    {"看不懂“%s”，请写：已解决、研究中、已解释或未处理。", "“%s” is no outcome. Write Solved, In study, Explained or Open."},
	"fault_outcome_alone":  {"写了办理情况“%s”，但没有意见，请补上意见或删去。", "There is an outcome “%s” without an opinion. Add the opinion or delete it."},
	"fault_nothing_above":  {"这一行没有日期和企业，上面也没有走访，请补上。", "This row has neither day nor company, and no visit stands above it."},
	"fault_contradicts":    {"与第 %s 行是同一次走访，但内容不同，请改成一致。", "It is the visit of row %s but says otherwise. Make them agree."},

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
