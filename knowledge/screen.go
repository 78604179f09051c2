package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// smallTalk are whole messages that ask nothing, punctuation removed.
var smallTalk = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`你好 您好 你好啊 您好啊 你们好 大家好 嗨 哈喽 哈啰 在吗 在不在 在么 有人吗 早 早上好 上午好
		中午好 下午好 晚上好 晚安 谢谢 谢谢你 谢谢您 多谢 感谢 非常感谢 再见 拜拜 好的 好 好吧 嗯 嗯嗯 哦 噢 知道了 明白了 收到 行 可以 ok
		okay 是的 不是 没有 没事 没事了 不用了 哈哈 哈哈哈 呵呵 测试 test hi hello hey thanks thankyou bye 辛苦了 你是谁 您是谁 你叫什么 你叫什么名字
		你会什么 你能做什么 你是机器人吗 你是真人吗 你是人吗 讲个笑话 帮帮我 帮忙 请问 问一下 咨询 我想咨询 咨询一下`) {
		m[w] = true
	}
	return m
}()

// screen refuses what is no question before anything is searched. It returns ""
// for a question.
func screen(text string) Reason {
	if utf8.RuneCountInString(text) > MaxQuestion {
		return TooLong
	}
	var letters []rune
	for _, r := range zh.Fold(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, r)
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
		return Empty
	case len(letters) == 0:
		return Gibberish
	case smallTalk[string(letters)]:
		return SmallTalk
	case repeats(letters):
		return Gibberish
	}
	return ""
}

// repeats reports whether a longer message consists of one or two characters.
func repeats(r []rune) bool {
	if len(r) < 4 {
		return false
	}
	seen := make(map[rune]bool)
	for _, c := range r {
		seen[c] = true
	}
	return len(seen) <= 2
}
