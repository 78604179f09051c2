package ticket

// Kind says what a case is about in the city's own division; it selects the
// deadlines, the routing rules and what the requester is asked for.
type Kind string

// The kinds of case. The comment gives the name shown in Chinese.
const (
	Inquiry    Kind = "inquiry"    // 咨询
	Complaint  Kind = "complaint"  // 投诉
	Suggestion Kind = "suggestion" // 建议
	Request    Kind = "request"    // 求助
	Financing  Kind = "financing"  // 融资需求
	Finding    Kind = "finding"    // 观察员反馈
)

// Kinds lists every kind in the order in which they are offered to people.
var Kinds = []Kind{Inquiry, Complaint, Suggestion, Request, Financing, Finding}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool {
	for _, known := range Kinds {
		if k == known {
			return true
		}
	}
	return false
}
