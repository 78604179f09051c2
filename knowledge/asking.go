package knowledge

import (
	"regexp"
	"unicode/utf8"
)

// asking finds the words that make a sentence a question or a request. They say
// nothing about its subject, yet are rare in policy texts, where a plain index
// would take them for the most telling words of the question.
var asking = regexp.MustCompile(`请问|想问一下|想问|问一下|想了解|了解一下|想知道|我想|我要|想要|我们|我司|你们|贵局|` +
	`什么样|什么时候|什么时间|为什么|是什么|什么|啥时候|啥|有哪些|哪些|哪几个|哪几|哪个|哪里|哪儿|哪家|哪种|哪一|哪|` +
	`如何|怎么样|怎么办|怎么|怎样|咋样|咋办|咋|是否|是不是|有没有|能不能|可不可以|可以吗|可否|能否|要不要|需不需要|会不会|` +
	`多少|多久|多长时间|多长|多大|几个|几种|几家|几号|几天|几年|几次|吗|呢|吧|啊|呀|嘛|` +
	`是指|指的是|具体|分别|包括|包含|涵盖|涉及|内容|方面|情况|规定了|做了|做出了|提出了|采取了|采取|给予了|给予|进行|应该|应当|可以|能够|需要|` +
	`关于|对于|针对|对|在|的|了|是|有|为|于|和|与|及|或|等|被|把|给|向|从|由|到|就|都|也|还|又|我|你|他|她|它|这|那|此|其`)

// askingRunes marks the characters of a question that belong to asking.
func askingRunes(folded []rune) []bool {
	out := make([]bool, len(folded))
	text := string(folded)
	at, n := 0, 0
	for _, m := range asking.FindAllStringIndex(text, -1) {
		n += utf8.RuneCountInString(text[at:m[0]])
		for range text[m[0]:m[1]] {
			out[n] = true
			n++
		}
		at = m[1]
	}
	return out
}
