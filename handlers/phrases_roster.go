package handlers

// What the bot says about who is there.
var (
	pAsIs         = phrase{"%s", "%s"}
	pCannotTake   = phrase{"%s现在没有人可以接办：%s。", "%s has nobody to take it now: %s."}
	pOthers       = phrase{"可以转给：%s。", " It could go to: %s."}
	pOthersNone   = phrase{"目前没有别的联络站可以接，请报督办人员。", " No other station can take it now; please tell a supervisor."}
	pWhyAway      = phrase{"工作人员都已离岗", "its people are away"}
	pWhyLost      = phrase{"工作群或工作人员都联系不上", "its group or its people cannot be reached"}
	pWhyEmpty     = phrase{"没有工作人员，也没有工作群", "it has no people and no group"}
	pNobodyNow    = phrase{"⚠ 现在没有人可以接办（%s），新的诉求会改派别处。", "⚠ Nobody can take a case now (%s); new ones go elsewhere."}
	pStationEmpty = phrase{"%s现在没有人可以接办（%s），新的诉求会改派别处，已有的请安排。", "%s has nobody to take cases now (%s). New ones go elsewhere; please see to those that are there."}

	pAwayUntil       = phrase{"从现在起离岗，哪天回来？请选择，或写下日期，例如：12月1日。", "You are away from now on. When are you back? Choose, or write the day, such as 2026-12-01."}
	pNoReturn        = phrase{"请写下今天以后的日期，例如：12月1日。", "Please write a day after today, such as 2026-12-01."}
	pWhoStandsIn     = phrase{"谁代您办理？没有人代办的，工单留给本站同事接手。", "Who stands in for you? Without anybody, your cases are left to your colleagues."}
	pAwayOpen        = phrase{"您已离岗。", "You are away."}
	pAwayTill        = phrase{"您已离岗，%s 回来。", "You are away and back on %s."}
	pAwayNow         = phrase{"离岗期间不会给您发通知。回来请发送 /back，到日期会自动结束。", "You get no notices meanwhile. Send /back when you are back; on the day it ends by itself."}
	pHandedDeputy    = phrase{"%d 件工单已交给%s。", "%d cases were handed to %s."}
	pHandedPool      = phrase{"%d 件工单已留给本站同事接手。", "%d cases were left to your colleagues."}
	pNotAway         = phrase{"您没有登记离岗。", "You are not away."}
	pWelcomeBack     = phrase{"欢迎回来，通知已恢复。已交接的工单仍由同事办理。", "Welcome back: you get notices again. What was handed over stays with your colleagues."}
	pYouAreAway      = phrase{"您登记了离岗，不能接办。请先发送 /back。", "You are away and cannot take a case. Send /back first."}
	pNoColleague     = phrase{"请选择一位在岗的本站同事（不能是现在的经办人，也不能是诉求人本人）。", "Please choose a colleague of this station who is there, other than who has the case now and who filed it."}
	pTheyAreAway     = phrase{"离岗", "away"}
	pTheyAreAwayTill = phrase{"离岗，%s 回来", "away, back on %s"}
	pStandIn         = phrase{"，由%s代办", ", %s stands in"}

	pNobodyYet       = phrase{"无，等待接手", "nobody, to be taken"}
	pHandToWhom      = phrase{"交给谁办理？", "Who is to work it?"}
	pWriteHand       = phrase{"%[2]s，请回复本条消息，写下 %[1]s 交接的原因和要点（企业看不到）。", "%[2]s, answer this message with why %[1]s is handed over and what matters; the requester does not see it."}
	pHandedToYou     = phrase{"%s 已交给您办理：%s\n原因：%s", "%s is yours now: %s\nBecause: %s"}
	pStationLoose    = phrase{"%[1]s 现在没有人经办，请接手（回复或办结即由您经办）。原因：%[3]s", "Nobody works %[1]s now. Who answers it next has it. Because: %[3]s"}
	pReasonAway      = phrase{"离岗", "away"}
	pReasonAwayUntil = phrase{"离岗，%s 回来", "away, back on %s"}
	pReasonGone      = phrase{"不再是本站工作人员", "no longer an agent of the station"}

	pDutyTitle = phrase{"值班表（7 天）", "On duty (7 days)"}
	pDutyNone  = phrase{"没有排班，新诉求通知所有在岗人员。", "No roster: all who are there are told of new cases."}
	pDutyEmpty = phrase{"没有工作人员也没有工作群的联络站（诉求改派别处）：%s", "Stations without people and group (their cases go elsewhere): %s"}
	pDutyWhere = phrase{"排班在网页工作台的“值班”页。", "The roster is made in the console, on the page Roster."}

	pbAway     = phrase{"我要离岗", "I will be away"}
	pbIAmBack  = phrase{"我回来了", "I am back"}
	pbTomorrow = phrase{"明天", "Tomorrow"}
	pbMonday   = phrase{"下周一", "Next Monday"}
	pbUnknown  = phrase{"还说不定", "Not known yet"}
	pbNoDeputy = phrase{"没有人代办", "Nobody"}
	pbMyself   = phrase{"我来办", "Me"}
	pbPool     = phrase{"留给同事接手", "Leave it to colleagues"}
)

// weekdays are the days of the week from Monday.
var weekdays = [...]phrase{
	{"周一", "Mon"}, {"周二", "Tue"}, {"周三", "Wed"}, {"周四", "Thu"}, {"周五", "Fri"}, {"周六", "Sat"}, {"周日", "Sun"},
}

// What the bot says about help that has ended, merges that are undone and cases that
// nobody accepts.
var (
	pWhoLeaves       = phrase{"结束哪个联络站的协办？", "Which station's help is no longer needed?"}
	pHelpEnded       = phrase{"%s 的协办已结束，谢谢。", "Your help with %s is no longer needed. Thank you."}
	pWriteUnmerge    = phrase{"%[2]s，请回复本条消息，写下 %[1]s 撤销并案的理由（企业看不到）。", "%[2]s, answer this message with why %[1]s goes on by itself again; the requester does not see it."}
	pRUnmerged       = phrase{"%s 不再合并办理，改由%s单独办理，应于 %s 前答复您。", "%s is no longer worked on together with another case. %s works on it and must answer you by %s."}
	pRReset          = phrase{"因工作日安排调整，%s 的答复期限改为 %s。", "Working days have changed: %s must be answered by %s."}
	pRMoved          = phrase{"应于 %s 前答复。", " It must be answered by %s."}
	pSuperviseNobody = phrase{"一直无人签收，答复期限（%s）也已超过，请督办：", "Never accepted, and its answer was due by %s, for supervision:"}
)
