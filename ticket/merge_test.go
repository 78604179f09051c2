package ticket

import (
	"errors"
	"testing"
)

func TestMergeable(t *testing.T) {
	t.Parallel()
	f := func(requester, company string) Ticket {
		return Ticket{Kind: Financing, Requester: requester, Company: company}
	}
	of := func(yuan int64) Ticket {
		c := f("a", "示例厂")
		c.Funds = &Funds{Amount: yuan}
		return c
	}
	for name, row := range map[string]struct {
		a, b Ticket
		want string
	}{
		"no money":         {Ticket{Kind: Complaint, Requester: "a"}, Ticket{Kind: Request, Requester: "b"}, ""},
		"into a complaint": {f("a", "示例厂"), Ticket{Kind: Complaint, Requester: "a", Company: "示例厂"}, "kinds"},
		"a complaint":      {Ticket{Kind: Complaint, Requester: "a"}, f("a", ""), "kinds"},
		"of one person":    {f("a", "示例厂"), f("a", ""), ""},
		"of one company":   {f("a", "示例厂"), f("b", " 示例厂"), ""},
		"of nobody's":      {f("a", ""), f("b", ""), "kinds"},
		"of two companies": {f("a", "示例厂"), f("b", "另一厂"), "kinds"},
		"the same amount":  {of(500_000), of(500_000), ""},
		"another amount":   {of(500_000), of(800_000), "amounts"},
		"none into some":   {of(0), of(800_000), ""},
		"some into none":   {of(800_000), of(0), "amounts"},
		"some into no sum": {of(800_000), f("a", "示例厂"), "amounts"},
	} {
		got := ""
		var e *Error
		if err := Mergeable(row.a, row.b); errors.As(err, &e) {
			got = e.Field
		}
		if got != row.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
