package knowledge

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

//go:embed decision.json
var decisionJSON []byte

// Decision says from when on a question is answered. It is a logistic model of a
// few features of the best match, fitted on measured data.
type Decision struct {
	Answer  float64            `json:"answer"`  // answer when at least this sure, 0 to 1
	Clarify float64            `json:"clarify"` // offer choices when at least this sure
	Near    float64            `json:"near"`    // a unit that scores at least this share of the best could be meant too
	Bias    float64            `json:"bias"`
	Weights map[string]float64 `json:"weights"` // by name of feature
	How     json.RawMessage    `json:"how"`     // data, command, date: how the numbers were obtained
}

// DefaultDecision returns the decision that ships with the program.
var DefaultDecision = sync.OnceValue(func() *Decision {
	d, err := ParseDecision(decisionJSON)
	if err != nil {
		panic("knowledge: embedded decision.json: " + err.Error()) // a test reads it
	}
	return d
})

// ParseDecision reads a decision from JSON and checks that it makes sense.
func ParseDecision(data []byte) (*Decision, error) {
	var d Decision
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	if !(0 <= d.Clarify && d.Clarify <= d.Answer && d.Answer <= 1) {
		return nil, errors.New("0 <= clarify <= answer <= 1 does not hold")
	}
	for name := range d.Weights {
		if _, ok := (features{}).byName()[name]; !ok {
			return nil, fmt.Errorf("there is no feature %q", name)
		}
	}
	return &d, nil
}

// sure is how sure the decision is that the best match answers, 0 to 1.
func (d *Decision) sure(f features) float64 {
	z := d.Bias
	for name, v := range f.byName() {
		z += d.Weights[name] * v
	}
	return 1 / (1 + math.Exp(-z))
}

type verdict struct {
	outcome Outcome
	units   []int32 // Answered: what to cite, best first; Clarify: the choices
	sure    float64
}

// candidates is how many hits the decision looks at.
const candidates = 8

func (d *Decision) judge(l *Library, q *query, hits []Hit) verdict {
	if len(hits) == 0 {
		return verdict{outcome: Refused}
	}
	v := verdict{outcome: Refused, sure: d.sure(l.features(q, hits))}
	for _, h := range hits {
		if h.Score >= d.Near*hits[0].Score && len(v.units) < MaxChoices {
			v.units = append(v.units, h.unit)
		}
	}
	switch {
	case v.sure >= d.Answer:
		v.outcome = Answered
	case v.sure >= d.Clarify && len(v.units) > 1:
		v.outcome = Clarify
	}
	return v
}

// features describe how well the best match fits, each about 0 to 1.
type features struct {
	score float64 // of the best match over what the question could reach
	cover float64 // share of the question's weight that the best passage holds
}

func (f features) byName() map[string]float64 {
	return map[string]float64{"score": f.score, "cover": f.cover}
}

func (l *Library) features(q *query, hits []Hit) features {
	var f features
	if q.max == 0 {
		return f
	}
	f.score = hits[0].Score / float64(q.max) / 2.2
	f.cover = f.score
	return f
}

// Judgement is what a decision says about a question before anything is
// composed; measurements read it.
type Judgement struct {
	Decision Outcome
	Units    []string // unit IDs, best first
	Sure     float64  // 0 to 1
}

// Judge searches l and decides as an Answerer does, as of today.
func (d *Decision) Judge(l *Library, question string) Judgement {
	if screen(question) != "" {
		return Judgement{Decision: Refused}
	}
	q := l.analyse(question)
	v := d.judge(l, &q, l.search(q, candidates, DateOf(time.Now()), ""))
	j := Judgement{Decision: v.outcome, Sure: v.sure}
	for _, n := range v.units {
		j.Units = append(j.Units, l.unit(int(n)).ID)
	}
	return j
}
