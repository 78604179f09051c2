package handlers

// What the bot says to observers, and about visits.
var (
	pObserverHome     = phrase{"营商环境观察员", "Observer of the business environment"}
	pAppointedUntil   = phrase{"聘期至 %s。", "You are appointed until %s."}
	pAppointmentEnded = phrase{"您的观察员聘期已于 %s 结束，感谢您的付出。聘期内的反馈和走访仍可在这里查看；有新的情况，可以像其他企业一样发送 /complain 提交。", "Your appointment as an observer ended on %s. Thank you for your work. What you reported until then can still be read here; anything new can be filed with /complain, as anybody can."}
	pEndedNoStep      = phrase{"您的观察员聘期已结束，这件反馈只能查看。", "Your appointment as an observer has ended; this finding can only be read."}
	pEndedCase        = phrase{"（这是聘期结束时的情况）", "(as it stood when your appointment ended)"}
	pObserverLeft     = phrase{"提交人的观察员聘期已结束，收不到新消息，也不能再补充。", "The observer's appointment has ended: news no longer reaches him or her, and nothing can be added."}
	pNoFindings       = phrase{"您还没有反馈过情况。", "You have not reported a finding yet."}
	pFindings         = phrase{"我的反馈", "My findings"}
	pNoVisits         = phrase{"您还没有登记过走访。", "You have not filed a visit yet."}
	pVisits           = phrase{"我的走访", "My visits"}
	pVisitLine        = phrase{"%s · %s · 意见 %d 条", "%s · %s · opinions: %d"}

	// A visit being written.
	pDraft           = phrase{"您有一份没有提交的走访：%s。", "You have a visit that is not filed yet: %s."}
	pDraftEmpty      = phrase{"还没有写企业", "no company yet"}
	pDraftKept       = phrase{"走访草稿已存好，发送 /observe 可以继续填写或放弃。", "Your draft of the visit is kept. Send /observe to go on with it or to give it up."}
	pDraftGone       = phrase{"这份走访草稿已经提交或放弃了。发送 /observe 查看。", "This draft was filed or given up. Send /observe to see."}
	pSureDrop        = phrase{"确定放弃这份走访吗？已填的内容会删除。", "Give this visit up? What you wrote will be deleted."}
	pDropped         = phrase{"已放弃，草稿已删除。", "Given up; the draft is deleted."}
	pVisitCompany    = phrase{"走访了哪家企业？请输入名称，多家用顿号（、）分开。", "Which company did you visit? Type its name; separate several with semicolons."}
	pVisitDay        = phrase{"哪天走访的？可以点按钮，也可以输入，例如：11月20日、2026-11-20。", "On which day? Press a button or type it, such as 2026-11-20."}
	pVisitNear       = phrase{"这个位置在%s一带。走访的镇街要改的话，请在核对时点“修改”。", "This is near %s. To change the town of the visit, press Change when you check it."}
	pVisitMet        = phrase{"见到了谁？例如：总经理、财务负责人，写职务就可以。", "Who was met? Positions will do, such as: the manager, the head of finance."}
	pVisitOpinions   = phrase{"企业提了哪些意见？一条消息记一条，说完点“下一步”。某条意见的照片，随意见一起发或紧接着发，就归到这条意见。", "Which opinions did you collect? One message for each; press Next when you are done. Pictures of an opinion: send them with it or right after it."}
	pOpinionNoted    = phrase{"已记 %d 条意见（最多 %d 条）。可以继续写下一条，现在发照片会归到最后一条；说完点“下一步”。", "Opinions noted: %d (at most %d). Write the next one, or press Next when you are done. A picture that you send now goes with the last one."}
	pOpinionAnew     = phrase{"请重新写下第 %d 条意见，或直接发送要加上的照片：", "Write opinion %d anew, or send pictures to add to it:"}
	pVisitFiles      = phrase{"整次走访的照片或文件，请直接发送，最多 %d 个；它们留在走访记录里，不会附到意见的工单上。没有就点“下一步”。", "Send pictures or documents of the visit as a whole, at most %d. They stay with the visit and do not go to the cases made of opinions. Otherwise press Next."}
	pVisitFilesTaken = phrase{"已附上 %d 个走访照片和文件（最多 %d 个）。可以继续发送，完成请点“下一步”。", "Files of the visit: %d (at most %d). Send more, or press Next."}
	pVisitFile       = phrase{"文件已附到整次走访（共 %d 个）。", "Attached to the visit as a whole (%d in all)."}
	pOpinionFile     = phrase{"已附到意见 %d（%s），这条意见共 %d 个文件（最多 %d 个）。", "Attached to opinion %d (%s); it has %d files (at most %d)."}
	pOpinionFiles    = phrase{"（文件 %d 个）", " (files: %d)"}
	pVisitReview     = phrase{"请核对走访记录，没有问题就提交：", "Please check the visit, then file it:"}
	pVisitFix        = phrase{"要改哪一项？", "What would you like to change?"}
	pVisitFiled      = phrase{"走访已登记。", "The visit is filed."}
	pVisitEdited     = phrase{"这次走访已经登记，编辑消息不会改动它。写错的内容，请%s的工作人员在网页工作台更正；还有要说的，可以补充意见。", "This visit is filed, and an edited message does not change it. The staff of %s can put it right in the console; what is new can be added as an opinion."}
	pVisitTwice      = phrase{"您已经登记过这一天对同一企业的走访，不能重复登记。可以修改企业或日期；新的意见请补充到已登记的那一次。", "You have filed a visit to the same company on that day already. Change the company or the day, or add new opinions to the visit that is filed."}
	pOpinionAdded    = phrase{"已补充到走访记录。", "Added to the visit."}
	pWriteOpinion    = phrase{"请写下要补充的意见（一条）。发送 /cancel 取消。", "Write the opinion to add (one). /cancel gives it up."}
	pOpinionCase     = phrase{"意见 %d 已提交办理，编号 %s", "Opinion %d is now case %s"}
	pOpinionHandled  = phrase{"这条意见已经有结果了，不用再提交。", "This opinion is dealt with already."}
	pOpinionKind     = phrase{"意见 %d 按哪一类提交？", "As what shall opinion %d be filed?"}

	// What is wrong with what was written.
	pBadCompanies = phrase{"请写企业名称，1 到 %d 家，用顿号（、）分开。", "Please name 1 to %d companies, separated by semicolons."}
	pBadCompany   = phrase{"企业名称太长了，每个最多 %d 字。", "A name is too long: at most %d characters each."}
	pNoTown       = phrase{"没有认出“%s”是哪个镇、街道，请从下面选择。", "“%s” is no town that I know. Please choose one."}
	pBadDay       = phrase{"没看懂这个日期。请写成：今天、昨天、11月20日 或 2026-11-20。", "I cannot read this day. Please write it as: today, yesterday or 2026-11-20."}
	pFutureDay    = phrase{"走访日期不能晚于今天（%s）。较早的日期请写上年份，例如 2026-01-05。", "A visit cannot be later than today (%s). Write the year of an earlier day, such as 2026-01-05."}
	pBadMet       = phrase{"走访对象最多写 %d 字，请缩短。", "At most %d characters for who was met; please shorten it."}
	pBadOpinion   = phrase{"一条意见最多 %d 字，请缩短，或分成几条。", "An opinion has at most %d characters. Please shorten it or send several."}
	pManyOpinions = phrase{"一次走访最多记 %d 条意见，可以另外登记一次走访。", "A visit takes at most %d opinions."}
	pVisitFull    = phrase{"最多 %d 个文件，多出的没有收下。", "At most %d files; the rest were not taken."}

	// Figures.
	pFigures     = phrase{"我的数据", "My figures"}
	pFiguresSpan = phrase{"%s 至 %s", "%s to %s"}
	pgVisits     = phrase{"走访次数：", "Visits: "}
	pgCompanies  = phrase{"走访企业：", "Companies visited: "}
	pgOpinions   = phrase{"收集意见：", "Opinions collected: "}
	pgSolved     = phrase{"已解决：", "Solved: "}
	pgStudy      = phrase{"研究中：", "In study: "}
	pgExplained  = phrase{"已解释：", "Explained: "}
	pgOpen       = phrase{"未处理：", "Open: "}
	pbThisWeek   = phrase{"本周", "This week"}
	pbThisMonth  = phrase{"本月", "This month"}
	pbThisQuart  = phrase{"本季度", "This quarter"}
	pbThisYear   = phrase{"今年", "This year"}

	// Names of fields, and buttons.
	pfVisitDay      = phrase{"走访日期：", "Day: "}
	pfVisitFiles    = phrase{"走访照片和文件：", "Files of the visit: "}
	pfMet           = phrase{"走访对象：", "Met: "}
	pfOpinionN      = phrase{"意见 %d：", "Opinion %d: "}
	pfLookedAfter   = phrase{"联络站：", "Station: "}
	pNoOpinions     = phrase{"没有收集意见", "No opinions"}
	pbMyFindings    = phrase{"我的反馈", "My findings"}
	pbMyVisits      = phrase{"我的走访", "My visits"}
	pbEditOpinions  = phrase{"意见", "Opinions"}
	pbNewFinding    = phrase{"反馈情况", "New finding"}
	pbNewVisit      = phrase{"登记走访", "New visit"}
	pbGoOn          = phrase{"继续填写走访", "Go on with the visit"}
	pbGiveUp        = phrase{"放弃这份走访", "Give the visit up"}
	pbSureDrop      = phrase{"确定放弃", "Yes, give it up"}
	pbToday         = phrase{"今天", "Today"}
	pbYesterday     = phrase{"昨天", "Yesterday"}
	pbLater         = phrase{"先存草稿", "Keep it for later"}
	pbFile          = phrase{"提交", "File it"}
	pbFileAll       = phrase{"提交，并把意见都提交办理", "File it, and make cases of the opinions"}
	pbEditDay       = phrase{"日期", "Day"}
	pbEditMet       = phrase{"走访对象", "Met"}
	pbEditFiles     = phrase{"照片和文件", "Files"}
	pbThisVisit     = phrase{"查看这次走访", "See the visit"}
	pbMoreOpinion   = phrase{"补充意见", "Add an opinion"}
	pbOpinionEdit   = phrase{"改意见 %d", "Change %d"}
	pbOpinionDrop   = phrase{"删意见 %d", "Delete %d"}
	pbFilesDrop     = phrase{"删除全部文件", "Remove all files"}
	pbOpinionCase   = phrase{"意见 %d 提交办理", "Make a case of %d"}
	pbOpinionKinds  = phrase{"意见 %d 换类型", "%d as another kind"}
	pbAllVisits     = phrase{"全部走访", "All visits"}
	pbObserverHome  = phrase{"返回首页", "Back to the start"}
	pbEarlierVisits = phrase{"更早的走访", "Earlier visits"}
)
