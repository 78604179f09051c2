package handlers

// What the bot says about announcements.
var (
	pAnnouncement = phrase{"【通知】", "Announcement"}
	pNewsOff      = phrase{"好的，之后不再给您发通知。您自己的诉求进展不受影响，仍会告诉您。", "All right, no more announcements. News of your own cases still reaches you."}
	pNewsOn       = phrase{"好的，之后有通知会发给您。", "All right, you will get announcements again."}

	pbNewsOff = phrase{"不再接收通知", "No more announcements"}
	pbNewsOn  = phrase{"恢复接收通知", "Get them again"}
)
