package handlers

// What the bot says about messages that could not be handled.
var (
	pParked      = phrase{"未能处理的消息：%d 条", "Messages that could not be handled: %d"}
	pParkedWhat  = phrase{"发消息的人已收到“未能处理”的提示。为保护隐私，这里不显示是谁、写了什么。原因排除后可以再试；再试成功，对方会直接收到答复。", "The sender was told that it did not work. Who that is and what was written is not shown here. Once the cause is gone, try again: if it works, the sender gets the answer."}
	pParkedOne   = phrase{"%s 号 · %s · %s · %s · 试过 %d 次", "No. %s · %s · %s · %s · tried %d times"}
	pParkedMore  = phrase{"另有 %d 条，处理完上面的再显示。", "%d more; they are shown when those above are decided on."}
	pNoneParked  = phrase{"没有未能处理的消息。", "There are no messages that could not be handled."}
	pParkedAgain = phrase{"%d 号已重新提交处理", "No. %d is tried again"}
	pParkedAside = phrase{"%d 号已搁置，不再处理", "No. %d is set aside for good"}
	pParkedGone  = phrase{"%d 号已有人处理", "Somebody has decided on no. %d"}
	pParkedWait  = phrase{"有 %d 条消息未能处理，正等您决定再试还是搁置。", "%d messages could not be handled and wait for you to try them again or set them aside."}

	pbParked      = phrase{"查看", "Show them"}
	pbParkedList  = phrase{"未能处理的消息", "Messages not handled"}
	pbParkedAgain = phrase{"再试 %s 号", "Try no. %s again"}
	pbParkedAside = phrase{"搁置 %s 号", "Set no. %s aside"}

	channelNames = map[Channel]phrase{Telegram: {"Telegram", "Telegram"}, Web: {"网页", "web page"}, "": {"来源不明", "not known where from"}}
)
