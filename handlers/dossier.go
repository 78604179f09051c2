package handlers

import "liaison/ticket"

// explained opens the file.
const explained = "政企联络助手保存的关于您的全部内容；fields 说明每一项。工作人员内部的批注、工作人员的身份、他人的内容不在其中。 / " +
	"All that the liaison bot holds about you; fields explains each entry. Notes between staff, who they are, and what others wrote are not in it."

// dossier is all that is held about a person, as he or she gets it. Every name in it
// is explained in dataFields.
type dossier struct {
	About        string             `json:"about"`
	Fields       map[string]string  `json:"fields"`
	Made         string             `json:"made"`
	Person       dataPerson         `json:"person"`
	Accounts     []dataAccount      `json:"accounts"`
	Roles        []dataRole         `json:"roles,omitempty"`
	Cases        []dataCase         `json:"cases"`
	Visits       []dataVisit        `json:"visits,omitempty"`
	Questions    []dataQuestion     `json:"unanswered_questions,omitempty"`
	Helpful      []dataHelpful      `json:"helpful_answers,omitempty"`
	Conversation []dataConversation `json:"conversations,omitempty"`
	Messages     []dataMessage      `json:"messages,omitempty"`
	Sessions     int                `json:"console_sessions,omitempty"`
	Notes        int                `json:"delivery_notes,omitempty"`
}

type dataPerson struct {
	ID       string `json:"id"`
	Language string `json:"language,omitempty"`
	Label    string `json:"label,omitempty"`
	Since    string `json:"since"`
	Declines bool   `json:"declines_announcements,omitempty"`
}

type dataAccount struct {
	Channel Channel `json:"channel"`
	User    string  `json:"user"`
	Chat    string  `json:"chat,omitempty"`
	Blocked bool    `json:"blocked,omitempty"`
}

type dataRole struct {
	Role      string   `json:"role"`
	Station   string   `json:"station,omitempty"`
	Until     string   `json:"until,omitempty"`
	AwaySince string   `json:"away_since,omitempty"`
	AwayUntil string   `json:"away_until,omitempty"`
	Duty      []string `json:"duty,omitempty"`
}

type dataFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Hash string `json:"sha256"`
}

type dataCase struct {
	Number     string        `json:"number"`
	Kind       string        `json:"kind"`
	State      string        `json:"state"`
	Station    string        `json:"station"`
	Town       string        `json:"town,omitempty"`
	Topic      string        `json:"topic,omitempty"`
	Urgent     bool          `json:"urgent,omitempty"`
	Text       string        `json:"text"`
	Company    string        `json:"company,omitempty"`
	Contact    string        `json:"contact,omitempty"`
	Consent    bool          `json:"consent"`
	Submitted  string        `json:"submitted"`
	AcceptBy   string        `json:"accept_by,omitempty"`
	AnswerBy   string        `json:"answer_by,omitempty"`
	Closed     string        `json:"closed,omitempty"`
	MergedInto string        `json:"merged_into,omitempty"`
	Financing  *ticket.Funds `json:"financing,omitempty"`
	Result     string        `json:"result,omitempty"`
	Rating     *dataRating   `json:"rating,omitempty"`
	Missed     bool          `json:"missed_news,omitempty"`
	History    []dataStep    `json:"history"`
}

type dataRating struct {
	Solved  bool   `json:"solved"`
	Score   int    `json:"score,omitempty"`
	Comment string `json:"comment,omitempty"`
}

type dataStep struct {
	At    string     `json:"at"`
	In    string     `json:"in_case,omitempty"`
	By    string     `json:"by"`
	Step  string     `json:"step"`
	Words string     `json:"words,omitempty"`
	Files []dataFile `json:"files,omitempty"`
}

type dataVisit struct {
	State       string           `json:"state"`
	Visitor     string           `json:"visitor,omitempty"`
	Station     string           `json:"station,omitempty"`
	Day         string           `json:"day,omitempty"`
	Town        string           `json:"town,omitempty"`
	Companies   []string         `json:"companies,omitempty"`
	Met         string           `json:"met,omitempty"`
	Opinions    []string         `json:"opinions,omitempty"`
	Files       []dataFile       `json:"files,omitempty"`
	Filed       string           `json:"filed,omitempty"`
	Corrections []dataCorrection `json:"corrections,omitempty"`
}

type dataCorrection struct {
	At     string `json:"at"`
	By     string `json:"by"`
	Field  string `json:"field"`
	Was    string `json:"was"`
	Became string `json:"became"`
}

type dataQuestion struct {
	Question string `json:"question"`
	At       string `json:"at"`
	Reason   string `json:"reason"`
	Waits    bool   `json:"waits"`
}

type dataHelpful struct {
	Question string `json:"question"`
	Unit     string `json:"unit"`
	At       string `json:"at"`
}

type dataConversation struct {
	At        string              `json:"at"`
	Form      *dataForm           `json:"form,omitempty"`
	Questions []dataQuestionAsked `json:"questions,omitempty"`
	Recent    []string            `json:"recent_words,omitempty"`
	Outgoing  string              `json:"unsent_words,omitempty"`
}

type dataForm struct {
	Kind      string        `json:"kind"`
	Text      string        `json:"text,omitempty"`
	Company   string        `json:"company,omitempty"`
	Town      string        `json:"town,omitempty"`
	Contact   string        `json:"contact,omitempty"`
	Files     []dataFile    `json:"files,omitempty"`
	Financing *ticket.Funds `json:"financing,omitempty"`
}

type dataQuestionAsked struct {
	Question string `json:"question"`
	At       string `json:"at,omitempty"`
	Rated    bool   `json:"rated,omitempty"`
}

type dataMessage struct {
	Channel Channel    `json:"channel"`
	From    string     `json:"from"`
	At      string     `json:"at"`
	Text    string     `json:"text,omitempty"`
	Files   []dataFile `json:"files,omitempty"`
}

// dataFields explains every name in the file.
var dataFields = map[string]string{
	"about": "这份文件是什么 / what this file is", "fields": "各项说明 / what each name means", "made": "生成时间 / when it was made",
	"person": "您在系统里的记录 / how you are known", "id": "系统内部编号 / number inside the bot", "language": "界面语言 / language chosen",
	"label": "同事看到的称呼（工作人员、观察员） / how colleagues see you", "since": "首次使用时间 / first contact",
	"declines_announcements": "您不再接收通知 / you want no announcements",
	"accounts":               "您的账号 / your accounts", "channel": "渠道 / channel", "user": "渠道里的用户编号 / your number there", "chat": "私聊编号 / number of the private chat",
	"blocked": "您拒收消息 / you do not want messages there",
	"roles":   "您的工作身份 / roles you were given", "role": "身份 / role", "station": "联络站 / liaison station", "until": "到期时间 / when it ends",
	"away_since": "离岗开始 / away from", "away_until": "离岗结束 / away until", "duty": "值班日（日期，或星期 1–7） / days on duty: dates, or weekdays from 1, Monday",
	"cases": "您的诉求 / your cases", "number": "编号 / number", "kind": "类型 / kind", "state": "状态 / state", "town": "镇街 / town", "topic": "主题 / topic",
	"urgent": "急事 / urgent", "text": "内容 / words", "company": "企业 / company", "contact": "联系方式 / contact", "consent": "同意工作人员看联系方式 / staff may see the contact",
	"submitted": "提交时间 / submitted", "accept_by": "应签收时间 / to be accepted by", "answer_by": "应答复时间 / to be answered by", "closed": "办结时间 / closed",
	"merged_into": "并入的诉求 / case it was merged into", "financing": "融资需求（金额单位元，期限单位月） / financing asked for: yuan, months", "result": "融资结果 / what came of it",
	"amount": "金额，元 / yuan", "months": "期限，月 / months", "guarantees": "担保方式 / security", "offered": "其他担保 / other security", "has": "企业资质 / what the company has",
	"also_has": "其他优势 / what else speaks for it", "products": "当时显示的融资条款 / clauses shown as fitting", "unit": "政策条款编号 / clause of the library", "title": "标题 / title",
	"why": "为什么符合 / why it fits", "code": "代号 / code", "value": "原文 / words",
	"rating": "您的评价 / your rating", "solved": "是否解决 / solved", "score": "评分 / score", "comment": "评语 / comment", "missed_news": "有进展没送达 / news did not reach you",
	"history": "办理经过 / what happened", "at": "时间 / time", "by": "谁 / who", "in_case": "发生在并入的那件诉求里 / happened in the case that it was merged into", "step": "步骤 / step", "words": "说了什么 / what was said",
	"files": "附件 / attachments", "name": "文件名 / name", "size": "字节数 / bytes", "sha256": "内容校验值 / hash of the content",
	"visits": "您登记的走访 / visits you recorded", "day": "日期 / day", "companies": "企业 / companies", "met": "接待人 / who was met", "opinions": "意见 / opinions",
	"visitor": "走访人 / visitor", "filed": "登记时间 / filed", "corrections": "登记后的更正（by：me 您，station 联络站） / what was corrected later: by you (me) or the station", "field": "更正的栏目 / field",
	"was": "原来 / before", "became": "改为 / after",
	"unanswered_questions": "没答上、登记待补的问题 / questions that were not answered", "question": "问题 / question",
	"reason": "原因：refused 没有依据，unhelpful 没帮上 / why: no source, or no help", "waits": "等候答复 / you are told once it is answered",
	"helpful_answers": "您说有帮助的回答 / answers you called helpful",
	"conversations":   "对话状态 / what is remembered of the talk", "form": "没写完的诉求 / case being written", "questions": "最近的提问 / latest questions",
	"rated": "已评价 / rated", "recent_words": "最近说的话（用于改错） / latest words, so that edits are followed", "unsent_words": "没发出的话 / words not sent yet",
	"messages": "仍保存的消息 / messages still kept", "from": "me 您，bot 助手 / me: you",
	"console_sessions": "已登录的网页工作台数 / browsers logged in to the console", "delivery_notes": "送达记录条数（编号和时间，无文字） / notes of deliveries, without words",
}
