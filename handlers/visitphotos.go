package handlers

import (
	"context"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// attachToVisit adds the message's files to the draft as a whole, and reports whether
// there were any that could be taken.
func (t *turn) attachToVisit(ctx context.Context, v *visit.Visit) (bool, error) {
	files, err := t.takenFor(ctx, v.Files)
	if err != nil || len(files) == 0 {
		return false, err
	}
	v.Files = append(v.Files, files...)
	return true, t.tx.SaveVisit(ctx, *v)
}

// attachToOpinion adds the message's files to an opinion, while opinions are asked for:
// to the one that the words with them are, else to the one that is written anew, else
// to the last.
func (t *turn) attachToOpinion(ctx context.Context, v visit.Visit, text string) error {
	g := t.conv.Visit
	i := len(v.Opinions) - 1
	for k, o := range v.Opinions {
		if o.N == g.Opinion {
			i = k
		}
	}
	var there []ticket.File
	if text == "" || g.Opinion > 0 {
		there = v.Opinions[i].Files
	}
	files, err := t.takenFor(ctx, there)
	switch {
	case err != nil:
		return err
	case text != "":
		return t.noteOpinion(ctx, v, text, files)
	case len(files) == 0:
		return nil
	}
	o := &v.Opinions[i]
	o.Files = append(o.Files, files...)
	if err := t.tx.SaveVisit(ctx, v); err != nil {
		return err
	}
	return t.tell(ctx, pOpinionFile, i+1, excerpt(o.Text, 30), len(o.Files), MaxFiles)
}

// takenFor returns the message's files that can be taken beside those that are there,
// and says of the others why not.
func (t *turn) takenFor(ctx context.Context, there []ticket.File) ([]ticket.File, error) {
	files, refused := t.taken(t.m.Files)
	if refused != nil {
		if err := t.tell(ctx, *refused); err != nil {
			return nil, err
		}
	}
	if room := max(MaxFiles-len(there), 0); len(files) > room {
		files = files[:room]
		return files, t.tell(ctx, pVisitFull, MaxFiles)
	}
	return files, nil
}

// opinionLine shows one opinion, at most limit characters of it, under the number i that people read.
func (t *turn) opinionLine(out *lines, i int, o visit.Opinion, limit int) {
	text := excerpt(o.Text, limit)
	if len(o.Files) > 0 {
		text += t.lang.f(pOpinionFiles, len(o.Files))
	}
	out.add(Span{Text: t.lang.f(pfOpinionN, i), Style: Bold}, Span{Text: text})
}

// dropFiles removes the files of the opinion that is written anew, or those of the visit
// as a whole, whichever is asked about.
func (t *turn) dropFiles(ctx context.Context, v visit.Visit) error {
	g := t.conv.Visit
	switch o := v.Opinion(g.Opinion); {
	case g.Field == fieldFiles:
		v.Files = nil
	case g.Field == fieldOpinions && o != nil:
		o.Files = nil
	default:
		return t.toast(ctx, pOldButton)
	}
	if err := t.tx.SaveVisit(ctx, v); err != nil {
		return err
	}
	return t.promptVisit(ctx, v)
}
