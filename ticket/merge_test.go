package ticket

import "testing"

func TestMergeable(t *testing.T) {
	t.Parallel()
	f := func(requester, company string) Ticket {
		return Ticket{Kind: Financing, Requester: requester, Company: company}
	}
	for name, row := range map[string]struct {
		a, b Ticket
		want bool
	}{
		"no money":         {Ticket{Kind: Complaint, Requester: "a"}, Ticket{Kind: Request, Requester: "b"}, true},
		"into a complaint": {f("a", "示例厂"), Ticket{Kind: Complaint, Requester: "a", Company: "示例厂"}, false},
		"a complaint":      {Ticket{Kind: Complaint, Requester: "a"}, f("a", ""), false},
		"of one person":    {f("a", "示例厂"), f("a", ""), true},
		"of one company":   {f("a", "示例厂"), f("b", " 示例厂"), true},
		"of nobody's":      {f("a", ""), f("b", ""), false},
		"of two companies": {f("a", "示例厂"), f("b", "另一厂"), false},
	} {
		if got := mergeable(row.a, row.b); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
