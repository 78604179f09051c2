package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"liaison/knowledge/extract"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// show writes a page as the golden files hold it.
func show(p extract.Page) string {
	var b strings.Builder
	fmt.Fprintf(&b, "format: %s\ntitle: %s\n", p.Format, p.Title)
	keys := make([]string, 0, len(p.Meta))
	for k := range p.Meta {
		if k != "created" && k != "modified" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, "meta: %s = %s\n", k, p.Meta[k])
	}
	for _, l := range p.Links {
		fmt.Fprintf(&b, "link: %s = %s\n", l.Text, l.URL)
	}
	if p.Unread != nil {
		fmt.Fprintf(&b, "unread: %v\n", p.Unread)
	}
	fmt.Fprintf(&b, "---\n%s\n", p.Text)
	return b.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if name == "locked.pdf" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			page, err := extract.Read(name, data)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "golden", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(show(page)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), show(page)); diff != "" {
				t.Errorf("%s (-want +got; -update after a look at it):\n%s", name, diff)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = "关于做好工作的通知：请各单位按照规定办理，市政府同意后公布。"
	encode := func(e encoding.Encoding, s string) []byte {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(out)
	}
	page := func(charset string) string {
		return `<html><head><meta charset="` + charset + `"></head><body><p>` + text + `</p></body></html>`
	}
	traditional := "關於做好工作的通知：請各單位按照規定辦理，市政府同意後公布，這是為了大家的時間。"
	tests := []struct {
		name, file string
		data       []byte
		want       string
	}{
		{"UTF-8", "a.txt", []byte(text), text},
		{"UTF-8 with mark", "a.txt", []byte("\xef\xbb\xbf" + text), text},
		{"UTF-8, last character cut", "a.txt", []byte(strings.Repeat(text, 9) + text)[:len(text)*10-1], strings.Repeat(text, 9)},
		{"GB18030", "a.txt", encode(simplifiedchinese.GB18030, text), text},
		{"GBK as HZ name", "a.txt", encode(simplifiedchinese.GBK, text), text},
		{"UTF-8 and GB18030 in turns", "a.txt", append([]byte(text+"\n"), encode(simplifiedchinese.GB18030, "第二份。"+text)...), text + "\n\n第二份。" + text},
		{"UTF-16 with mark", "a.txt", encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), text},
		{"UTF-16 without mark", "a.txt", encode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), text+" https://example.test/abcdefghijk 12345"), text},
		{"Big5", "a.txt", encode(traditionalchinese.Big5, traditional), traditional},
		{"page declared gb2312", "a.html", encode(simplifiedchinese.GB18030, page("gb2312")), text},
		{"page that says gb2312 and is UTF-8", "a.html", []byte(page("gb2312")), text},
		{"page that says utf-8 and is GB18030", "a.html", encode(simplifiedchinese.GB18030, page("utf-8")), text},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := extract.Read(tt.file, tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got.Text, tt.want) {
				t.Errorf("got %q, want %q in it", got.Text, tt.want)
			}
		})
	}
}

// archive packs parts, given as name and content in turn.
func archive(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	locked, err := os.ReadFile("testdata/locked.pdf")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile("testdata/libreoffice.docx")
	if err != nil {
		t.Fatal(err)
	}
	utf16 := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteRune(r)
			b.WriteByte(0)
		}
		return b.String()
	}
	const ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	tests := []struct {
		name, file, data, code string
	}{
		{"nothing", "a.txt", "", extract.CodeEmpty},
		{"white space", "a.md", " \n\t ", extract.CodeEmpty},
		{"a page without text", "a.html", "<html><body><div id=app></div><script>render('文字')</script></body></html>", extract.CodeEmpty},
		{"a page of pictures", "a.html", "<html><body><div id=zoom><p><img src=1.jpg></p></div></body></html>", extract.CodeScanned},
		{"old Word", "a.doc", ole + strings.Repeat("\x00", 600), extract.CodeOldOffice},
		{"locked Word", "a.docx", ole + utf16("EncryptedPackage") + strings.Repeat("\x00", 600), extract.CodeEncrypted},
		{"locked PDF", "a.pdf", string(locked), extract.CodeEncrypted},
		{"cut PDF", "a.pdf", "%PDF-1.7\n1 0 obj\n<<", extract.CodeDamaged},
		{"picture", "a.txt", "\xff\xd8\xff\xe0" + strings.Repeat("\x01", 50), extract.CodeScanned},
		{"archive", "a.zip", string(archive(t, "a.txt", "文字")), extract.CodeUnsupported},
		{"slides", "a.pptx", string(archive(t, "ppt/presentation.xml", "<p/>")), extract.CodeUnsupported},
		{"data", "questions.jsonl", `{"question":"补贴多少？","answer":"每家企业每年一万元。"}`, extract.CodeUnsupported},
		{"script saved with a page", "通知_files/share.JS", "var title = '关于补贴的通知';", extract.CodeUnsupported},
		{"web archive", "a.mhtml", "From: <Saved by Blink>\nMIME-Version: 1.0\n\n<html><body><p>补贴一万元。</p></body></html>", extract.CodeUnsupported},
		{"rich text", "a.rtf", `{\rtf1 text}`, extract.CodeUnsupported},
		{"program", "a.exe", "MZ\x90\x00\x03\x00\x00\x00" + strings.Repeat("\x00\x01\x02\x03\xfe", 100), extract.CodeUnsupported},
		{"cut Word", "a.docx", string(whole[:len(whole)/2]), extract.CodeDamaged},
		{"broken Word", "a.docx", string(archive(t, "word/document.xml", "<w:document><w:body><w:p")), extract.CodeDamaged},
		{"empty Word", "a.docx", string(archive(t, "word/document.xml", "<document><body><p/></body></document>")), extract.CodeEmpty},
		{"Word of pictures", "a.docx", string(archive(t, "word/document.xml", "<document><body><p><r><drawing/></r></p></body></document>")), extract.CodeScanned},
		{"deep Word", "a.docx", string(archive(t, "word/document.xml", "<document><body>"+strings.Repeat("<sdt>", 5000))), extract.CodeTooLarge},
		{"zip bomb", "a.docx", string(archive(t, "word/document.xml", strings.Repeat(" ", 65<<20))), extract.CodeTooLarge},
		{"entity bomb", "a.docx", string(archive(t, "word/document.xml",
			`<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><document><body><p><r><t>&b;</t></r></p></body></document>`)), extract.CodeEmpty},
		{"table bomb", "a.html", "<table>" + strings.Repeat("<tr><td colspan=200 rowspan=10000>文<td>字</td></tr>", 3000) + "</table>", extract.CodeTooLarge},
		{"deep page", "a.html", "<body>" + strings.Repeat("<div>", 100_000) + "文字内容", extract.CodeDamaged},
		{"wrong characters", "a.txt", strings.Repeat("\ue001\ue002文", 40), extract.CodeGarbled},
		{"no text in Chinese characters", "a.txt", strings.Repeat("锟斤拷烫屯", 100), extract.CodeGarbled},
		{"OFD without pages", "a.ofd", string(archive(t, "OFD.xml", "<OFD/>")), extract.CodeDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			page, err := extract.Read(tt.file, []byte(tt.data))
			var u *extract.Unreadable
			if !errors.As(err, &u) || u.Code != tt.code {
				t.Fatalf("got %d bytes of text, error %v; want code %q", len(page.Text), err, tt.code)
			}
			unsupported := tt.code == extract.CodeUnsupported || tt.code == extract.CodeOldOffice
			if errors.Is(err, extract.ErrUnsupported) != unsupported {
				t.Errorf("errors.Is(%v, ErrUnsupported) = %v", err, !unsupported)
			}
		})
	}
}

func TestReadContextEnds(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/libreoffice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.pdf", "a.html", "a.csv"} {
		ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		if name != "a.pdf" {
			data = []byte("<p>文字</p>,文字\n")
		}
		_, err := extract.ReadContext(ctx, name, data)
		cancel()
		var u *extract.Unreadable
		if !errors.As(err, &u) || u.Code != extract.CodeTimeout || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v, want a timeout", name, err)
		}
	}
}

func ExampleRead() {
	page, err := extract.Read("notice.html", []byte(`<html><head><title>示例通知_示例网</title></head><body>
		<ul class="nav"><li><a href="/">首页</a></li></ul>
		<div id="zoom"><p>各单位：</p><p>请于5月1日前报送材料。</p></div>
		<p>【打印】【关闭】</p></body></html>`))
	fmt.Println(page.Title, err)
	fmt.Println(page.Text)
	_, err = extract.Read("old.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	fmt.Println(errors.Is(err, extract.ErrUnsupported))
	// Output:
	// 示例通知 <nil>
	// 各单位：
	//
	// 请于5月1日前报送材料。
	// true
}
