package extract

import (
	"regexp"
	"strings"
)

var (
	answerLabel   = regexp.MustCompile(`^([问答]|[QA])[：:]?$`)
	headingNumber = regexp.MustCompile(`^((?i:part|no)[\s.]*)?\d{1,2}$`)
)

// joinLabels puts the label of a question or an answer and the number of a
// heading, which are often boxes of their own, before what they belong to.
func joinLabels(blocks []block) []block {
	var out []block
	for i := 0; i < len(blocks); i++ {
		b := blocks[i]
		if i+1 < len(blocks) && b.kind == paragraph && blocks[i+1].kind == paragraph {
			next := blocks[i+1]
			number := b.bold && next.bold && headingNumber.MatchString(b.text) && pseudoHeading(next.text)
			if m := answerLabel.FindStringSubmatch(b.text); m != nil || number {
				if number {
					next.text = b.text + " " + next.text
				} else {
					next.text = m[1] + "：" + next.text
				}
				b, i = next, i+1
			}
		}
		out = append(out, b)
	}
	for i := range out[:max(len(out)-1, 0)] {
		labelPair(&out[i], &out[i+1])
	}
	return out
}

// labelPair sets the colon after the labels of a question and its answer, which
// stand in circles without one. Two such lines are needed to tell: 问 and 答
// begin words as well.
func labelPair(q, a *block) {
	for _, label := range [][2]string{{"问", "答"}, {"Q", "A"}} {
		asked, isQ := strings.CutPrefix(q.text, label[0])
		said, isA := strings.CutPrefix(a.text, label[1])
		if !isQ || !isA || !strings.HasSuffix(asked, "？") && !strings.HasSuffix(asked, "?") {
			continue
		}
		if s := strings.TrimLeft(asked, "：: "); s == asked {
			q.text = label[0] + "：" + asked
		}
		if s := strings.TrimLeft(said, "：: "); s == said && !strings.HasPrefix(said, "案") && !strings.HasPrefix(said, "复") {
			a.text = label[1] + "：" + said
		}
	}
}
