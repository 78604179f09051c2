package handlers

import (
	"fmt"
	"strings"
	"time"

	"liaison/ticket"
)

// lang is the language that the bot speaks to somebody.
type lang string

const (
	zh lang = "zh"
	en lang = "en"
)

// langOf returns the person's choice, or else what the app is set to. Chinese
// is the default of this city.
func langOf(chosen, app string) lang {
	if chosen == "" {
		chosen = app
	}
	if strings.HasPrefix(strings.ToLower(chosen), "en") {
		return en
	}
	return zh
}

// phrase is something that the bot says, in both languages. Both have the same
// verbs in the same order, or use indexes.
type phrase struct{ zh, en string }

// f fills the phrase in.
func (l lang) f(p phrase, args ...any) string {
	s := p.zh
	if l == en {
		s = p.en
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// when writes a moment in the city's time, to the minute.
func (l lang) when(t time.Time) string {
	if l == en {
		return t.In(ticket.CST).Format("2 Jan 2006, 15:04")
	}
	return t.In(ticket.CST).Format("2006年1月2日 15:04")
}

// day writes the day of a moment in the city's time.
func (l lang) day(t time.Time) string {
	if l == en {
		return t.In(ticket.CST).Format("2 Jan 2006")
	}
	return t.In(ticket.CST).Format("2006年1月2日")
}

// excerpt is the beginning of a text on one line, at most n characters.
func excerpt(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n]) + "…"
}
