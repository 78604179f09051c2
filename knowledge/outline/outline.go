// Package outline cuts a text along its own structure.
//
// Chinese policy texts say themselves where they can be cut: 第七条, 一、, （二）,
// headings, questions with their answers, the rows of a table. Cut follows these
// marks down until the pieces are small enough to be read on a telephone and
// large enough to make sense alone, and tells of each piece where it stood.
//
// The package knows nothing of documents, files or dates.
package outline

// Kind says what sort of piece a Part is.
type Kind string

const (
	Text     Kind = "text"     // paragraphs, list points
	Preamble Kind = "preamble" // what stands before the first heading or article
	Article  Kind = "article"  // 第…条
	Section  Kind = "section"  // a heading with what belongs to it
	Answer   Kind = "answer"   // a question with its answer
	Table    Kind = "table"    // rows of a table
	Contents Kind = "contents" // a table of contents: nothing in it is said there
)

// Part is a piece of a text. The parts of a text tile it: each begins where the
// one before ends, the first at 0, the last ends with the text.
type Part struct {
	Kind  Kind
	Path  []string // the headings above, outermost first
	Lead  string   // the sentence in an earlier part that introduces the list or table this was cut from
	Title string   // its own heading, or the nearest above
	Mark  string   // its own number as written, such as 第七条 or （二）至（四）; often empty
	Num   int      // the number of a single mark: 7; 0 if it has none
	Sub   int      // 第十条之二: 2
	Body  string   // its text without the headings that Path and Title give

	// Start and End are byte offsets in the text.
	Start, End int
	// Repeated counts the leading lines of Body that stand in an earlier part:
	// the heading row of a table and the line below it.
	Repeated int
}

// Sizes in characters. A reader takes in 400 characters on a telephone, and the
// ranking measured flat between 250 and 600.
const (
	joinSize  = 500 // pieces of a section are put together up to here
	maxSize   = 800 // a paragraph or a table beyond this is cut
	pieceSize = 400 // into pieces of about this
	minSize   = 80  // a section below this is not cut off from its neighbours
)

// Cut returns the parts of text in order; a text of white space has none. title
// is the title of the whole: where the text repeats it, it is no heading. Cut
// never fails: a text without structure is cut between paragraphs and sentences.
func Cut(title, text string) []Part {
	blocks := scan(text)
	if len(blocks) == 0 {
		return nil
	}
	markContents(blocks)
	markHeadings(blocks, title)
	c := cutter{text: text, title: title, blocks: blocks}
	c.section(build(blocks))
	c.flush(len(blocks), &node{head: none})
	return c.parts
}
