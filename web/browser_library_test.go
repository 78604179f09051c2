package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"liaison/knowledge/shelf"
	"liaison/ticket"
)

// chooseFiles puts files into the upload field as the file dialog does.
func (b *browser) chooseFiles(files ...string) {
	b.t.Helper()
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#uploadFiles"), files))
}

// Documents are uploaded, looked at, corrected, published and taken back.
func TestBrowserLibrary(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("甲（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("the tab", `!document.getElementById('tabLibrary').hidden`)
	b.do(click("#tabLibrary"))
	b.see("the bundled document", `document.querySelectorAll('#documents li').length === 1`)

	b.chooseFiles(write("雨伞补贴.md", umbrellas), write("扫描件.docx", "PK\x03\x04 cut"), write("通知.txt", "关于示例市雨衣发放的通知（示例）\n\n各单位：\n\n本月发放雨衣12件。\n\n示例市雨伞局\n2026年3月1日\n"))
	b.see("three outcomes", `document.querySelectorAll('#outcomes li').length === 3`)
	b.see("a draft", `document.querySelector('#outcomes').innerText.includes(`+quote("草稿，待审核")+`)`)
	b.see("why not", `document.querySelector('#outcomes .bad').innerText.includes(`+quote("损坏")+`)`)
	b.see("drafts in the list", `document.querySelectorAll('#documents .chip.warn').length === 2`)
	b.shot("1-uploaded")
	b.fits("the library")

	b.do(click("#outcomes a"))
	b.see("the document", `document.querySelector('#document h2')?.innerText.includes(`+quote("雨伞补贴办法")+`)`)
	b.see("its units", `document.querySelectorAll('#document .parts li').length >= 2`)
	b.do(click("#document .parts li:last-child summary"))
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { document.querySelector('#document [name=source]').value = 'typed'; document.querySelector('#document header').remove(); dispatchEvent(new Event('hashchange')); })()`))
	b.see("drawn again", `document.querySelector('#document header') !== null`)
	b.see("what was typed and opened is still there", `document.querySelector('#document [name=source]').value === 'typed' && document.querySelectorAll('#document .parts details[open]').length === 1`)
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector('#document [name=source]'); f.value = f.defaultValue; })()`))
	b.shot("2-draft")
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector('#document [name=number]'); f.value = ` + quote("示〔2026〕1号") + `; f.form.requestSubmit(); })()`))
	b.see("saved", `document.querySelector('#document [name=number]').defaultValue === `+quote("示〔2026〕1号"))
	b.see("still a guess", `document.querySelectorAll('#document .field.guessed').length === 1`)
	b.do(click("#document .fields button[type=button]"))
	b.see("confirmed", `document.querySelectorAll('#document .guess').length === 0`)
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector('#document [name=issued]'); f.value = 'x'; f.form.requestSubmit(); })()`))
	b.see("refused", `document.querySelector('#document .error').innerText.includes('2024-06-21')`)

	b.do(focus("#document .do button.primary"), enter(0))
	b.see("wants to be sure", `document.querySelector('#document .do button.primary').innerText === `+quote("再点一次确认"))
	b.do(enter(0))
	b.see("published", `document.querySelector('#document header').innerText.includes(`+quote("已发布")+`)`)
	docs, _, err := g.web.Library.Load(t.Context())
	if err != nil || len(docs) != 2 {
		t.Fatalf("%d documents answer, %v", len(docs), err)
	}
	b.shot("3-published")

	b.window(375, 760, "dark")
	b.fits("a document at a phone")
	b.shot("4-document-phone")
	b.do(click("#document a.quiet"))
	b.see("the list", `!document.getElementById('libraryList').hidden && document.querySelectorAll('#documents li').length === 3`)
	b.see("the import", `document.querySelectorAll('#importList li').length === 1`)
	b.do(click("#importList summary"))
	b.see("what it did", `document.querySelectorAll('#importList .outcomes li').length === 3`)
	reads := `performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/api/staff/imports')).length`
	before := get[int](b, reads)
	b.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event('hashchange'))`)) // as after a lost connection
	b.see("read again", fmt.Sprintf("%s > %d", reads, before))
	b.see("still open", `document.querySelectorAll('#importList details[open] .outcomes li').length === 3`)
	b.fits("the library at a phone")
	b.shot("5-list-phone")
	b.do(click("#importList button"), click("#importList button"))
	b.see("taken back", `document.querySelectorAll('#documents li').length === 1 && document.querySelector('#importList').innerText.includes(`+quote("撤销")+`)`)
	b.do(click("#language"))
	b.see("in English", `document.querySelector('#libraryList h2').innerText === 'Policy library'`)
	b.shot("6-english")
	items, err := g.web.Library.List(t.Context(), shelf.Filter{Old: true})
	if err != nil || len(items) != 1 {
		t.Errorf("%d documents are left, %v", len(items), err)
	}
}
