package ticket

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Funds is what a financing request asks for. What the money is for is the text of
// the case, in the requester's words. A field that is zero was not said.
type Funds struct {
	Amount     int64       `json:"amount,omitempty"` // yuan
	Months     int         `json:"months,omitempty"`
	Guarantees []Guarantee `json:"guarantees,omitempty"`
	// Offered is what else can be offered as security, in the requester's words.
	Offered string          `json:"offered,omitempty"`
	Has     []Qualification `json:"has,omitempty"`
	// AlsoHas is what else speaks for the company, in the requester's words.
	AlsoHas string `json:"also_has,omitempty"`
	// Products are the clauses of the library that were shown as fitting.
	Products []Product `json:"products,omitempty"`
}

// Product is a clause of the policy library about a way of financing. The title is
// kept with the case: the library changes.
type Product struct {
	Unit  string `json:"unit"` // its id in the library
	Title string `json:"title"`
	// Why it fits: the code of each is a Qualification, the value the words of the
	// clause that name it.
	Why []Reason `json:"why"`
}

// Guarantee is a way of securing a loan.
type Guarantee string

// The guarantees, with the name shown in Chinese.
const (
	Mortgage  Guarantee = "mortgage"  // 抵押: of land, buildings, machines
	Pledge    Guarantee = "pledge"    // 质押: of rights, deposits, goods
	Surety    Guarantee = "surety"    // 保证: by a person or another company
	Guarantor Guarantee = "guarantor" // 担保公司
	Credit    Guarantee = "credit"    // 信用: none
)

// Guarantees lists every guarantee in the order in which they are offered.
var Guarantees = []Guarantee{Mortgage, Pledge, Surety, Guarantor, Credit}

// Qualification is what a company has that a way of financing may ask for.
type Qualification string

// The qualifications, with the name shown in Chinese.
const (
	Patents   Qualification = "patents"   // 知识产权: patents, trade marks
	Orders    Qualification = "orders"    // 订单、应收账款
	ECommerce Qualification = "ecommerce" // 电商流水
	StartUp   Qualification = "startup"   // 创业: a young company
	HighTech  Qualification = "hightech"  // 科技型、专精特新
)

// Qualifications lists every qualification in the order in which they are offered.
var Qualifications = []Qualification{Patents, Orders, ECommerce, StartUp, HighTech}

// Limits on the figures of a financing request. They are far beyond what a local
// business is lent and catch what was mistyped.
const (
	MinAmount = 1_000          // yuan
	MaxAmount = 10_000_000_000 // yuan
	MaxMonths = 360
	MaxRate   = 36_000 // see Outcome.Rate: what is dearer is no loan of a bank
	MaxFact   = 200    // characters of Offered and AlsoHas
)

// Check returns an Invalid error that names the first field that cannot be.
func (f Funds) Check() error {
	switch {
	case f.Amount != 0 && !validAmount(f.Amount):
		return &Error{Code: Invalid, Field: "amount"}
	case f.Months < 0 || f.Months > MaxMonths:
		return &Error{Code: Invalid, Field: "months"}
	case !among(f.Guarantees, Guarantees) || utf8.RuneCountInString(f.Offered) > MaxFact:
		return &Error{Code: Invalid, Field: "guarantee"}
	case !among(f.Has, Qualifications) || utf8.RuneCountInString(f.AlsoHas) > MaxFact:
		return &Error{Code: Invalid, Field: "qualification"}
	default:
		return nil
	}
}

func validAmount(yuan int64) bool { return yuan >= MinAmount && yuan <= MaxAmount }

// among reports whether each of some is one of all.
func among[T comparable](some, all []T) bool {
	return !slices.ContainsFunc(some, func(one T) bool { return !slices.Contains(all, one) })
}

// Result is how a financing request ended.
type Result string

// The results, with the name shown in Chinese.
const (
	Granted  Result = "granted" // 已获批
	Refused  Result = "refused" // 未获批
	NoResult Result = "none"    // 没有结果: the company gave it up or no longer needs it
)

// Results lists every result in the order in which they are offered.
var Results = []Result{Granted, Refused, NoResult}

// Outcome is what came of a financing request, as staff recorded it. The figures
// are those of what was granted, which may differ from what was asked for.
type Outcome struct {
	Result Result `json:"result"`
	Amount int64  `json:"amount,omitempty"` // yuan
	Rate   int    `json:"rate,omitempty"`   // a year, in thousandths of a percent: 3850 is 3.85%
	Months int    `json:"months,omitempty"`
	Lender string `json:"lender,omitempty"` // station id of who lends or brought it about
	Reason string `json:"reason,omitempty"` // why it was refused; the requester is told
	// At is when it was recorded, in UTC; the step that records it sets it.
	At time.Time `json:"at"`
}

// Check returns an Invalid error that names the first field that is missing or
// cannot be. Whether there is such a station is for the caller to know.
func (o Outcome) Check() error {
	granted := o.Result == Granted
	switch {
	case !slices.Contains(Results, o.Result):
		return &Error{Code: Invalid, Field: "result"}
	case granted && o.Lender == "":
		return &Error{Code: Invalid, Field: "lender"}
	case granted && !validAmount(o.Amount):
		return &Error{Code: Invalid, Field: "amount"}
	case granted && (o.Rate <= 0 || o.Rate > MaxRate):
		return &Error{Code: Invalid, Field: "rate"}
	case granted && (o.Months <= 0 || o.Months > MaxMonths):
		return &Error{Code: Invalid, Field: "months"}
	case o.Result == Refused && o.Reason == "":
		return &Error{Code: Invalid, Field: "text"}
	default:
		return nil
	}
}

// record returns the outcome as it is recorded at a moment with a text: with nothing
// in it but what belongs to its result.
func (o Outcome) record(text string, at time.Time) Outcome {
	if o.Result != Granted {
		o.Amount, o.Rate, o.Months, o.Lender = 0, 0, 0, ""
	}
	o.Reason = ""
	if o.Result == Refused {
		o.Reason = text
	}
	o.At = at.UTC()
	return o
}

// Unresolved reports whether the result of a financing request is still to be
// recorded, without which it cannot be answered.
func (t Ticket) Unresolved() bool { return t.Kind == Financing && t.Outcome == nil }

// asked is the amount that a financing request asks for, in yuan, 0 when it names none.
func (t Ticket) asked() int64 {
	if t.Funds == nil {
		return 0
	}
	return t.Funds.Amount
}

// Ended returns how the financing request stands in reports: as recorded; as
// NoResult when it ended without a record, withdrawn or rejected; "" while it goes on.
func (t Ticket) Ended() Result {
	switch {
	case t.Outcome != nil:
		return t.Outcome.Result
	case t.State.Terminal():
		return NoResult
	default:
		return ""
	}
}
