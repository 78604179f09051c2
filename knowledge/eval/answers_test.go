package eval_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/knowledge/eval"
)

func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAnswers puts questions to two documents of a folder that also holds a file
// that cannot be imported, a hidden one, and the questions themselves.
func TestAnswers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, "停车.md", "# 示例停车补贴办法\n\n示例企业为职工租用停车位的，每个车位每年补贴１２００元，由示例镇经济发展办公室受理。\n")
	writeFile(t, dir, "sub/培训.md", "# 示例技能培训办法\n\n示例企业组织职工参加数控机床操作培训的，按每人 800 元给予培训补贴。\n")
	writeFile(t, dir, "picture.png", "\x89PNG\r\n")
	writeFile(t, dir, ".hidden.md", "# 隐藏\n\n数控机床操作培训补贴每人 1 元。\n")
	questions := writeFile(t, dir, "questions.jsonl", strings.Join([]string{
		`{"id":"q1","question":"租用停车位每个车位每年补贴多少元","page":"停车.md","must_contain":["1200元"]}`,
		`{"id":"q2","question":"数控机床操作培训按每人多少给予培训补贴","page":"培训.md","answer":"按每人８００元给予培训补贴"}`,
		`{"id":"q3","question":"数控机床操作培训的培训补贴是多少","page":"停车.md","pages":["培训.md"],"must_contain":["900元"]}`,
		`{"id":"n1","question":"护照到期了怎么换","page":null}`,
	}, "\n"))
	r, err := eval.Answers(t.Context(), eval.AnswersConfig{Library: dir, Questions: questions})
	if err != nil {
		t.Fatal(err)
	}
	if r.Questions != 4 || r.Answerable != 3 || r.Unanswerable != 1 || r.Documents != 2 {
		t.Errorf("counted %+v", r)
	}
	if r.Answered != 3 || r.RightSource != 3 || r.RightAnswer != 2 || r.WrongAnswers != 1 || r.FalseAnswers != 0 {
		t.Errorf("measured %+v", r)
	}
	if len(r.Failed) != 1 || !strings.Contains(r.Failed[0].Error(), "picture.png") {
		t.Errorf("not imported: %v", r.Failed)
	}
	half, err := eval.Answers(t.Context(), eval.AnswersConfig{Library: dir, Questions: questions, Part: "even", Now: time.Now})
	if err != nil || half.Questions != 1 || half.RightAnswer != 1 {
		t.Errorf("even half: %+v, %v", half, err)
	}
}

func TestReadAskedFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"question":" "}`:                   "questions.jsonl:1: question is missing",
		"\n" + `{"question":"a","page":"b"}`: "questions.jsonl:2: a question with a page needs",
		`{`:                                  "questions.jsonl:1",
	} {
		_, err := eval.ReadAsked(writeFile(t, t.TempDir(), "questions.jsonl", text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}
