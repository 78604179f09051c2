package knowledge

import "context"

// The stages of answering, in their order; the second and the third with endpoints
// only, the last two in Answerer.Write.
const (
	StageFind   = "find" // units, by their words
	StageEmbed  = ByVectors
	StageRerank = ByRerank
	StageRead   = "read"   // the sentences of the best units
	StageDecide = "decide" // whether they answer
	StageQuote  = "quote"
	StageModel  = "model"  // until the model's text is there and checked
	StageGround = "ground" // one statement of it, within StageModel
)

// Stages is called as a stage begins, with its name. What it returns is the context
// of the stage and what is to be called as the stage ends, with whether it worked.
// It must be safe for concurrent use. A nil Stages does nothing.
type Stages func(ctx context.Context, name string) (context.Context, func(ok bool))

func (s Stages) begin(ctx context.Context, name string) (context.Context, func(ok bool)) {
	if s == nil {
		return ctx, func(bool) {}
	}
	return s(ctx, name)
}
