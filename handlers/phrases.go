package handlers

// What the bot says, Chinese first. Nothing here names a policy, an amount or a
// contact: those come from the library and the configuration only.
var (
	pWelcome = phrase{
		"欢迎使用%s政企联络助手。\n\n直接输入问题，我会从政策库里找到依据并注明出处；找不到依据的，我会如实告诉您，不会编造。需要人工办理的，我帮您转给对应的联络站，并把办理结果带回来。",
		"Welcome to the government-business liaison of %s.\n\nJust type your question: I answer from the policy library and name the source, and I say so when the library has no answer. The library is in Chinese. What needs a person goes to the right liaison station, and I bring the result back to you.",
	}
	pHelp = phrase{
		"直接输入问题即可查询政策。也可以使用下面的命令：",
		"Just type a question to search the policies. Or use a command:",
	}
	pGroupHelp = phrase{
		"在本群：点工单下方的按钮办理；直接“回复”工单消息，文字和文件会转给企业。企业看不到是谁回复的，您也看不到企业的账号。",
		"In this group: use the buttons under a case. Answering the message of a case sends your text and files to the requester, who does not see who answered; you do not see the requester's account.",
	}
	pLanguage        = phrase{"请选择语言：", "Choose your language:"}
	pLanguageSet     = phrase{"好的，之后用中文交流。", "All right, English from now on."}
	pNothingToCancel = phrase{"现在没有正在进行的操作。", "There is nothing to cancel."}
	pCancelled       = phrase{"已取消。", "Cancelled."}
	pUnknownCommand  = phrase{"没有 /%s 这个命令。发送 /help 查看可用的命令。", "There is no command /%s. Send /help to see what there is."}
	pPrivately       = phrase{"这里是工作群。请私聊我使用这个命令。", "This is a working group. Please use this command in a private chat with me."}
	pOldButton       = phrase{"这个按钮已经失效了，请重新操作。", "This button is no longer valid. Please start again."}
	pUnknownMessage  = phrase{"没有找到您回复的那条消息：可能时间太久，也可能当时发了两次，请以后发的那条为准。请回复该工单最新的一条消息；找不到的话，请私聊我发送 /staff 打开工单。", "The message that you answered is not known: it may be too old, or it was sent twice and the later one counts. Please answer the latest message about that case; if you cannot find it, send /staff in a private chat to open the case."}
	pOnlyText        = phrase{"这条内容我读不了。我能处理文字、图片、语音、视频和文档，请用文字告诉我您的问题。", "I cannot read this. I can take text, pictures, sound, films and documents; please tell me in words."}
	pEdited          = phrase{"已收到的内容不会随编辑而改变。需要更正的话，请重新发送。", "What I have taken in does not change with the edit. Please send the correction as a new message."}
	pEditKept        = phrase{"您的修改没有生效，原来的内容不变。", "Your edit was not taken; what was there stands."}
	pEditNoTown      = phrase{"没有认出“%s”是哪个镇、街道，原来的内容不变。", "“%s” is no single town that I know; what was there stands."}
	pFormEdited      = phrase{"已按您的修改更新。", "Updated as you edited it."}
	pCorrection      = phrase{"更正：原文“%s”，现改为“%s”", "Correction: it said “%s” and is now “%s”"}
	pCorrected       = phrase{"您修改了发过的内容，已作为更正补充到 %s，联络站会看到。", "Your edit was added to %s as a correction; the station will see it."}
	pFailed          = phrase{"抱歉，刚才这条消息没有处理成功。请稍后再发一次。", "Sorry, your last message could not be handled. Please send it again in a while."}

	// Questions and answers.
	pAskHow       = phrase{"请直接输入您的问题，例如：知识产权质押贷款找谁？", "Type your question, in Chinese if you can: the library is in Chinese. For example: 知识产权质押贷款找谁？"}
	pAskAgain     = phrase{"请再发一次您的问题。", "Please send your question again."}
	pNoMatter     = phrase{"您问的是哪件事？请连事情一起说，比如“创业担保贷款需要什么材料”；找人请按下面的按钮。", "What is it about? Please name the matter, too, such as “documents for a start-up loan”. For a person, press the button."}
	pRefused      = phrase{"政策库里没有能回答这个问题的依据，我就不猜了。工作人员会看到这个问题，有了答复会在这里告诉您。您也可以换个说法再问，或者转给联络站办理。", "The policy library has nothing that answers this, and I will not guess. Staff will see the question, and an answer reaches you here. You can also try other words (the library is in Chinese), or hand it to a liaison station as a case."}
	pGreeting     = phrase{"您好！请直接输入要问的政策问题，或者从下面选择：", "Hello! Type your question, or choose:"}
	pClarifyOne   = phrase{"这个问题政策库里没有直接的答案。您是不是想了解：", "The library does not answer this directly. Is this what you mean?"}
	pClarify      = phrase{"您想问的是哪一项？", "Which of these do you mean?"}
	pUnhelpful    = phrase{"谢谢，已记下这个问题没有答好，工作人员会看到，有了答复会在这里告诉您。需要转给联络站办理吗？", "Thank you. It is noted that this was not answered well; staff will see it, and an answer reaches you here. Shall I hand it to a liaison station as a case?"}
	pThanks       = phrase{"谢谢您的反馈！", "Thank you!"}
	pStaffAnswer  = phrase{"您问过：%s", "You asked: %s"}
	pStaffSays    = phrase{"联络站工作人员的答复（%s）", "Answer of the station's staff (%s)"}
	pWholePage    = phrase{"（第 %d 页，共 %d 页）", " (page %d of %d)"}
	pOriginal     = phrase{"原文依据", "What it stands on"}
	pSourceUnit   = phrase{"条目：", "Clause: "}
	pSourceTitle  = phrase{"依据：", "Source: "}
	pSourceNumber = phrase{"文号：", "Number: "}
	pSourceIssuer = phrase{"发文机关：", "Issued by: "}
	pSourceForce  = phrase{"时效：", "In force: "}
	pSourceFrom   = phrase{"来源：", "From: "}
	pSourceLink   = phrase{"查看原文", "Read the original"}
	pForceFrom    = phrase{"%s 起，未注明截止日期", "from %s, no end stated"}
	pForceTo      = phrase{"至 %s", "until %s"}
	pForceBoth    = phrase{"%s 至 %s", "%s to %s"}
	pForceUnknown = phrase{"文件未注明", "not stated"}
	pForceEnded   = phrase{"（现在不在有效期内）", " (not in force now)"}

	// The form.
	pTellComplaint       = phrase{"请说说发生了什么：时间、地点、涉及哪个部门或单位、您希望怎样解决。可以分几条发送，也可以附上照片或文件。", "Please tell me what happened: when, where, which office, and what you would like to be done. You may send several messages, and pictures or documents with them."}
	pTellFinding         = phrase{"请写下您的发现：情况、影响和建议。可以分几条发送，也可以附上照片或文件。", "Please describe your finding: what you saw, what it does to businesses, and what you suggest. You may send several messages, and pictures or documents with them."}
	pGathered            = phrase{"已记下 %d 字、%d 个文件（最多 %d 个）。可以继续补充，说完请点“下一步”。", "Noted: %d characters, %d files (at most %d). Add more if you like; press Next when you are done."}
	pWhichCompany        = phrase{"涉及哪家企业？请输入名称，或点“跳过”。", "Which company is it about? Type its name, or press Skip."}
	pWhichCompanyFinding = phrase{"走访的是哪家企业？请输入名称，不便写明可点“跳过”。", "Which company did you visit? Type its name, or press Skip."}
	pWhichCategory       = phrase{"属于哪一类？", "What is it about?"}
	pHowUrgent           = phrase{"紧急吗？", "Is it urgent?"}
	pTownGuess           = phrase{"企业在%s，对吗？", "Is the company in %s?"}
	pTownNear            = phrase{"您分享的位置在%s一带，企业在那里，对吗？", "The place you shared is near %s. Is the company there?"}
	pTownUsual           = phrase{"您上一件诉求在%s，这次也是吗？", "Your last case was in %s. Is this one there too?"}
	pTownWhich           = phrase{"企业在其中哪个镇、街道？", "In which of these is the company?"}
	pNear                = phrase{"已记下位置，在%s一带，稍后请您确认。", "Noted: near %s. I will ask you to confirm it."}
	pNearNoCase          = phrase{"这个位置在%s一带。要反映那里的情况，请发送 /complain。", "This is near %s. To report something there, send /complain."}
	pPlace               = phrase{"位置在%s一带", "Location: around %s"}
	pPlaceOnly           = phrase{"您分享的位置写作“%s”，坐标不会转给任何人。要说清具体地点，请点“补充说明”，用文字写下。", "The place that you shared went in as “%s”; nobody gets its coordinates. To say exactly where, press “Add more” and write it."}
	pWaitsForPlace       = phrase{"%s 正在等您补充。要把“%s”补充进去吗？坐标不会转给任何人；要说清具体地点，请用文字告诉我。", "%s waits for you to add something. Shall I add “%s”? Nobody gets the coordinates; to say exactly where, please tell me in words."}
	pNowhere             = phrase{"认不出这个位置属于哪个镇、街道，请用文字告诉我。", "I cannot tell which town this is. Please tell me in words."}
	pTown                = phrase{"企业在哪个镇、街道？请选择或直接输入。", "Which town or subdistrict is the company in? Choose one or type its name."}
	pTownOrPlace         = phrase{"企业在哪个镇、街道？请选择或直接输入，也可以分享位置。", "Which town or subdistrict is the company in? Choose one, type its name, or share a location."}
	pNoName              = phrase{"这是分享的名片或地点，不是企业名称。请用文字输入企业名称。", "What you shared is a contact or a place, not the name of a company. Please type the company's name."}
	pNoNameKept          = phrase{"这是联系人名片，不是企业名称。请用文字输入企业名称，或点“跳过”；名片先留着，问到联系方式时可以直接选用。", "This is a contact, not the name of a company. Please type the company's name, or press Skip. I will offer the contact when I ask how to reach you."}
	pContact             = phrase{"如果愿意让承办的联络站联系您，请输入电话或其他联系方式；不愿意就点“不提供”，所有答复都会发到这里。", "If the liaison station may contact you, type a phone number or another way to reach you. Otherwise press the button: every answer comes to you here."}
	pReview              = phrase{"请核对，没有问题就点“提交”：", "Please check, then press Submit:"}
	pFixWhat             = phrase{"要改哪一项？", "What would you like to change?"}
	pWhichKind           = phrase{"这是哪一类诉求？", "What kind of case is it?"}
	pSeeFiles            = phrase{"（见附件）", "(see the files)"}
	pNotGiven            = phrase{"未提供", "not given"}
	pGuessed             = phrase{"（根据内容判断）", " (guessed from the text)"}
	pGuessedBy           = phrase{"（根据“%s”判断）", " (guessed from “%s”)"}
	pNoContact           = phrase{"不提供，只在这里联系", "not given, only here"}
	pSubmitted           = phrase{"已受理，编号 %s", "Received. Your number is %s"}
	pSubmittedTo         = phrase{"已派给%s。应于 %s 前签收、%s 前答复。", "It has gone to %s, which must accept it by %s and answer by %s."}
	pSubmittedHow        = phrase{"每一步进展都会在这里告诉您，也可以随时发送 /tickets 查看。", "I tell you about every step here; /tickets shows it at any time."}
	pUnfinished          = phrase{"您有一份还没提交的诉求。", "You have a case that is not submitted yet."}
	pTooManyCases        = phrase{"24 小时内最多提交 %d 件。已写好的内容还在，请稍后再提交；急事请补充到已有的诉求里。", "At most %d cases can be submitted in 24 hours. What you wrote is kept: please submit it later, or add to a case that you have."}
	pTooLong             = phrase{"太长了：最多 %d 字。请缩短后再发。", "That is too long: at most %d characters. Please shorten it and send it again."}
	pMissing             = phrase{"还缺内容，请补充后再试。", "Something is missing. Please complete it and try again."}
	pFileAdded           = phrase{"文件已附上（共 %d 个）。", "The file is attached (%d in all)."}
	pFileTooBig          = phrase{"有文件超过 20 MB，没有收下。请压缩后再发。", "A file is larger than 20 MB and was not taken. Please make it smaller and send it again."}
	pFileUnwanted        = phrase{"只收图片、语音、视频、PDF、Word、Excel、PPT、OFD、文本和 ZIP 文件，其他类型没有收下。", "Only pictures, sound, films, PDF, Word, Excel, PowerPoint, OFD, text and ZIP files are taken; the other one was not."}
	pFilesTooMuch        = phrase{"您这一小时发来的文件太多，没有全部收下。请在 %s 以后再发没收下的，或压缩后再发；文字不受影响。", "You have sent too many files within an hour; not all were taken. Please send the rest after %s, or make them smaller. Words are not affected."}
	pFileLost            = phrase{"有文件没能取到，请再发一次。", "A file could not be fetched. Please send it again."}
	pTooManyFiles        = phrase{"一件诉求最多 10 个文件，多出的没有收下。", "A case takes at most 10 files; the rest were not taken."}

	// The requester's cases.
	pNoTickets     = phrase{"您还没有提交过诉求。", "You have not submitted a case yet."}
	pMine          = phrase{"我的诉求", "My cases"}
	pAcceptBy      = phrase{"签收期限 %s", "To be accepted by %s"}
	pAnswerBy      = phrase{"答复期限 %s", "To be answered by %s"}
	pOverdue       = phrase{"（已超期）", " (overdue)"}
	pSystem        = phrase{"系统", "System"}
	pYou           = phrase{"企业", "Requester"}
	pColon         = phrase{"：", ": "}
	pComma         = phrase{"、", ", "}
	pSemicolon     = phrase{"；", "; "}
	pAddMore       = phrase{"请写下要补充的内容，可以附上照片或文件。发送 /cancel 取消。", "Write what you want to add; pictures and documents are welcome. /cancel gives it up."}
	pWaitsForYou   = phrase{"%s 正在等您补充。要把这段话补充进去吗？", "%s waits for you to add something. Shall I add this?"}
	pAdded         = phrase{"已补充到 %s，联络站会看到。", "Added to %s; the station will see it."}
	pSureWithdraw  = phrase{"确定撤回 %s 吗？撤回后联络站不再办理。", "Withdraw %s? The station will then stop working on it."}
	pWithdrawn     = phrase{"%s 已撤回。", "%s is withdrawn."}
	pHowSatisfied  = phrase{"太好了，已办结。您对这次办理满意吗？", "Good to hear; the case is closed. How satisfied are you?"}
	pReopened      = phrase{"%s 已重新办理。请说说哪里没有解决，联络站会看到。", "%s is reopened. Please say what is not solved; the station will see it."}
	pReopenedAgain = phrase{"%s 已重新办理，并报督办。请说说哪里没有解决。", "%s is reopened and a supervisor has been told. Please say what is not solved."}
	pComment       = phrase{"谢谢，已记下 %d 分。还想说点什么吗？", "Thank you, %d noted. Is there anything you would like to add?"}
	pAnswerNews    = phrase{"答复后来有更新，请看现在的内容再评价：", "The answer has changed since. Please read it as it is now before you rate it:"}
	pRated         = phrase{"谢谢您的评价！", "Thank you for your rating!"}

	// What the requester is told.
	pRAccepted = phrase{"%s 已由%s签收，应于 %s 前答复您。", "%s was accepted by %s, which must answer you by %s."}
	pRReply    = phrase{"%s就 %s 回复您：", "%s writes about %s:"}
	pRAsk      = phrase{"%s就 %s 请您补充：", "%s needs more from you about %s:"}
	pRTransfer = phrase{"%s 已转到%s办理。", "%s was transferred to %s."}
	pRReject   = phrase{"%s对 %s 不予受理，理由：", "%s cannot take up %s, because:"}
	pRResolve  = phrase{"%s对 %s 的办理结果：", "%s answers %s:"}
	pRCorrect  = phrase{"更正：%s对 %s 的办理结果有更正，以这次为准：", "Correction: %s corrects its answer to %s. This is what counts:"}
	pRSolved   = phrase{"问题解决了吗？", "Is it solved?"}
	pRExpire   = phrase{"%s 的答复已超过 %d 天没有评价，已自动办结。", "%s was answered more than %d days ago and is closed now without a rating."}

	pCatchUp = phrase{"您离开期间有新的进展：", "There was news while you were away:"}

	// Staff.
	pUnreached         = phrase{"%s 的企业目前收不到消息（%s）。对方再来时会自动补告。", "The requester of %s cannot be reached at present (%s). He or she is told on coming back."}
	pEnterCode         = phrase{"请输入邀请码（由督办人员发给您），发送 /cancel 取消。", "Enter your invitation code (a supervisor gives it to you); /cancel gives it up."}
	pEnterObserverCode = phrase{"这是营商环境观察员的入口。请输入邀请码，发送 /cancel 取消。", "This is for appointed observers. Enter your invitation code; /cancel gives it up."}
	pBadCode           = phrase{"这个码无效、已用过或已过期。请核对，或请督办人员重新发一个。", "This code is unknown, used or expired. Please check it, or ask a supervisor for a new one."}
	pNowAgent          = phrase{"您已成为%s的工作人员。", "You are now an agent of %s."}
	pNowObserver       = phrase{"您已成为营商环境观察员。发送 /observe 随时回到这里：", "You are now an observer. /observe brings you here at any time:"}
	pNowSupervisor     = phrase{"您已成为督办人员。", "You are now a supervisor."}
	pNothingNew        = phrase{"您已经有这个身份了。", "You have this role already."}
	pDesk              = phrase{"待办诉求 %s 件", "To do: %s"}
	pDeskWaits         = phrase{"等企业补充或确认 %s 件", "Waiting for the requester: %s"}
	pLoginCode         = phrase{"网页工作台登录码（%d 分钟内有效，只能用一次）：", "Your code for the console (good for %d minutes, once):"}
	pGroupOf           = phrase{"这是%s的工作群。", "This is the group of %s."}
	pGroupUnknown      = phrase{"本群还没有绑定联络站。要绑定，请在 stations.yaml 里把该站的 telegram_chat_id 设为 %s。", "No station posts to this group. To bind one, set its telegram_chat_id in stations.yaml to %s."}
	pGroupThread       = phrase{"本话题还没有绑定联络站。要绑定，请在 stations.yaml 里把该站的 telegram_chat_id 设为 %s、telegram_thread_id 设为 %d。", "No station posts to this topic. To bind one, set its telegram_chat_id in stations.yaml to %s and its telegram_thread_id to %d."}
	pNotYours          = phrase{"您还不是这个联络站的工作人员。请私聊我发送 /staff 并输入邀请码。", "You are not an agent of this station. Send me /staff in a private chat and enter your invitation code."}
	pOwnCase           = phrase{"这是您自己的诉求，请由同事办理。", "This is your own case; a colleague must work it."}
	pColleague         = phrase{"同事", "a colleague"}
	pAccepted          = phrase{"%s 已签收", "%s accepted"}
	pSuggestionTaken   = phrase{"采纳派单建议", "As routing suggested"}
	pTransferred       = phrase{"%s 已转到%s", "%s transferred to %s"}
	pTaken             = phrase{"%s已经接手，现在是“%s”。", "%s has taken it; it is now “%s”."}
	pWhichStation      = phrase{"转到哪个联络站？", "Transfer to which station?"}
	pWhoseIsIt         = phrase{"退回后由分派台重新派单。应由哪个联络站办理？", "It goes back to triage, to be assigned again. Whose case is it?"}
	pWhoHelps          = phrase{"请哪个联络站协办？本站仍是主办。", "Which station shall help? This one stays in the lead."}
	pMoreAbout         = phrase{"%s 的其他操作：", "What else can be done with %s:"}
	pWriteReply        = phrase{"%[2]s，请回复本条消息，写下给 %[1]s 的企业的话。", "%[2]s, answer this message with what the requester of %[1]s should read."}
	pWriteAsk          = phrase{"%[2]s，请回复本条消息，写下 %[1]s 需要企业补充什么。", "%[2]s, answer this message with what the requester of %[1]s should add."}
	pWriteTransfer     = phrase{"%[2]s，请回复本条消息，写下 %[1]s 转办的理由。", "%[2]s, answer this message with the reason for transferring %[1]s."}
	pWriteReturn       = phrase{"%[2]s，请回复本条消息，写下 %[1]s 退回的理由。", "%[2]s, answer this message with the reason for returning %[1]s."}
	pWriteReject       = phrase{"%[2]s，请回复本条消息，写下 %[1]s 不予受理的理由（会发给企业）。", "%[2]s, answer this message with the reason for rejecting %[1]s; the requester will read it."}
	pWriteResolve      = phrase{"%[2]s，请回复本条消息，写下 %[1]s 的办理结果（会发给企业，并请其评价）。", "%[2]s, answer this message with the result of %[1]s; the requester will read it and rate it."}
	pWriteCorrect      = phrase{"%[2]s，请回复本条消息，写下 %[1]s 更正后的完整答复（会注明“更正”发给企业，并请其评价）。", "%[2]s, answer this message with the whole answer to %[1]s as it should be; the requester is told that it is a correction, and rates it."}
	pAnswerNow         = phrase{"现在的答复（点一下可复制）：", "The answer as it is (tap to copy):"}
	pWriteInvolve      = phrase{"%[2]s，请回复本条消息，写下 %[1]s 需要对方协办什么。", "%[2]s, answer this message with what the other station should do about %[1]s."}
	pWriteReport       = phrase{"%[2]s，请回复本条消息，写下 %[1]s 的协办情况（发给主办站，企业看不到）。", "%[2]s, answer this message with your report on %[1]s; the station in the lead gets it, the requester does not."}
	pWriteComment      = phrase{"%[2]s，请回复本条消息，写下对 %[1]s 的批注（企业看不到）。", "%[2]s, answer this message with your comment on %[1]s; the requester does not see it."}
	pWriteUrge         = phrase{"%[2]s，请回复本条消息，写下对 %[1]s 的催办要求（企业看不到）。", "%[2]s, answer this message with what the station should do about %[1]s now; the requester does not see it."}
	pDone              = phrase{"%s：%s，现在是“%s”。", "%s: %s is now “%s”."}
	pGone              = phrase{"%s 已转到%s。%s", "%s has gone to %s. %s"}
	pGoneAccepted      = phrase{"%s 已由%s签收。", "%s was accepted by %s."}
	pGoneEnded         = phrase{"%s 已%s（%s），不用再办。", "%s: %s (%s). Nothing more is to be done."}
	pKeeps             = phrase{"对方签收之前，仍由本站负责；也可以收回办理。", "Until it is accepted there this station still answers for it, and may take it back."}
	pHelpWanted        = phrase{"请协办：%s", "Help is asked for: %s"}
	pStationNews       = phrase{"%s %s\n%s", "%s: %s\n%s"}
	pStationOverdue    = phrase{"%[1]s 已超过期限（%[3]s），已报督办人员。", "%[1]s is overdue (%[3]s); the supervisors have been told."}
	pAttached          = phrase{"%s 的附件", "Files of %s"}
	pReminder          = phrase{"提醒：%[1]s 的期限是 %[3]s，请尽快办理。", "Reminder: %[1]s is due by %[3]s."}
	pSuperviseOverdue  = phrase{"已超过期限，请督办：", "Overdue, for supervision:"}
	pSuperviseReturned = phrase{"退回后需由您定承办单位：", "Returned; you decide where it goes:"}
	pSuperviseUnsolved = phrase{"企业再次反映没有解决，请督办：", "Not solved again, for supervision:"}

	// Problems.
	pNotFound   = phrase{"没有找到，或者您无权查看。", "It was not found, or it is not yours to see."}
	pForbidden  = phrase{"您没有权限做这一步。", "You may not do this."}
	pIllegal    = phrase{"现在的状态是“%s”，不能做这一步。", "It is “%s” now; this step is not possible."}
	pIllegalBut = phrase{"现在的状态是“%s”，不能做这一步。现在可以：%s。", "It is “%s” now; this step is not possible. What is possible: %s."}
	pConflict   = phrase{"别人刚刚更新了这件诉求，请看最新情况再操作。", "Somebody else has just changed this case. Please look at it again."}
	pNoStation  = phrase{"没有这个联络站，或者已经在这个站了。", "There is no such station, or the case is there already."}

	pFinance = phrase{"政策库里的融资服务如下，点开可看详情。需要对接资金的，可以提交融资需求。", "These are the financing services in the library; press one to read it. To look for funds, submit a financing request."}

	// Names of fields.
	pfKind     = phrase{"类型：", "Kind: "}
	pfUrgent   = phrase{"紧急程度：", "Urgency: "}
	pfCompany  = phrase{"企业：", "Company: "}
	pfCategory = phrase{"事项：", "Topic: "}
	pfTown     = phrase{"镇街：", "Town: "}
	pfContact  = phrase{"联系方式：", "Contact: "}
	pfFiles    = phrase{"附件：", "Files: "}
	pfStation  = phrase{"承办：", "Station: "}
	pfAssignee = phrase{"经办：", "Agent: "}
	pfKeeper   = phrase{"签收前负责：", "Answering for it until accepted: "}
	pfHelpers  = phrase{"协办：", "Helping: "}
	pfAdvice   = phrase{"建议去向：", "Said to belong to: "}
	pfReason   = phrase{"转办理由：", "Passed on because: "}
	pfRating   = phrase{"评价：", "Rating: "}
	pfRoute    = phrase{"派单理由：", "Why here: "}

	// Buttons.
	pbAsk          = phrase{"问政策", "Ask"}
	pbComplain     = phrase{"提诉求", "File a case"}
	pbFinance      = phrase{"找融资", "Financing"}
	pbMine         = phrase{"我的诉求", "My cases"}
	pbHelp         = phrase{"帮助", "Help"}
	pbEnglish      = phrase{"English", "English"}
	pbChinese      = phrase{"中文", "中文"}
	pbHelped       = phrase{"有帮助", "This helped"}
	pbNotHelped    = phrase{"没帮上", "This did not help"}
	pbWhole        = phrase{"看整条原文", "Show the whole clause"}
	pbNextPage     = phrase{"下一页", "Next page"}
	pbHand         = phrase{"转人工", "Hand to a person"}
	pbResume       = phrase{"继续填写诉求", "Go on with my case"}
	pbDrop         = phrase{"取消", "Cancel"}
	pbNext         = phrase{"下一步", "Next"}
	pbSkip         = phrase{"跳过", "Skip"}
	pbNormal       = phrase{"一般", "Normal"}
	pbUrgent       = phrase{"紧急", "Urgent"}
	pbTownYes      = phrase{"是，%s", "Yes, %s"}
	pbTownOther    = phrase{"不是，我来选", "No, let me choose"}
	pbTownNone     = phrase{"说不清", "Not sure"}
	pbThisContact  = phrase{"用名片：%s", "Use %s"}
	pbNoContact    = phrase{"不提供", "No, only here"}
	pbSend         = phrase{"提交", "Submit"}
	pbFix          = phrase{"修改", "Change"}
	pbBack         = phrase{"返回", "Back"}
	pbEditText     = phrase{"内容", "Text"}
	pbEditCompany  = phrase{"企业", "Company"}
	pbEditTown     = phrase{"镇街", "Town"}
	pbEditContact  = phrase{"联系方式", "Contact"}
	pbEditCategory = phrase{"事项", "Topic"}
	pbEditUrgent   = phrase{"紧急程度", "Urgency"}
	pbEditKind     = phrase{"类型", "Kind"}
	pbSuggested    = phrase{"转给%s", "Pass to %s"}
	pbIsKind       = phrase{"是%s", "It is: %s"}
	pbIsUrgent     = phrase{"是急事", "It is urgent"}
	pbNotUrgent    = phrase{"不急", "It is not urgent"}
	pbEarlier      = phrase{"更早的", "Earlier ones"}
	pbProgress     = phrase{"查看进度", "See where it stands"}
	pbSupply       = phrase{"是，补充进去", "Yes, add it"}
	pbNoQuestion   = phrase{"不是，帮我查政策", "No, it is a question"}
	pbMore         = phrase{"补充说明", "Add more"}
	pbWithdraw     = phrase{"撤回", "Withdraw"}
	pbSureWithdraw = phrase{"确定撤回", "Yes, withdraw"}
	pbSolved       = phrase{"解决了", "Solved"}
	pbUnsolved     = phrase{"没解决", "Not solved"}
	pbNoComment    = phrase{"不用了", "No, thanks"}
	pbMoreActions  = phrase{"更多", "More"}
	pbTakeBack     = phrase{"收回办理", "Take it back"}
	pbFollow       = phrase{"按建议转给%s", "Give it to %s"}
	pbConsole      = phrase{"登录网页工作台", "Open the console"}
	pbFinancing    = phrase{"提交融资需求", "Submit a financing request"}
)
