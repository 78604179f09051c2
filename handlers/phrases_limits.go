package handlers

// What the bot says to who sends more than it takes.
var (
	pFlooded      = phrase{"请稍候：您发送得太快了。从%[1]s起，到 %[2]s 之前发来的内容都没有保留，也不会转给工作人员；在此之前的消息会照常处理。请在 %[2]s 之后，把没有保留的内容合并成一条重新发送。", "Please wait: you are sending too fast. Nothing is kept, or passed on to staff, from %[1]s on until %[2]s; what you sent before is handled as usual. After %[2]s, please send what was not kept again, in one message."}
	pPressedOften = phrase{"请稍候：您按得太快了。%[1]s 之前按下的按钮都不起作用，请在那之后再按。", "Please wait: you are pressing too fast. Buttons do nothing until %[1]s; please press again after that."}
	pThisMessage  = phrase{"刚才这条消息", "your last message"}
	pQuoted       = phrase{"“%s”", "“%s”"}
	pCodeLater    = phrase{"试的次数太多了，请约 %d 分钟后再输入。如果没有码，请向督办人员索取。", "Too many attempts. Please enter the code again in about %d minutes. If you have none, ask a supervisor for one."}
)
