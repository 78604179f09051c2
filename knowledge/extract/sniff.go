package extract

import (
	"bytes"
	"path"
	"strings"
)

// sniff tells what kind of file data is: by its first bytes, then by what it
// holds, and by the ending of its name only where plain text could be either.
func sniff(name string, data []byte) (string, error) {
	ext := strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/")))
	head := data[:min(len(data), 4096)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return sniffZip(data)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		// An encrypted .docx is such a container too.
		if bytes.Contains(data, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")) {
			return "", unreadable(CodeEncrypted, "the file is protected by a password; save it without one")
		}
		return "", unreadable(CodeOldOffice, "this is an Office or WPS file of the old kind (.doc, .xls, .ppt, .wps); open it and save it as .docx or .xlsx")
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return "pdf", nil
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return "", unreadable(CodeUnsupported, "this is a rich text file (.rtf); open it and save it as .docx")
	case isPicture(head):
		return "", unreadable(CodeScanned, "this is a picture; import the document as text, not as a photograph of it")
	}
	if ext == ".md" || ext == ".markdown" {
		return "markdown", nil
	}
	if dataEnding[ext] {
		return "", unreadable(CodeUnsupported, "%s files are data or program text and not a document; if this one is a document, save it as .txt", ext)
	}
	text := strings.ToLower(decode(head, ""))
	if ext == ".mht" || ext == ".mhtml" || ext == ".eml" {
		return "", unreadable(CodeUnsupported, "this is a web archive or a message (%s); open it in a browser and save it as HTML or PDF", ext)
	}
	if looksHTML(text) || ext == ".html" || ext == ".htm" || ext == ".shtml" || ext == ".xhtml" {
		return "html", nil
	}
	if ext == ".csv" || ext == ".tsv" {
		return "csv", nil
	}
	if share := binaryShare(text); share > 0.05 {
		return "", unreadable(CodeUnsupported, "this is not a kind of file that is read (HTML, Markdown, text, DOCX, XLSX, CSV, PDF, OFD)")
	}
	return "text", nil
}

// dataEnding are the endings of what lies in a folder beside documents, or what
// a browser saves along with a page, though it is text.
var dataEnding = func() map[string]bool {
	endings := map[string]bool{}
	for _, e := range strings.Fields(`json jsonl ndjson geojson xml xsl svg yaml yml toml ini cfg conf properties log map lock sql
		js mjs cjs jsx ts tsx vue css scss less php jsp asp aspx py ipynb go java c h cpp cs rb rs sh bat ps1 bak tmp ics vcf tex`) {
		endings["."+e] = true
	}
	return endings
}()

// looksHTML expects lower case.
func looksHTML(text string) bool {
	t := strings.TrimLeft(text, " \t\r\n\ufeff")
	if !strings.HasPrefix(t, "<") {
		return false
	}
	for _, mark := range []string{"<!doctype html", "<html", "<head", "<body", "<meta", "<title", "<div", "<p>", "<p ", "<table"} {
		if strings.Contains(t, mark) {
			return true
		}
	}
	return false
}

func isPicture(head []byte) bool {
	for _, magic := range []string{"\xff\xd8\xff", "\x89PNG", "GIF8", "BM\x00", "II*\x00", "MM\x00*", "RIFF"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// binaryShare is the share of characters that no text file holds.
func binaryShare(text string) float64 {
	bad, all := 0, 0
	for _, r := range text {
		all++
		if r == '\ufffd' || r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			bad++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(bad) / float64(all)
}

// sniffZip tells the packed formats apart by the parts that each must have.
func sniffZip(data []byte) (string, error) {
	box, err := openZip(data)
	if err != nil {
		return "", err
	}
	switch {
	case box.has("word/document.xml"):
		return "docx", nil
	case box.has("xl/workbook.xml"):
		return "xlsx", nil
	case box.has("OFD.xml"):
		return "ofd", nil
	case box.has("ppt/presentation.xml"):
		return "", unreadable(CodeUnsupported, "this is a presentation (.pptx); save it as PDF")
	case box.has("content.xml"):
		return "", unreadable(CodeUnsupported, "this is an OpenDocument file (.odt, .ods); save it as .docx or .xlsx")
	}
	return "", unreadable(CodeUnsupported, "this is an archive; unpack it and import the files in it")
}
