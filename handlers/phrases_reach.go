package handlers

// What the bot says about what does not arrive.
var (
	pUnheard   = phrase{"企业未收到最新进展：%s（%s 起），对方再来时会看到", "The requester has not got the latest: %s (since %s); it is shown on coming back"}
	pTopicGone = phrase{"已转走", "Passed on"}
	pGroupLost = phrase{"%s的工作群收不到消息：%s。工单改为私聊发给本站工作人员。请把本助手重新加进群并允许发言，或改正 stations.yaml 里的 telegram_chat_id。", "The group of %s gets no messages: %s. Cases go to the station's people in private. Please add the bot to the group again and let it write there, or correct telegram_chat_id in stations.yaml."}
	pNoTopics  = phrase{"没能为工单开话题，先发在群里。请在群设置里开启“话题”，并把本助手设为能管理话题的管理员；之后的新工单会有自己的话题。", "No topic could be made for the case, so it goes to the group itself. Please turn on topics for the group and make the bot an administrator who may manage them; new cases then have topics."}
	pNoTopic   = phrase{"stations.yaml 里给本站指定的话题已不存在，工单先发在群里。请改正 telegram_thread_id：在新话题里发送 /staff，会告诉您编号。", "The topic that stations.yaml names for this station is gone; cases go to the group itself. Please correct telegram_thread_id: send /staff in the new topic to learn its number."}

	pLost       = phrase{"联系不上", "Not reached"}
	pLostGroup  = phrase{"%s的工作群", "The group of %s"}
	pLostPerson = phrase{"工作人员 %s", "Colleague %s"}
	pLostCase   = phrase{"%s 的企业", "The requester of %s"}
	pSince      = phrase{"（%s 起）", " (since %s)"}
)
