package knowledge_test

import (
	"strings"
	"testing"
	"time"

	"liaison/knowledge"
)

// TestReplacedOnADay checks that a text which another has replaced from a known day
// on answers no question about today, and does say so where the past is asked for.
func TestReplacedOnADay(t *testing.T) {
	t.Parallel()
	lib := newLibrary(t,
		doc("old", func(d *knowledge.Document) {
			d.EffectiveFrom = knowledge.Date{Year: 2016, Month: 3, Day: 1}
			d.EffectiveTo, d.SupersededBy = knowledge.Date{Year: 2022, Month: 2, Day: 28}, "new"
		}, "出借营业执照的，处一万元以上十万元以下的罚款。"),
		doc("new", func(d *knowledge.Document) { d.EffectiveFrom = knowledge.Date{Year: 2022, Month: 3, Day: 1} },
			"出借营业执照的，没收违法所得，处十万元以下的罚款。"),
	)
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib, Now: func() time.Time { return time.Date(2024, 9, 2, 9, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	a := answerer.Answer(t.Context(), knowledge.Question{Text: "出借营业执照罚款多少"})
	if a.Decision != knowledge.Answered || len(a.Citations) != 1 || a.Citations[0].Unit != "new#u1" {
		t.Errorf("%s %+v, want new#u1 alone", a.Decision, a.Citations)
	}
	a = answerer.AnswerUnit(t.Context(), "old#u1", knowledge.Question{Text: "以前出借营业执照罚款多少"})
	if !strings.Contains(a.Notice, "已被《示例new》取代") {
		t.Errorf("the notice is %q", a.Notice)
	}
}

// TestReplacedEnactments asks for each article of the laws that another one of the
// shared laws replaced: nothing that is shown may come from the old text.
func TestReplacedEnactments(t *testing.T) {
	t.Parallel()
	dir := sharedFiles(t, "enactments")
	if dir == "" {
		return
	}
	lib := newLibrary(t, imported(t, dir, "*/*.md")...)
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib})
	if err != nil {
		t.Fatal(err)
	}
	replaced, asked := 0, 0
	for _, d := range lib.Documents() {
		if d.SupersededBy == "" {
			continue
		}
		replaced++
		for i, u := range d.Units {
			question := []rune(u.Body)
			if i%5 > 0 || len(question) < 20 || strings.Contains(u.Body, "年") || strings.ContainsAny(u.Body, "废原曾") {
				continue // a year or a word of the past asks for what was
			}
			asked++
			a := answerer.Answer(t.Context(), knowledge.Question{Text: string(question[:min(len(question), 60)])})
			for _, c := range a.Citations {
				if strings.HasPrefix(c.Unit, d.ID+"#") {
					t.Errorf("%s is cited for today: %s", c.Unit, u.Title)
				}
			}
			for _, c := range a.Choices {
				if strings.HasPrefix(c.Unit, d.ID+"#") {
					t.Errorf("%s is offered for today: %s", c.Unit, u.Title)
				}
			}
		}
	}
	if replaced != 5 || asked < 20 {
		t.Errorf("%d replaced laws and %d questions, want 5 and at least 20", replaced, asked)
	}
}
