// Package extract turns the bytes of a file into the text of the document in
// it: HTML, Markdown, plain text, DOCX, XLSX, CSV, PDF and OFD.
//
// Only the document remains: the navigation, share bars and second copies of a
// web page, the running heads of a PDF and the deleted passages of a DOCX do
// not. What cannot be read as text is an error that says why, never an empty
// or a garbled success.
//
// All functions are safe for concurrent use.
package extract

import (
	"context"
	"strings"
	"time"
)

// Page is what was read from one file.
type Page struct {
	// Format is the kind of file found in the bytes: "html", "markdown",
	// "text", "docx", "xlsx", "csv", "pdf" or "ofd".
	Format string
	// Title is the title the file gives the document, "" when it gives none.
	// The title of a web page is taken out of its text; in every other format
	// the text is left as it stands and may begin with the title.
	Title string
	// Text is the document in a small subset of Markdown: lines beginning
	// with 1 to 6 "#" are headings, blank lines separate paragraphs, lists
	// keep their marks, tables are GFM tables whose merged cells are repeated
	// in every cell they cover. A short line set wholly in bold, which often
	// serves as a heading, stands between "**". The text of a Markdown file
	// is kept as it is.
	Text string
	// Meta is what the file states beside its text, under lower-case keys: the
	// <meta> tags of a web page (articletitle, pubdate, contentsource, url,
	// keywords, author …), document properties (author, created, modified …),
	// and the labelled lines and boxes around an article under their own
	// Chinese label (发布日期, 来源, 文号, 索引号, 文件状态 …).
	Meta map[string]string
	// Links are the attachments, in the order of the page, each URL once.
	Links []Link
	// Unread are the numbers, from 1, of the pages of a PDF or OFD file that
	// hold no readable text though other pages do.
	Unread []int
}

// Link is an attachment of a page.
type Link struct {
	Text string // as the page names it
	URL  string // absolute where the page says where it stands
}

// MaxBytes is the largest file that is read.
const MaxBytes = 64 << 20

// readTime bounds Read. The slowest file we have, 331 pages of PDF, takes a
// few seconds on a small machine.
const readTime = 2 * time.Minute

// Read is ReadContext with a deadline of two minutes.
func Read(name string, data []byte) (Page, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	return ReadContext(ctx, name, data)
}

// ReadContext reads the document in data. The content decides what kind of
// file it is; the name, of which only the ending counts, decides between kinds
// of plain text.
//
// A file that cannot be read gives an *Unreadable; for a kind of file that is
// not read at all it satisfies errors.Is(err, ErrUnsupported). When ctx ends
// first the error is an *Unreadable with the code CodeTimeout that wraps
// ctx.Err().
func ReadContext(ctx context.Context, name string, data []byte) (Page, error) {
	switch {
	case len(data) > MaxBytes:
		return Page{}, unreadable(CodeTooLarge, "the file is larger than %d MB; split it and import the parts", MaxBytes>>20)
	case len(strings.TrimSpace(string(data[:min(len(data), 512)]))) == 0 && len(data) <= 512:
		return Page{}, unreadable(CodeEmpty, "the file is empty")
	}
	kind, err := sniff(name, data)
	if err != nil {
		return Page{}, err
	}
	page, err := readers[kind](ctx, data)
	if ctx.Err() != nil {
		return Page{}, &Unreadable{Code: CodeTimeout, Why: "reading took too long; split the file and import the parts", err: ctx.Err()}
	}
	if err != nil {
		return Page{}, err
	}
	page.Format = kind
	page.Title = tidyLine(page.Title)
	if err := checkText(page.Text); err != nil {
		return Page{}, err
	}
	return page, nil
}

// reader reads one kind of file. It looks at ctx between pages or sheets.
type reader func(ctx context.Context, data []byte) (Page, error)

var readers = map[string]reader{
	"html":     readHTML,
	"markdown": readMarkdown,
	"text":     readText,
	"docx":     readDOCX,
	"xlsx":     readXLSX,
	"csv":      readCSV,
	"pdf":      readPDF,
	"ofd":      readOFD,
}
