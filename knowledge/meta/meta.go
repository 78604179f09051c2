// Package meta reads what a Chinese policy text states about itself: title,
// document number, issuers, dates, term of validity, what it repeals, who is
// responsible, whom to call.
//
// Every value comes with the words it was read from and with how sure it is:
// Stated when the text says so in a form made for saying it, Guessed when it
// was concluded and a person should look. A value that is not found stays zero;
// nothing is invented.
//
// Everything here is a pure function and safe for concurrent use.
package meta

// Input is a document as a reader of files hands it over. All fields but Text
// may be empty.
type Input struct {
	Name  string            // file name, without its folder
	Title string            // the page's or the file's own title, possibly with the site's name after it
	Text  string            // the document, plain or as Markdown
	Tags  map[string]string // <meta> tags and document properties, by lower-case name
	Links []Link            // links to files
}

// Link is a link to a file as the page shows it.
type Link struct{ Text, URL string }

// How says how a value was found.
type How string

const (
	Stated  How = "stated"  // said in so many words, or computed from what is said so
	Guessed How = "guessed" // concluded; more often right than not
)

// Found is a value with its evidence. The zero Found means: not found.
type Found[T any] struct {
	Value T
	How   How    // empty when nothing was found
	From  string // the words it was read from, exactly as they stand in the input
}

// Ok reports whether anything was found.
func (f Found[T]) Ok() bool { return f.How != "" }

// Status says what a text says about its own force, apart from its dates.
type Status string

const (
	Repealed Status = "repealed" // noted on the page as 废止 or 失效
	Draft    Status = "draft"    // 征求意见稿
)

// Act names a document that another one repeals. One of the fields may be empty.
type Act struct{ Title, Number string }

// Contact is an office to ask. Names of persons and their mobile numbers are
// left out on purpose.
type Contact struct{ Office, Phone string }

// Attachment is a file or text that belongs to the document. URL is empty when
// only its name is known.
type Attachment struct{ Name, URL string }

// Meta is what a text states about itself.
type Meta struct {
	Title         Found[string]
	Encloses      Found[string] // the text that a notice issues: X of 关于印发X的通知
	Kind          Found[string] // 通知, 办法, 条例, 公告, 指南, 问答 ...
	Number        Found[string] // 文号, written with 〔〕 and without spaces
	Issuers       []Found[string]
	Place         Found[string] // whose government issued it: 慈溪市, 广州市天河区; empty but found: the whole country
	Issued        Found[Date]   // the day it was signed, else printed, else published
	EffectiveFrom Found[Date]
	EffectiveTo   Found[Date]   // last day in force
	Term          Found[string] // the term as written: 五年, 至疫情解除
	Status        Found[Status]
	Repeals       []Found[Act]
	Responsible   []Found[string] // 责任单位, 牵头单位, 配合单位
	Contacts      []Found[Contact]
	Attachments   []Found[Attachment]
}

// Read finds the metadata of a document. It never fails: what is not there is
// not found. Time and memory grow linearly with the input.
func Read(in Input) Meta {
	r := newReader(in)
	var m Meta
	m.Title = r.title()
	r.titled, r.titleWords = m.Title.Value, m.Title.From
	m.Encloses = encloses(m.Title)
	m.Kind = kind(m.Title)
	m.Number = r.number()
	r.numbered = m.Number
	signed := r.signature()
	m.Issuers = r.issuers(signed)
	m.Place = r.place(m.Issuers, m.Title, m.Number)
	m.Issued = r.issued(signed)
	m.EffectiveFrom, m.EffectiveTo, m.Term = r.force(m.Issued)
	m.Status = r.status(m.Title)
	m.Repeals = r.repeals()
	m.Responsible = r.responsible()
	m.Contacts = r.contacts()
	m.Attachments = r.attachments()
	return m
}

func found[T any](v T, how How, from string) Found[T] {
	return Found[T]{Value: v, How: how, From: from}
}
