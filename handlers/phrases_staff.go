package handlers

// What the bot says to staff at their daily work.
var (
	pStaffOnly   = phrase{"这里只对联络站工作人员开放。", "This is for the staff of liaison stations only."}
	pMyCases     = phrase{"我经办的诉求 %s 件", "Cases that you work on: %s"}
	pFound       = phrase{"找到 %s 件", "Cases found: %s"}
	pMoreFound   = phrase{"还有更多，请多写几个字缩小范围，或到网页工作台查看。", "There are more. Add a word, or look at the console."}
	pWhichDay    = phrase{"这个序号的未结工单有 %s 件，请选择：", "Open cases with this number of the day: %s. Which one?"}
	pNext        = phrase{"请先办这一件（待签收 %d 件，您经办 %d 件）：", "Take this up next (%d to be accepted, %d of yours):"}
	pNothingNext = phrase{"没有待签收的诉求，您经办的也都不用再办。", "Nothing waits to be accepted, and nothing of yours is due."}
	pSearchWhat  = phrase{"请回复本条消息，写下要找的内容、企业名称或工单编号，几个词用空格分开。发送 /cancel 取消。", "Answer this message with words, a company or a number of a case; put spaces between several words. /cancel gives it up."}

	pAlsoTo      = phrase{"这段话也会发给并入本件的 %d 位企业（%s）。", "Your words also go to %d requesters of cases that were merged into this one (%s)."}
	pAlsoWriting = phrase{"注意：%s 正在回复这一件。", "Note: %s is replying to this case."}
	pfReplying   = phrase{"正在回复：", "Replying now: "}
	pPreview     = phrase{"请核对要发给 %s 的企业的话，还没有发送。", "Please check what the requester of %s will read. It is not sent yet."}
	pTheySaid    = phrase{"对方说：%s", "They wrote: %s"}
	pUnfilled    = phrase{"%s 没有可填的内容，请点“改写”改好再发。", "There is nothing to put in for %s. Press Rewrite and complete it."}
	pWriteDraft  = phrase{"%[2]s，请回复本条消息，写下给 %[1]s 的企业的话（点一下原文可以复制），发送前会再给您看一遍。", "%[2]s, answer this message with the words for the requester of %[1]s (a tap on the text copies it). You see them once more before they go."}
	pNotSent     = phrase{"这句话没有发给任何企业。要答复企业，请在工单上点“回复”，或者直接回复工单那条消息。", "None of it was sent to a requester. To answer one, press Reply on the case, or answer the message of the case."}
	pNotAsked    = phrase{"这是请%s写的，您写的没有记下，也没有发出去。要由您来写，请在工单上按相应的按钮，或者直接回复工单。", "%s was asked for this. What you wrote was not kept and not sent. If it is for you to write, press the button on the case, or answer the case itself."}
	pAnonymous   = phrase{"您是以群或频道的名义发言的，看不出您是谁，所以没有记下，也没有发出去。请关闭匿名身份，用自己的名义再发一次。", "You write in the name of the group or of a channel, so I cannot tell who you are. It was not kept and not sent. Please stop being anonymous and send it again as yourself."}
	pCaseChanged = phrase{"%s 在您写的时候有了变化：", "%s has changed while you were writing:"}
	pStillSend   = phrase{"您写的内容还没有发送。仍然发送吗？", "Your words were not sent yet. Send them anyhow?"}
	pNotFilled   = phrase{"内容里还有没填的占位符（如 {企业}、〔电话〕），没有发送。请改好再发。", "There is a placeholder in it that nobody filled in, such as {company} or 〔电话〕. Nothing was sent; please complete it."}

	pQuick        = phrase{"快捷回复 %d 条", "Quick replies: %d"}
	pNoQuick      = phrase{"还没有快捷回复。请私聊我发送 /quick，或到网页工作台添加。", "There are no quick replies yet. Add some by /quick in a private chat with me, or on the console."}
	pWhichQuick   = phrase{"用哪一条回复 %s？发送前会先给您看。", "Which one for %s? You see it before it goes."}
	pEveryStation = phrase{"全部联络站", "All stations"}
	pQuickWhere   = phrase{"这条快捷回复给哪个联络站用？", "Which station is it for?"}
	pWriteQuick   = phrase{"请回复本条消息：第一行写名称，从第二行起写内容。可以用这些占位符，发送时自动填好：%s。发送 /cancel 取消。", "Answer this message: the name on the first line, the text from the second on. These placeholders are filled in from the case: %s. /cancel gives it up."}
	pUnknownMark  = phrase{"没有 %s 这样的占位符，没有保存。可以用：%s。请改好再发一次。", "There is no placeholder %s, so it was not kept. There are: %s. Please send it again."}
	pQuickForm    = phrase{"没有保存。第一行写名称（最多 %d 字），从第二行起写内容（最多 %d 字）。请改好再发一次。", "It was not kept. The first line is the name (at most %d characters), the text follows (at most %d). Please send it again."}
	pQuickSaved   = phrase{"已保存：%s", "Kept: %s"}
	pSureRemove   = phrase{"确定删除“%s”吗？", "Remove “%s”?"}
	pQuickRemoved = phrase{"已删除：%s", "Removed: %s"}

	pReference     = phrase{"%s 的参考答复（不会自动发送，企业看不到）", "What %s may be answered from (nothing is sent by itself, the requester does not see it)"}
	pFromLibrary   = phrase{"政策库：", "From the library:"}
	pNearInLibrary = phrase{"政策库里没有直接的答案。相近的条目（不一定适用）：", "The library has no direct answer. Clauses that come near, which need not apply:"}
	pNotInLibrary  = phrase{"政策库里没有找到依据。", "The library has nothing about it."}
	pPrecedents    = phrase{"类似的已解决工单是这样答复的：", "Similar cases that were solved were answered like this:"}
	pNoPrecedent   = phrase{"您能看到的已解决工单里没有类似的。", "Among the solved cases that you may see none is similar."}
	pAnswersYou    = phrase{"您说：%s", "You wrote: %s"}

	pbAskLibrary    = phrase{"这是提问，查政策", "It is a question"}
	pbMyCases       = phrase{"我经办的", "Mine"}
	pbNextCase      = phrase{"下一件", "Next"}
	pbSearch        = phrase{"找工单", "Search"}
	pbQuick         = phrase{"快捷回复", "Quick reply"}
	pbReference     = phrase{"参考答复", "Suggestion"}
	pbTakeLibrary   = phrase{"采用政策原文", "Use the clause"}
	pbTakePrecedent = phrase{"采用第 %d 条", "Use answer %d"}
	pbSendAs        = phrase{"发送（%s）", "Send (%s)"}
	pbSendStill     = phrase{"仍然发送（%s）", "Send anyhow (%s)"}
	pbRewrite       = phrase{"改写", "Rewrite"}
	pbRemove        = phrase{"删除", "Remove"}
	pbSureRemove    = phrase{"确定删除", "Yes, remove"}
	pbNewQuick      = phrase{"新增快捷回复", "New quick reply"}
)
