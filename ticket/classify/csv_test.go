package classify

import (
	"slices"
	"strings"
	"testing"
)

func TestReadCSV(t *testing.T) {
	t.Parallel()
	want := []Example{{"想贷款,急", "金融"}, {"厂房🏭\n两行", "用地"}}
	const first, second = "\"想贷款,急\"", "\"厂房🏭\n两行\""
	tests := map[string]string{
		"plain":           "text,label\n" + first + ",金融\n" + second + ",用地\n",
		"byte order mark": "\ufefftext,label\n" + first + ",金融\n" + second + ",用地\n",
		"other order":     "label,text\n金融," + first + "\n用地," + second,
		"more columns":    "id, Label ,TEXT\n1, 金融 ," + first + "\n\n2,用地," + second + "\n",
		"CRLF":            "text,label\r\n" + first + ",金融\r\n" + second + ",用地\r\n",
	}
	for name, data := range tests {
		got, err := ReadCSV(strings.NewReader(data))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if got, err := ReadCSV(strings.NewReader("text,label\n")); err != nil || len(got) != 0 {
		t.Errorf("header only: got %v, %v", got, err)
	}
}

func TestReadCSVRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ data, want string }{
		{"", "line 1: no header"},
		{"\ufeff", "line 1: no header"},
		{"文本,label\nx,y\n", "line 1: no column text"},
		{"text,标签\nx,y\n", "line 1: no column label"},
		{"text,label,Text\nx,y,z\n", "line 1: two columns are called text"},
		{"text,label\n贷款,a\n\"两\n行\",\n", "line 3: the label is empty"},
		{"text,label\n贷款,a\n　,b\n", "line 3: the text is empty"},
		{"text,label\n贷款,a\n贷款\n", "line 3"},
		{"text,label\n贷款,a\n\"贷款,a\n", "line 3"},
		{"text,label\n\xb4\xfb\xbf\xee,a\n", "line 2: not UTF-8"},
	}
	for _, tt := range tests {
		if _, err := ReadCSV(strings.NewReader(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %q", tt.data, err, tt.want)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, data := range []string{"text,label\n贷款,a\n", "\ufefflabel,text\na,🏭\n", "text,label\n\"a\nb\",c", "text,label\n\xff,a\n", "مرحبا"} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		examples, err := ReadCSV(strings.NewReader(data))
		if err != nil && !strings.Contains(err.Error(), "line ") {
			t.Errorf("no line in %v", err)
		}
		for _, e := range examples {
			if strings.TrimSpace(e.Text) == "" || e.Label == "" {
				t.Errorf("empty example %q", e)
			}
		}
	})
}
