package web

import (
	"net/url"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// lineView is a Line as the page gets it: without the marks that only the
// conversations need.
type lineView struct {
	ID      int64           `json:"id"`
	Rev     int64           `json:"rev"`
	Side    Side            `json:"side"`
	At      time.Time       `json:"at"`
	Text    []handlers.Span `json:"text,omitempty"`
	Buttons [][]buttonView  `json:"buttons,omitempty"`
	Files   []fileView      `json:"files,omitempty"`
	Prompt  bool            `json:"prompt,omitempty"`
	Replies bool            `json:"replies,omitempty"` // an answer to this very line is understood
}

type buttonView struct {
	Text string `json:"text"`
	Data string `json:"data,omitempty"`
	URL  string `json:"url,omitempty"`
}

type fileView struct {
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	URL   string `json:"url"`
	Image bool   `json:"image,omitempty"` // may be shown in the page
}

func viewLine(l Line) lineView {
	v := lineView{ID: l.ID, Rev: l.Rev, Side: l.Side, At: l.At.UTC(), Prompt: l.Body.Prompt, Replies: handlers.AboutCase(l.Body.Ref), Files: viewFiles(l.Body.Files, "")}
	for _, span := range l.Body.Text {
		span.URL = safeURL(span.URL)
		v.Text = append(v.Text, span)
	}
	for _, row := range l.Body.Buttons {
		var buttons []buttonView
		for _, b := range row {
			buttons = append(buttons, buttonView{Text: b.Text, Data: b.Data, URL: safeURL(b.URL)})
		}
		v.Buttons = append(v.Buttons, buttons)
	}
	return v
}

// viewFiles returns the files with addresses under which they can be had; those
// of a case name the case.
func viewFiles(files []ticket.File, ticketID string) []fileView {
	var views []fileView
	for _, f := range files {
		at := "/files/" + f.Hash
		if ticketID != "" {
			at += "?ticket=" + url.QueryEscape(ticketID)
		}
		views = append(views, fileView{Name: f.Name, Size: f.Size, URL: at, Image: inline[f.MIME]})
	}
	return views
}

// safeURL returns the address when it leads to a web page, else "": a link must
// not run a script, wherever its address came from.
func safeURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return ""
	}
	switch {
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "//"): // browsers read //x as a host
	default:
		return ""
	}
	return u.String()
}
