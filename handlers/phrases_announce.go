package handlers

// What the bot says about announcements.
var (
	pAnnouncement = phrase{"【通知】", "Announcement"}
	pNewsOff      = phrase{"好的，之后不再给您发通知。您自己的诉求有进展，仍会告诉您。", "All right, no more announcements. News of your own cases still reaches you."}
	pNewsOn       = phrase{"好的，之后有通知会发给您。", "All right, you will get announcements again."}
	pNewsTo       = phrase{"通知发给谁？点过“不再接收通知”的人不会收到。", "Who is to get the announcement? Those who want no more are left out."}
	pNewsTown     = phrase{"发给最近一件诉求在哪个镇街的人？", "To those whose last case is of which town?"}
	pNewsText     = phrase{"请输入通知内容。发送前会先给您核对内容和人数。", "Please write the text. You will see it, and how many people get it, before it is sent."}
	pNewsPreview  = phrase{"请核对，将发给%s，共 %d 人：", "Please check; it goes to %s, %d people:"}
	pNewsProgress = phrase{"通知%s：已送达 %d／%d 人，%d 人联系不上。", "Announcement %s: %d of %d people have it, %d could not be reached."}
	pNewsNobody   = phrase{"现在没有人会收到。给机器人发过消息、又没有停收通知的人才能收到。", "Nobody would get it. Only people who have written to the bot and take announcements can."}
	pNewsTooLong  = phrase{"通知不能为空，也不能超过 %d 个字。请改短后再发，详情可以放链接。", "The text must not be empty or longer than %d characters. Please shorten it; a link can lead to the rest."}
	pNewsNoFiles  = phrase{"通知只能是文字，文件请放成链接。请输入通知内容。", "An announcement is text only; please link to files. Please write the text."}

	pbNews          = phrase{"发通知", "Announce something"}
	pbNewsAll       = phrase{"所有企业和群众", "All requesters"}
	pbNewsTown      = phrase{"按镇街选", "One town"}
	pbNewsObservers = phrase{"营商环境观察员", "Observers"}
	pbNewsSend      = phrase{"确认发送", "Send it"}
	pbNewsSee       = phrase{"看进度", "How far is it?"}
	pbNewsStop      = phrase{"停止发送", "Stop it"}
	pbNewsOff       = phrase{"不再接收通知", "No more announcements"}
	pbNewsOn        = phrase{"恢复接收通知", "Get them again"}
)

var newsStates = map[AnnouncementState]phrase{
	Running: {"发送中", "is being sent"},
	Stopped: {"已停止", "was stopped"},
	Done:    {"已发完", "is done"},
}
