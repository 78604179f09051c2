package ticket

import "strings"

// name is what people read for a word of the domain.
type name struct{ zh, en string }

func (n name) in(lang, fallback string) string {
	switch {
	case n == (name{}):
		return fallback
	case strings.HasPrefix(lang, "en"):
		return n.en
	default:
		return n.zh
	}
}

var kindNames = map[Kind]name{
	Inquiry:    {"咨询", "Inquiry"},
	Complaint:  {"投诉", "Complaint"},
	Suggestion: {"建议", "Suggestion"},
	Request:    {"求助", "Request"},
	Financing:  {"融资需求", "Financing request"},
	Finding:    {"观察员反馈", "Observer's finding"},
}

var stateNames = map[State]name{
	Received:    {"已受理", "Received"},
	Assigned:    {"已派单", "Assigned"},
	Accepted:    {"已签收", "Accepted"},
	InProgress:  {"办理中", "In progress"},
	Waiting:     {"待补充", "Waiting for you"},
	Answered:    {"已答复", "Answered"},
	Closed:      {"已办结", "Closed"},
	Returned:    {"退回", "Returned"},
	Transferred: {"转办", "Transferred"},
	Rejected:    {"不予受理", "Rejected"},
	Reopened:    {"重办", "Reopened"},
}

var actionNames = map[Action]name{
	Submit:    {"提交", "Submit"},
	Assign:    {"派单", "Assign"},
	Accept:    {"签收", "Accept"},
	Reply:     {"回复", "Reply"},
	Ask:       {"要求补充", "Ask for more"},
	Supply:    {"补充", "Add what was asked"},
	Note:      {"补充说明", "Add a note"},
	Involve:   {"请求协办", "Ask for help"},
	Report:    {"协办反馈", "Report"},
	Release:   {"结束协办", "End the help"},
	Hand:      {"交接", "Hand over"},
	Transfer:  {"转办", "Transfer"},
	Return:    {"退回", "Return"},
	Reject:    {"不予受理", "Reject"},
	Record:    {"登记结果", "Record the result"},
	Resolve:   {"办结答复", "Resolve"},
	Correct:   {"更正答复", "Correct the answer"},
	Solved:    {"已解决", "Solved"},
	Unsolved:  {"没解决", "Not solved"},
	Score:     {"评价", "Rate"},
	Withdraw:  {"撤回", "Withdraw"},
	Merge:     {"并案", "Merge"},
	Absorb:    {"并入", "Merged in"},
	Unmerge:   {"撤销并案", "Undo the merge"},
	Part:      {"移出", "Parted"},
	Link:      {"关联", "Link"},
	Comment:   {"批注", "Comment"},
	Urge:      {"催办", "Urge"},
	TakeOver:  {"接管", "Take over"},
	Extend:    {"申请延期", "Ask for more time"},
	Grant:     {"同意延期", "Grant more time"},
	Decline:   {"不同意延期", "Decline more time"},
	Remind:    {"到期提醒", "Reminder"},
	Escalate:  {"超期上报", "Overdue, reported"},
	Supervise: {"督办", "Supervision"},
	Nudge:     {"提醒补充", "Reminder to the requester"},
	Propose:   {"询问是否办结", "Asked whether to close"},
	Reset:     {"期限重算", "Deadlines reckoned anew"},
	Expire:    {"自动办结", "Closed unrated"},
	Erase:     {"清除个人内容", "Erase words"},
}

var concernNames = map[Concern]name{
	Late:    {"已超期", "Overdue"},
	Soon:    {"即将到期", "Due within a day"},
	Asking:  {"申请延期待批", "Extension asked for"},
	Moving:  {"多次转办", "Moved repeatedly"},
	Again:   {"重办", "Reopened"},
	Silent:  {"久候未补", "Long without an answer from the requester"},
	Unhappy: {"不满意", "Dissatisfied"},
}

var guaranteeNames = map[Guarantee]name{
	Mortgage:  {"抵押", "Mortgage"},
	Pledge:    {"质押", "Pledge"},
	Surety:    {"保证", "Surety"},
	Guarantor: {"担保公司", "Guarantee company"},
	Credit:    {"信用（无抵押担保）", "Credit, unsecured"},
}

var qualificationNames = map[Qualification]name{
	Patents:   {"知识产权", "Patents, trade marks"},
	Orders:    {"订单、应收账款", "Orders, receivables"},
	ECommerce: {"电商流水", "E-commerce turnover"},
	StartUp:   {"创业", "Start-up"},
	HighTech:  {"科技型、专精特新", "High-tech, specialised"},
}

var resultNames = map[Result]name{
	Granted:  {"已获批", "Granted"},
	Refused:  {"未获批", "Refused"},
	NoResult: {"没有结果", "No result"},
}

var roleNames = map[Role]name{
	RoleRequester:  {"企业", "Requester"},
	RoleObserver:   {"营商环境观察员", "Observer"},
	RoleHelper:     {"协办站", "Helping station"},
	RoleAgent:      {"工作人员", "Agent"},
	RoleSupervisor: {"督办", "Supervisor"},
	RoleSystem:     {"系统", "System"},
}

// Label returns the word shown to people: English for "en" and its variants,
// Chinese for any other language; an unknown kind is shown as it is.
func (k Kind) Label(lang string) string { return kindNames[k].in(lang, string(k)) }

// Label is as Kind.Label.
func (s State) Label(lang string) string { return stateNames[s].in(lang, string(s)) }

// Label is as Kind.Label.
func (a Action) Label(lang string) string { return actionNames[a].in(lang, string(a)) }

// Label is as Kind.Label.
func (r Role) Label(lang string) string { return roleNames[r].in(lang, string(r)) }

// Label is as Kind.Label.
func (k Concern) Label(lang string) string { return concernNames[k].in(lang, string(k)) }

// Label is as Kind.Label.
func (g Guarantee) Label(lang string) string { return guaranteeNames[g].in(lang, string(g)) }

// Label is as Kind.Label.
func (q Qualification) Label(lang string) string { return qualificationNames[q].in(lang, string(q)) }

// Label is as Kind.Label.
func (r Result) Label(lang string) string { return resultNames[r].in(lang, string(r)) }
