package handlers

// What the bot says about financing requests.
var (
	pFundsPurpose   = phrase{"这笔资金用来做什么？请选择，或写一句话，例如：购买两台注塑机。填写中可以随时提问，也可以附上文件。", "What is the money for? Choose, or write a sentence, such as: two injection moulding machines. You may ask questions and send documents at any time."}
	pFundsAmount    = phrase{"需要多少资金？例如：50万、300万元、1.2亿。", "How much do you need? For example: 500,000 yuan, 1.2 million."}
	pFundsAmountIs  = phrase{"需要多少资金？您提到了%s。", "How much do you need? You mentioned %s."}
	pFundsMeant     = phrase{"您是说%s吗？不是的话，请带上单位再写一次，例如：50万、8000元。", "Do you mean %s? If not, please write it again with its unit, such as: 50万, 8,000 yuan."}
	pFundsTerm      = phrase{"打算用多久？请选择，或直接写，例如：半年、18个月、3年。", "For how long? Choose, or write, such as: 6 months, 3 years."}
	pFundsGuarantee = phrase{"可以提供哪些担保？可以选几项，选好点“下一步”，也可以直接写。", "What security can you offer? Choose one or more and press Next, or write it."}
	pFundsHas       = phrase{"企业有哪些条件？会据此查找适合的融资政策。可以选几项，选好点“下一步”，也可以直接写。", "What does the company have? Fitting policies are looked for by it. Choose one or more and press Next, or write it."}
	pAmountHow      = phrase{"没看懂金额。请只写一个数，带上单位，例如：50万、300万元、1.2亿（人民币，1000元 到 100亿元）。", "I cannot read this amount. Please write one number with its unit, such as: 500,000 yuan, 1.2 million (CNY 1,000 to 10 billion)."}
	pTermHow        = phrase{"没看懂期限。请只写一个期限，例如：半年、12个月、3年（1个月 到 30年）。", "I cannot read this term. Please write one, such as: 6 months, 3 years (1 month to 30 years)."}
	pFactHow        = phrase{"请在 200 字以内说明，或点按钮选择。", "Please keep it within 200 characters, or press the buttons."}
	pProducts       = phrase{"可以参考的融资政策（以条文和承办机构的说明为准）：", "Clauses of the library that may fit (the clause and the lender decide):"}
	pProductWhy     = phrase{"企业有“%s”，条文写到“%s”", "the company has “%s”, the clause names “%s”"}
	pNoProducts     = phrase{"政策库里没有写到这些条件的融资条文，联络站会人工对接。", "The library has no financing clause that names what you have. The station will look for you."}

	pResultOf      = phrase{"%s 的融资结果是？", "What came of %s?"}
	pResultTold    = phrase{"企业已经收到过答复，这个结果会马上告诉企业。", "The requester has had the answer and is told this result at once."}
	pRRecorded     = phrase{"%s登记了 %s 的融资结果：", "%s recorded what came of %s:"}
	pResultFirst   = phrase{"答复之前请先登记 %s 的融资结果，结果会随答复告诉企业：", "Before the answer, please record what came of %s. The requester is told it with the answer:"}
	pWhoLends      = phrase{"由哪家办理放款？", "Who lends, or brought it about?"}
	pWriteGranted  = phrase{"%[2]s，请回复本条消息，写下 %[1]s 获批的金额、年利率和期限，例如：80万 3.85%% 12个月。可以与申请的不同。", "%[2]s, answer this message with the amount, the yearly rate and the term granted for %[1]s, such as: 800,000 3.85%% 12 months. They may differ from what was asked for."}
	pWriteRefused  = phrase{"%[2]s，请回复本条消息，写下 %[1]s 未获批的原因（会随答复告诉企业）。", "%[2]s, answer this message with why %[1]s was refused; the requester is told it with the answer."}
	pRateHow       = phrase{"没看懂年利率。请写成百分数，例如：80万 3.85% 12个月。", "I cannot read the yearly rate. Please write it in percent, such as: 800,000 3.85% 12 months."}
	pNeedsResult   = phrase{"请先登记融资结果。", "Please record the result first."}
	pNoLender      = phrase{"请选择由哪家办理放款。", "Please choose who lends."}
	pResultGranted = phrase{"%s %s，年利率 %s，期限%s，由%s办理", "%s: %s at %s a year for %s, by %s"}
	pResultRefused = phrase{"%s，原因：%s", "%s, because: %s"}

	pfPurpose   = phrase{"资金用途：", "For: "}
	pfAmount    = phrase{"金额：", "Amount: "}
	pfTerm      = phrase{"期限：", "Term: "}
	pfGuarantee = phrase{"担保方式：", "Security: "}
	pfHas       = phrase{"企业条件：", "The company has: "}
	pfProducts  = phrase{"参考政策：", "May fit: "}
	pfResult    = phrase{"融资结果：", "Result: "}

	pbYes           = phrase{"是，%s", "Yes, %s"}
	pbUndecided     = phrase{"还没定", "Not decided"}
	pbChosen        = phrase{"✓ %s", "✓ %s"}
	pbRead          = phrase{"看条文：%s", "Read: %s"}
	pbIsFinancing   = phrase{"是融资需求", "It is: Financing request"}
	pbEditPurpose   = phrase{"资金用途", "What it is for"}
	pbEditAmount    = phrase{"金额", "Amount"}
	pbEditTerm      = phrase{"期限", "Term"}
	pbEditGuarantee = phrase{"担保方式", "Security"}
	pbEditHas       = phrase{"企业条件", "What the company has"}
)

// fundsProblems say what is wrong with a field of a financing request or its result.
var fundsProblems = map[string]phrase{
	"result": pNeedsResult, "lender": pNoLender, "amount": pAmountHow, "rate": pRateHow, "months": pTermHow,
	"guarantee": pFactHow, "qualification": pFactHow,
}

// purposes are offered for what the money is for.
var purposes = []phrase{
	{"流动资金周转", "Working capital"}, {"采购原材料", "Raw materials"}, {"购置设备", "Equipment"},
	{"建设、装修厂房", "Plant"}, {"技术研发", "Research and development"},
}
