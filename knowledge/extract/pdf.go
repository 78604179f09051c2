package extract

import (
	"context"
	"errors"
	"math"
	"unicode"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// Bounds of a PDF file.
const (
	maxPages       = 3000
	maxPageGlyphs  = 100_000
	maxPageObjects = 20_000
	maxSegments    = 400
)

// readPDF reads the text layer of a PDF file.
func readPDF(ctx context.Context, data []byte) (page Page, err error) {
	err = pdf.do(ctx, func(p pdfium.Pdfium) error {
		page, err = readPDFWith(ctx, p, data)
		return err
	})
	return page, err
}

func readPDFWith(ctx context.Context, p pdfium.Pdfium, data []byte) (Page, error) {
	doc, err := p.OpenDocument(&requests.OpenDocument{File: &data})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return Page{}, unreadable(CodeEncrypted, "the file is protected by a password; save it without one")
	case err != nil:
		return Page{}, damaged("the PDF file", err)
	}
	defer p.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: doc.Document})
	count, err := p.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return Page{}, damaged("the PDF file", err)
	}
	if count.PageCount > maxPages {
		return Page{}, unreadable(CodeTooLarge, "the file has %d pages; split it, at most %d are read", count.PageCount, maxPages)
	}
	page := Page{Meta: pdfProperties(p, doc.Document)}
	var sheets []sheet
	for n := range count.PageCount {
		if ctx.Err() != nil {
			return Page{}, ctx.Err()
		}
		s, pictures, err := readSheet(p, doc.Document, n)
		if err != nil || pictures && sheetLetters(s) < 5 {
			page.Unread = append(page.Unread, n+1)
			s.glyphs = nil
		}
		sheets = append(sheets, s)
	}
	return finishPaper(page, sheets)
}

// finishPaper makes the text of the sheets and judges it.
func finishPaper(page Page, sheets []sheet) (Page, error) {
	total := 0
	for _, s := range sheets {
		total += sheetLetters(s)
	}
	if total < 10 && len(page.Unread) > 0 {
		return Page{}, unreadable(CodeScanned, "its pages are pictures without a text layer; import the original file, or run text recognition (OCR) first")
	}
	title, blocks, err := paper(sheets)
	if err != nil {
		return Page{}, err
	}
	page.Text = markdown(blocks)
	page.Title = title
	return page, nil
}

func sheetLetters(s sheet) int {
	n := 0
	for _, g := range s.glyphs {
		n += letters(g.text)
	}
	return n
}

func pdfProperties(p pdfium.Pdfium, doc references.FPDF_DOCUMENT) map[string]string {
	meta := map[string]string{}
	for tag, key := range map[string]string{"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords", "CreationDate": "created", "ModDate": "modified"} {
		if v, err := p.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: doc, Tag: tag}); err == nil && tidyLine(v.Value) != "" {
			meta[key] = tidyLine(v.Value)
		}
	}
	return meta
}

// readSheet reads what stands on one page, and whether pictures do.
func readSheet(p pdfium.Pdfium, doc references.FPDF_DOCUMENT, n int) (s sheet, pictures bool, err error) {
	loaded, err := p.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: doc, Index: n})
	if err != nil {
		return s, false, err
	}
	defer p.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	ref := requests.Page{ByReference: &loaded.Page}
	w, err := p.FPDF_GetPageWidth(&requests.FPDF_GetPageWidth{Page: ref})
	if err != nil {
		return s, false, err
	}
	h, err := p.FPDF_GetPageHeight(&requests.FPDF_GetPageHeight{Page: ref})
	if err != nil {
		return s, false, err
	}
	s.w, s.h = w.Width, h.Height
	if s.glyphs, err = pdfGlyphs(p, ref, s.h); err != nil {
		return s, false, err
	}
	s.rules, pictures = pdfRules(p, ref, s)
	return s, pictures, nil
}

func pdfGlyphs(p pdfium.Pdfium, page requests.Page, height float64) ([]glyph, error) {
	text, err := p.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, err
	}
	defer p.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage})
	count, err := p.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err != nil {
		return nil, err
	}
	var glyphs []glyph
	spaced := false
	for i := range min(count.Count, maxPageGlyphs) {
		u, err := p.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: text.TextPage, Index: i})
		if err != nil {
			return nil, err
		}
		r := rune(u.Unicode)
		if unicode.IsSpace(r) || r == 0 {
			spaced = true
			continue
		}
		// 2 and U+FFFE stand for a hyphen at the end of a line.
		if r == 2 || r == 0xfffe || unicode.IsControl(r) {
			continue
		}
		box, err := p.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: text.TextPage, Index: i})
		if err != nil {
			continue // a character without a place is not on the page
		}
		b := box.Rect
		g := glyph{text: string(r), x0: float64(b.Left), x1: float64(b.Right), y0: height - float64(b.Top), y1: height - float64(b.Bottom), spaced: spaced}
		// Where a font gives the place of the ink alone, 一 is flat.
		if g.size = g.y1 - g.y0; isWide(r) && g.size < 0.5*(g.x1-g.x0) {
			g.size = g.x1 - g.x0
		}
		spaced = false
		if bad(g.x0, g.x1, g.y0, g.y1) || g.size <= 0 || g.size > height/2 {
			continue
		}
		glyphs = append(glyphs, g)
	}
	return glyphs, nil
}

func bad(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.Abs(v) > 1e5 {
			return true
		}
	}
	return false
}

// pdfRules collects the upright and level lines on a page, drawn as lines or
// as thin boxes, and tells whether there are pictures. What cannot be read of
// them is left out: they only help to find tables.
func pdfRules(p pdfium.Pdfium, page requests.Page, s sheet) (rules []rule, pictures bool) {
	count, err := p.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return nil, false
	}
	for i := range min(count.Count, maxPageObjects) {
		object, err := p.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			continue
		}
		kind, err := p.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: object.PageObject})
		if err != nil {
			continue
		}
		switch kind.Type {
		case enums.FPDF_PAGEOBJ_IMAGE, enums.FPDF_PAGEOBJ_FORM:
			pictures = true
		case enums.FPDF_PAGEOBJ_PATH:
			rules = append(rules, pathRules(p, object.PageObject, s)...)
		}
	}
	return rules, pictures
}

func pathRules(p pdfium.Pdfium, object references.FPDF_PAGEOBJECT, s sheet) []rule {
	b, err := p.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: object})
	if err != nil {
		return nil
	}
	box := rule{float64(b.Left), s.h - float64(b.Top), float64(b.Right), s.h - float64(b.Bottom)}
	switch {
	case bad(box.x0, box.y0, box.x1, box.y1):
		return nil
	case box.x1-box.x0 > 0.95*s.w && box.y1-box.y0 > 0.95*s.h:
		return nil // the ground of the page
	case box.x1-box.x0 < near || box.y1-box.y0 < near:
		return []rule{box}
	}
	// A box that is only filled is a ground behind text; its edges are no
	// borders.
	mode, err := p.FPDFPath_GetDrawMode(&requests.FPDFPath_GetDrawMode{PageObject: object})
	if err != nil || !mode.Stroke {
		return nil
	}
	count, err := p.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: object})
	if err != nil || count.Count > maxSegments {
		return nil
	}
	matrix, err := p.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: object})
	if err != nil {
		return nil
	}
	m := matrix.Matrix
	var rules []rule
	var startX, startY, lastX, lastY float64
	edge := func(x, y float64) {
		r := rule{math.Min(lastX, x), math.Min(lastY, y), math.Max(lastX, x), math.Max(lastY, y)}
		if (r.x1-r.x0 < 0.5) != (r.y1-r.y0 < 0.5) && !bad(r.x0, r.y0, r.x1, r.y1) {
			rules = append(rules, r)
		}
	}
	for i := range count.Count {
		segment, err := p.FPDFPath_GetPathSegment(&requests.FPDFPath_GetPathSegment{PageObject: object, Index: i})
		if err != nil {
			return nil
		}
		kind, err := p.FPDFPathSegment_GetType(&requests.FPDFPathSegment_GetType{PathSegment: segment.PathSegment})
		if err != nil {
			return nil
		}
		at, err := p.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: segment.PathSegment})
		if err != nil {
			return nil
		}
		x := float64(m.A)*float64(at.X) + float64(m.C)*float64(at.Y) + float64(m.E)
		y := s.h - (float64(m.B)*float64(at.X) + float64(m.D)*float64(at.Y) + float64(m.F))
		switch kind.Type {
		case enums.FPDF_SEGMENT_MOVETO:
			startX, startY = x, y
		case enums.FPDF_SEGMENT_LINETO:
			edge(x, y)
		}
		lastX, lastY = x, y
		if closes, err := p.FPDFPathSegment_GetClose(&requests.FPDFPathSegment_GetClose{PathSegment: segment.PathSegment}); err == nil && closes.IsClose {
			edge(startX, startY)
			lastX, lastY = startX, startY
		}
	}
	return rules
}
