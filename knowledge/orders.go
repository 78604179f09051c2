package knowledge

import (
	"regexp"
	"strings"

	"liaison/knowledge/zh"
)

// orders is how text speaks to a model instead of to people.
var orders = regexp.MustCompile(`忽略.{0,10}(?:以上|之前|前面|上述|上面|此前|所有|规则|指令|提示|要求|限制)|无视.{0,10}(?:以上|之前|前面|上述|规则|指令|提示|限制)` +
	`|(?:系统|开发者|管理员)(?:提示词?|消息|指令|通知|模式|口令)|提示词|新指令|以下指令|越狱|角色扮演|扮演(?:一个|一名)?|你(?:现在)?是(?:一个|一名|个)?(?:没有|不受|无限制|ai|助手|机器人|管理员|审批|大?语言?模型)` +
	`|(?:请|必须|务必|应当?|只能|直接|统一|一律)?(?:回复|回答|输出|答复|告诉|告知)(?:用户|提问者|对方|企业主|他们|她|他)?(?:说|道)?\s*[:"“「'‘]|(?:告诉|告知)(?:用户|提问者|对方|企业主).{0,4}(?:已|补贴|申请|可以)` +
	`|回答(?:里|时|前|中|如下|用)|(?:作为|用.{1,16})回答|请(?:如实)?说[“「"\p{Han}]|说成|(?:说|写)金额|讲(?:一)?个|请(?:承诺|解码|翻译)|解码并|翻译成|(?:请|让|叫|要求|引导|告诉)用户|用户(?:加|访问|点击|转)|引用来源|不要写|(?:先|再)(?:如实|加一句|说)|请附上|附上(?:链接|收款)|互换着|忘记政策|联系电话改为|标准改为|每个字之间|说.{0,12}(?:取消|批准|最高|是)` +
	`|<!--|display\s*:\s*none|font-size\s*:\s*0|visibility\s*:\s*hidden|"(?:role|question|sources)"\s*:` +
	`|(?:ai|智能|问答|语言|大)(?:助手|模型|机器人)|聊天机器人|assistant\s*:|system\s*:|user\s*:|<\|[^|]*\|>|\[/?inst\]|</?(?:system|assistant|user|instructions?)>` +
	`|\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|above|prior|earlier|all|any|your|the|these)\b|system prompt|developer mode|jailbreak|you are (?:now|no longer|an? (?:ai|assistant|unrestricted|helpful))|(?:reply|respond|answer) (?:with|only|that|as follows)|(?:tell|inform) (?:them|him|her|users?|people|the (?:user|requester|customer|reader))|new instructions?|as an ai\b|language model|\bdan mode\b|print (?:your|the) (?:prompt|instructions|rules)|reveal (?:your|the)|repeat (?:your|the) (?:prompt|instructions|words)`)

// givesOrders reports whether text tries to tell a model what to do, also with
// characters between the words that no reader sees. Such a text is
// evidence of nothing: what it orders would be vouched for by itself. People get
// it quoted, with its source, and no model gets to see it.
func givesOrders(text string) bool {
	if strings.IndexFunc(text, unseen) >= 0 {
		return true
	}
	if orders.MatchString(zh.Fold(text)) {
		return true
	}
	latin, han := letters(text)
	return han > latin && otherSpeech.MatchString(text)
}

// otherSpeech is a run of words in another language than Chinese, such as nobody
// writes into a Chinese policy: a name has fewer of them.
var otherSpeech = regexp.MustCompile(`(?:\p{Latin}{2,}[\s,.:;'’-]+){6}|[\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Thai}\p{Devanagari}]{3}|[\p{Hiragana}\p{Katakana}]{2}|\p{Hangul}{3}`)
