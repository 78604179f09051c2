package handlers

// What the bot says about what it holds about a person.
var (
	pDataHere = phrase{
		"这是本助手保存的关于您的全部内容（JSON 文本，可用记事本或浏览器打开），文件里有各项说明。附件只列出名称、大小和校验值。文件在服务器上最多保留约一周。需要清除请发送 /forget 。",
		"This is all that this bot holds about you, as JSON text that any editor or browser opens, with each field explained. Attachments are listed by name, size and hash. The file stays on the server for about a week at most. To have it all erased, send /forget .",
	}
	pDataOnlyHere = phrase{
		"本助手只认得您现在用的这个账号：如果您还在别的渠道（Telegram、网页）用过，请在那里再发一次。",
		"The bot knows you by the account that you are writing from: if you have also used another channel (Telegram, the web page), please send the command there too.",
	}
	pDataLater = phrase{"您刚刚下载过。每小时可以下载一次，请在 %s 之后再试。", "You have just got it. It can be had once an hour; please try again after %s."}
	pDataNone  = phrase{"现在生成不了文件，请稍后再发送 /mydata 。", "The file cannot be made now; please send /mydata again later."}

	pForgetTitle = phrase{"清除我的信息", "Erase what is kept about me"}
	pForgetGoes  = phrase{
		"会删除：企业名称、联系方式、您写的全部文字和附件、与本助手的对话、提过的问题和评价、等候答复的登记、没写完的草稿，以及您的账号编号。诉求里联络站写给您的话和内部批注可能提到您，也一并删除。",
		"Erased: company and contact, all that you wrote and sent, this conversation, questions and feedback, the notes of answers you wait for, unfinished drafts, and the number of your account. What stations wrote in your cases may speak of you, so it goes too.",
	}
	pForgetStays = phrase{
		"会保留（已不能认出您）：每件诉求的编号、类型、日期、镇街、联络站、办理步骤、评分和融资金额。这是办件的法定记录，且有防篡改校验；其中的文字换成“已按当事人要求清除”，并记下何时按要求清除。",
		"Kept, without anything that leads to you: each case's number, kind, dates, town, station, steps, rating and financing figures. They are the legal record of the case, protected against tampering; its words are replaced by a note that they were erased on request, and when.",
	}
	pForgetCannot = phrase{
		"做不到的：已发到工作人员聊天软件里的旧消息收不回（工单卡片会更新）；备份里的内容要等备份到期；您提过、已由工作人员写成公开问答的内容属于政策库。",
		"Not possible: to take back old messages in the chat apps of staff (the card of a case is brought up to date); to take it out of backups before they expire; what staff have made a public question and answer of belongs to the library.",
	}
	pForgetStaff = phrase{
		"您现在是工作人员或观察员：身份、称呼和账号保留，您办理的工单、观察员反馈和走访记录属于联络站，不会清除。",
		"You are a member of staff or an observer: role, name and account stay, and so do the cases that you worked on, findings and visits, which are the station's.",
	}
	pForgetFindings = phrase{
		"您作为观察员提交的反馈和走访记录属于联络站，会保留；您的称呼和联系方式会清除。",
		"Findings and visits that you reported as an observer are the station's and stay; your name and contact are erased from them.",
	}
	pForgetOpen = phrase{
		"还有 %d 件诉求没有办完，要先撤回或等办结，才能清除：%s",
		"%d of your cases are still open. They have to be withdrawn or closed first: %s",
	}
	pForgetSure = phrase{
		"清除后无法恢复，办结的诉求不能再评价或重办。确定要清除，请点“继续”。",
		"This cannot be undone, and answered cases can no longer be rated or reopened. If you are sure, press Continue.",
	}
	pForgetType      = phrase{"最后确认：请输入“清除”二字。输入别的内容则什么也不清除。", "To confirm, type the word ERASE. Anything else leaves all as it is."}
	pForgetNot       = phrase{"没有清除任何内容。", "Nothing was erased."}
	pForgetGone      = phrase{"已清除。本助手不再保存关于您的内容；这条消息也不留底。以后再来，就像第一次来一样，发送 /start 即可。", "It is erased. The bot keeps nothing about you any more, not even a copy of this message. If you come back it is as on the first day: just send /start ."}
	pForgetStaffGone = phrase{"已清除您作为企业方的内容。您的工作身份保留，发送 /staff 或 /observe 继续工作。", "What was kept about you as a requester is erased. Your role stays: send /staff or /observe to go on working."}
	pForgetWithdrew  = phrase{"已撤回 %d 件。", "%d withdrawn."}

	pbForgetGo       = phrase{"继续", "Continue"}
	pbForgetWithdraw = phrase{"全部撤回", "Withdraw all of them"}
	pbForgetNo       = phrase{"不清除", "Keep it"}
	pbMyData         = phrase{"先下载我的信息", "Get what is kept first"}
)
