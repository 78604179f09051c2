package handlers

// What the bot says about deadlines, extensions and waiting.
var (
	pStationSupervised = phrase{"督办：%[1]s 超过期限（%[3]s）后仍未办理，请立即办理并说明情况。", "Supervision: nothing was done about %[1]s after its deadline (%[3]s). Work on it now and say why it is late."}
	pStationGranted    = phrase{"%[1]s 的延期已同意，答复期限改为 %[3]s。", "More time is granted for %[1]s: it must be answered by %[3]s."}
	pSuperviseLate     = phrase{"超过期限后仍未办理，列入督办：", "Still not done after its deadline, put under supervision:"}
	pSuperviseExtend   = phrase{"申请延期至 %s，理由：%s", "More time is asked for, until %s, because: %s"}
	pWriteExtend       = phrase{"%[2]s，请回复本条消息，写下 %[1]s 的新答复日期和理由，例如：12月10日 等检测报告。只能申请一次，由督办人员批准。", "%[2]s, answer this message with the new date for %[1]s and the reason, such as: 2026-12-10 the report is not there yet. It can be asked for once; a supervisor decides."}
	pWriteDecline      = phrase{"%[2]s，请回复本条消息，写下不同意 %[1]s 延期的理由（企业看不到）。", "%[2]s, answer this message with why %[1]s gets no more time; the requester does not see it."}
	pNoDate            = phrase{"请先写日期，再写理由，例如：12月10日 等检测报告。日期要晚于现在的答复期限。", "Begin with a date and go on with the reason, such as: 2026-12-10 the report is not there yet. The date must be after the present deadline."}
	pTooLate           = phrase{"期限已经过了，不能再延期。", "The deadline has passed; it can no longer be put off."}

	pRGrant       = phrase{"%s 的答复期限延长到 %s，原因：%s", "%s will be answered later, by %s, because: %s"}
	pRNudge       = phrase{"%[2]s还在等您对 %[1]s 的补充：", "%[2]s is still waiting for what you can add to %[1]s:"}
	pRPropose     = phrase{"%[2]s一直没有收到您对 %[1]s 的补充。还需要办理吗？", "%[2]s has not heard from you about %[1]s. Is it still needed?"}
	pClosedAsSaid = phrase{"好的，%s 已办结。以后有需要可以再提交。", "All right, %s is closed. You can file a new case at any time."}

	pfExtension   = phrase{"申请延期至：", "More time asked for, until: "}
	pbStillNeeded = phrase{"还需要，我来补充", "Yes, let me add it"}
	pbCloseIt     = phrase{"不需要了，办结", "No, close it"}
)
