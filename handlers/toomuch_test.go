package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/ticket"
)

// Whose file was not taken because there were too many is told from when it can be sent
// again, by the city's clock; types that are refused unseen are none that content could save.
func TestFilesThatAreTooMuch(t *testing.T) {
	t.Parallel()
	again := time.Date(2026, 11, 23, 2, 41, 0, 0, time.UTC)
	files, refused := new(turn).taken([]Upload{{Hash: "h", Name: "a.pdf"}, {Problem: TooMuch, Again: again}})
	if len(files) != 1 || refused == nil {
		t.Fatalf("taken %v, refused %v", files, refused)
	}
	for _, l := range []lang{"zh", "en"} {
		if said := l.f(*refused); !strings.Contains(said, again.In(ticket.CST).Format("15:04")) || strings.Contains(said, "%") {
			t.Errorf("%s: %s", l, said)
		}
	}
	for mime, want := range map[string]bool{
		"application/x-msdownload": true, "TEXT/HTML; charset=utf-8": true, "image/svg+xml": true, "application/x-rar-compressed": true,
		"": false, "application/octet-stream": false, "application/pdf": false, "application/x-zip-compressed": false, "image/heic": false,
	} {
		if Refuses(mime) != want || want && Accepts(strings.ToLower(mime)) {
			t.Error(fmt.Sprintf("%q", mime), "refused unseen:", Refuses(mime))
		}
	}
}
