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

// What the bot says about cases that are about the same matter.
var (
	pSameMatter   = phrase{"您的 %s（%s 提交，%s）看起来是同一件事。要补充到那一件吗？补充的内容联络站会看到，期限不变。", "Your case %s (filed %s, %s) looks like the same matter. Shall I add this to it? The station will see it; the deadline stays."}
	pSameAnswered = phrase{"您的 %s（%s 提交，%s）看起来是同一件事，已经答复过。如果没有解决，可以按您这次写的内容重新办理那一件。", "Your case %s (filed %s, %s) looks like the same matter and was answered. If that did not solve it, I can reopen it with what you wrote now."}
	pLooksAlike   = phrase{"看起来是同一件事的工单：", "Cases that look like the same matter:"}
	pWriteMerge   = phrase{"%[2]s，请点上面的工单，或回复本条消息写下 %[1]s 要并入的工单编号。两件的企业都会收到通知，期限以较早的为准。", "%[2]s, press a case above or answer this message with the number of the case that %[1]s goes into. Both requesters are told; the earlier deadline counts."}
	pWriteLink    = phrase{"%[2]s，请点上面的工单，或回复本条消息写下与 %[1]s 关联的工单编号。", "%[2]s, press a case above or answer this message with the number of the case that belongs with %[1]s."}
	pNoCase       = phrase{"没有找到这件未办结的工单，或者您无权查看。", "There is no such open case, or it is not yours to see."}
	pFundsSums    = phrase{"两件融资需求的金额不同，要分别登记结果、分别统计，不能合并。如果有关，请用“关联”。", "The two financing requests are for different amounts; each has its own result and counts by itself, so they cannot be merged. If they have to do with each other, use Link."}
	pFundsApart   = phrase{"融资需求只能并入同一申请人或同一企业的另一件融资需求。如果两件事有关，请用“关联”。", "A financing request can only be merged with another one of the same requester or company. If the two cases have to do with each other, use Link."}
	pShared       = phrase{"这件工单里合并了其他企业的诉求，不能撤回；如果您的问题已经解决，请在联络站答复后点“解决了”。", "Cases of others were merged into this one, so it cannot be withdrawn. If your matter is settled, say so when the station answers."}
	pNamedHelper  = phrase{"%s（%s）", "%s (%s)"} // a colleague, what the station is in the case
	pMergedOwner  = phrase{"合并诉求的企业", "Requester of a merged case"}
	pRMerged      = phrase{"%s 与 %s 反映的是同一件事，已合并办理，进展和结果都会告诉您。", "%s is about the same matter as %s. They are worked on together; you will be told of every step and of the result."}
	pRAbsorbed    = phrase{"另有企业反映了与 %s 相同的问题，已合并办理，应于 %s 前答复。", "Somebody else has brought the matter of %s too. Both are worked on together and must be answered by %s."}
	pRFollow      = phrase{"您的 %[1]s（合并办理）有新进展：%[2]s %[3]s", "News of %[1]s, which is worked on together with another case: %[2]s, %[3]s"}
	pfMerged      = phrase{"合并办理：", "Worked on as: "}
	pfLinked      = phrase{"关联工单：", "Belongs with: "}
	pbJoin        = phrase{"是，补充到那一件", "Yes, add it to that one"}
	pbReopen      = phrase{"没解决，重新办理那一件", "Not solved, reopen that one"}
	pbApart       = phrase{"是另一件事，单独提交", "Another matter, submit it"}
)

// What the bot says to supervisors.
var (
	pSupervise       = phrase{"督办一览", "Supervision"}
	pSupervisorsOnly = phrase{"这里只对督办人员开放。", "This is for supervisors only."}
)

// What the bot says of an answer that is judged in words, and of what comes after it.
var (
	pAddedToAnswer     = phrase{"这件已经答复，联络站不再办理。如果没有解决，请点“没解决”，会重新办理。", "It is answered and nobody works on it any more. If it is not solved, press Not solved and it is reopened."}
	pReopenedSaid      = phrase{"%s 已重新办理，您写的内容联络站会看到。应于 %s 前答复您。", "%s is reopened, and the station will see what you wrote. It must answer you by %s."}
	pReopenedSaidAgain = phrase{"%s 已重新办理，并报督办，您写的内容他们会看到。应于 %s 前答复您。", "%s is reopened and a supervisor has been told; they will see what you wrote. You must be answered by %s."}
	pWhichAnswer       = phrase{"您说的是哪一件？", "Which case do you mean?"}
)
