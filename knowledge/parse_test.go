package knowledge_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"liaison/knowledge"
	"liaison/knowledge/library"
)

const sample = `---
id: example-1
title: "关于示例的通知: 试行"
number: 示例发〔2024〕1号
issuers: [示例局, 另一示例局]
kind: notice
issued: 2024-01-02
effective_from: 2024-02-01
effective_to:
status: in_force
language: zh-CN
place: 示例市
topics: [land]
towns: []
source: https://example.com/1
---

## 第一条 {#first}
- topics: land, finance
- path: 一／1
- aliases: 头一条 | 开头
- see: second
- cites: 《某办法》

第一段。

- 列表项

## 第二条 {#second}

第二条的内容。
`

func TestParseDocument(t *testing.T) {
	t.Parallel()
	got, err := knowledge.ParseDocument("a.md", []byte("\ufeff"+strings.ReplaceAll(sample, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := knowledge.Document{
		ID: "example-1", Title: "关于示例的通知: 试行", Number: "示例发〔2024〕1号",
		Issuers: []string{"示例局", "另一示例局"}, Kind: "notice",
		Issued: knowledge.Date{Year: 2024, Month: 1, Day: 2}, EffectiveFrom: knowledge.Date{Year: 2024, Month: 2, Day: 1},
		Status: knowledge.InForce, Language: "zh-CN", Place: "示例市", Topics: []string{"land"}, Source: "https://example.com/1",
		Units: []knowledge.Unit{
			{
				ID: "example-1#first", Slug: "first", Title: "第一条", Topics: []string{"land", "finance"}, Path: "一／1",
				Aliases: []string{"头一条", "开头"}, See: []string{"second"}, Cites: []string{"《某办法》"},
				Body: "第一段。\n\n- 列表项",
			},
			{ID: "example-1#second", Slug: "second", Title: "第二条", Body: "第二条的内容。"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParseDocumentFaults(t *testing.T) {
	t.Parallel()
	edit := func(old, with string) string { return strings.Replace(sample, old, with, 1) }
	for name, c := range map[string]struct {
		text string
		want []string // substrings, one for each fault
	}{
		"no front matter":   {"# 标题", []string{"a.md:1: the document does not begin"}},
		"not closed":        {"---\nid: a\n", []string{"a.md:3: the front matter has no closing"}},
		"not UTF-8":         {"\xff", []string{"a.md:1: the file is not UTF-8"}},
		"missing keys":      {"---\n---\n## 甲 {#a}\n文", []string{"a.md:2: id is missing", "a.md:2: title is missing", "a.md:2: status is missing"}},
		"several at once":   {edit("id: example-1", "id: Bad_ID") + "\n## 无 slug\n", []string{"a.md:2: id may have", "a unit heading is"}},
		"unknown key":       {edit("kind:", "kin:"), []string{"a.md:6: unknown key kin"}},
		"twice":             {edit("kind: notice", "title: x"), []string{"a.md:6: title was already given on line 3"}},
		"no such day":       {edit("2024-01-02", "2024-02-30"), []string{`a.md:7: "2024-02-30" is not a day`}},
		"ends before":       {edit("effective_to:", "effective_to: 2023-01-01"), []string{"a.md:9: effective_to is before"}},
		"status":            {edit("in_force", "ok"), []string{"a.md:10: status is one of"}},
		"list wanted":       {edit("topics: [land]", "topics: land"), []string{"a.md:13: topics is a list"}},
		"no list wanted":    {edit("kind: notice", "kind: [a]"), []string{"a.md:6: kind is one value"}},
		"open list":         {edit("[land]", "[land"), []string{"a.md:13: the list has no closing ]"}},
		"open quote":        {edit(`试行"`, "试行"), []string{"a.md:3: a quoted value needs"}},
		"text first":        {edit("## 第一条", "前言\n\n## 第一条"), []string{"a.md:18: text before the first unit"}},
		"slug taken":        {edit("{#second}", "{#first}"), []string{"a.md:29: slug first is taken", "a.md:18: see names second"}},
		"bad slug":          {edit("{#second}", "{#Zwei}"), []string{"may have lower-case letters", "see names second"}},
		"unknown line":      {edit("- path:", "- pfad:"), []string{"a.md:20: unknown line pfad"}},
		"empty line":        {edit("- path: 一／1", "- path:"), []string{"a.md:20: path is empty"}},
		"no such id":        {edit("source:", "superseded_by: Übung\nsource:"), []string{"a.md:15: superseded_by is the id"}},
		"guessed what":      {edit("source:", "guessed: [colour]\nsource:"), []string{"a.md:15: guessed names colour"}},
		"attachments":       {edit("source:", "attachments: x\nsource:"), []string{"a.md:15: attachments is a list"}},
		"repeats":           {edit("- path: 一／1", "- repeats: -1"), []string{"a.md:20: repeats is how many"}},
		"see nowhere":       {edit("see: second", "see: third"), []string{"a.md:18: see names third"}},
		"unit without text": {edit("第二条的内容。", ""), []string{"a.md:29: unit second has no text"}},
		"no units":          {sample[:strings.Index(sample, "## ")], []string{"the document has no units"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := knowledge.ParseDocument("a.md", []byte(c.text))
			var faults knowledge.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			if len(faults) != len(c.want) {
				t.Errorf("got %d faults, want %d:\n%v", len(faults), len(c.want), err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not among:\n%v", want, err)
				}
			}
		})
	}
}

func TestLoadFS(t *testing.T) {
	t.Parallel()
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	docs, err := knowledge.LoadFS(fstest.MapFS{"a.md": file(sample), "notes.txt": file("x"), "sub/b.md": file("broken")})
	if err != nil || len(docs) != 1 {
		t.Fatalf("got %d documents, %v", len(docs), err)
	}
	_, err = knowledge.LoadFS(fstest.MapFS{"a.md": file(sample), "b.md": file(sample), "c.md": file("broken")})
	if err == nil || !strings.Contains(err.Error(), "b.md:2: id example-1 is taken by a.md") || !strings.Contains(err.Error(), "c.md:1:") {
		t.Errorf("got %v, want the faults of both files", err)
	}
	if _, err := knowledge.LoadFS(fs.FS(fstest.MapFS{})); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestRenderRoundTripsBundled(t *testing.T) {
	t.Parallel()
	docs, err := knowledge.LoadFS(library.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		again, err := knowledge.ParseDocument(d.ID, knowledge.RenderDocument(d))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Error(diff)
		}
	}
}

// genLine gives one line of text as an author could write it.
func genLine(exclude string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("慈溪政策〔2024〕号 :\"'[]{}#,\\-&*!|>%@`?ab1🙂א，。")), 1, 20, -1).Draw(t, "line")
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune(exclude, r) {
				return 'x'
			}
			return r
		}, strings.TrimSpace(s))
		if s == "" {
			return "空"
		}
		return s
	})
}

func TestRenderRoundTrips(t *testing.T) {
	t.Parallel()
	slug := rapid.StringMatching(`[a-z0-9]{1,5}(-[a-z0-9]{1,5})?`)
	optional := func(g *rapid.Generator[string]) *rapid.Generator[[]string] { return rapid.SliceOfN(g, 0, 3) }
	nilIfNone := func(s []string) []string {
		if len(s) == 0 {
			return nil
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		date := func(label string) knowledge.Date {
			return rapid.Custom(func(t *rapid.T) knowledge.Date {
				if rapid.Bool().Draw(t, "stated") {
					return knowledge.Date{Year: 2024, Month: 2, Day: rapid.IntRange(1, 29).Draw(t, "day")}
				}
				return knowledge.Date{}
			}).Draw(t, label)
		}
		d := knowledge.Document{
			ID: slug.Draw(t, "id"), Title: genLine("").Draw(t, "title"), Number: genLine("").Draw(t, "number"),
			Issuers: nilIfNone(optional(genLine("")).Draw(t, "issuers")), Kind: genLine("").Draw(t, "kind"),
			Issued: date("issued"), EffectiveTo: date("to"), Status: knowledge.Draft,
			Topics: nilIfNone(optional(slug).Draw(t, "topics")), Towns: nilIfNone(optional(genLine("")).Draw(t, "towns")),
			Source: genLine("").Draw(t, "source"), File: genLine("").Draw(t, "file"),
			Guessed:     nilIfNone(optional(rapid.SampledFrom([]string{"title", "issued", "repeals"})).Draw(t, "guessed")),
			Repeals:     nilIfNone(optional(genLine("")).Draw(t, "repeals")),
			Responsible: nilIfNone(optional(genLine("")).Draw(t, "responsible")),
			Contacts:    nilIfNone(optional(genLine("")).Draw(t, "contacts")),
			ReviewedBy:  genLine("").Draw(t, "by"), ReviewedOn: date("on"), SupersededBy: slug.Draw(t, "superseded by"),
		}
		for _, name := range optional(genLine("<>")).Draw(t, "attachments") {
			d.Attachments = append(d.Attachments, knowledge.Attachment{Name: name, URL: rapid.SampledFrom([]string{"", "https://example.com/a.pdf"}).Draw(t, "url")})
		}
		for _, s := range rapid.SliceOfNDistinct(slug, 1, 3, rapid.ID).Draw(t, "slugs") {
			d.Units = append(d.Units, knowledge.Unit{
				ID: knowledge.UnitID(d.ID, s), Slug: s, Title: genLine("{}#").Draw(t, "unit"),
				Topics: nilIfNone(optional(slug).Draw(t, "unit topics")), Path: genLine("").Draw(t, "path"),
				Aliases: nilIfNone(optional(genLine("|")).Draw(t, "aliases")),
				Cites:   nilIfNone(optional(genLine("|")).Draw(t, "cites")),
				See:     []string{s},
				Repeats: rapid.IntRange(0, 2).Draw(t, "repeats"),
				Body:    "甲" + genLine("#").Draw(t, "body") + "\n\n" + genLine("#").Draw(t, "more"),
			})
		}
		again, err := knowledge.ParseDocument("x.md", knowledge.RenderDocument(d))
		if err != nil {
			t.Fatalf("%v\n%s", err, knowledge.RenderDocument(d))
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Fatalf("%s\n%s", diff, knowledge.RenderDocument(d))
		}
	})
}

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("---\nid: [\"\n---\n## {#}\n- see:\n"))
	f.Add([]byte("\ufeff---\r\n---"))
	f.Add([]byte("---\nid: a\ntitle: 甲\nstatus: superseded\nguessed: [title, issued]\nattachments: [\"表 <https://example.com/a>\", 乙]\nsuperseded_by: b\nreviewed_on: 2024-01-02\n---\n## 甲 {#a}\n- repeats: 2\n\n| a |\n|---|\n| b |\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := knowledge.ParseDocument("x.md", data)
		if err != nil {
			var faults knowledge.Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("not faults: %v", err)
			}
			return
		}
		again, err := knowledge.ParseDocument("x.md", knowledge.RenderDocument(d))
		if err != nil {
			t.Fatalf("what was parsed does not parse again: %v\n%s", err, knowledge.RenderDocument(d))
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Fatalf("%s", diff)
		}
	})
}
