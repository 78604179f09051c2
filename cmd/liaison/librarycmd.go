package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"liaison/knowledge"
	"liaison/knowledge/shelf"
)

// libraryCmd looks at the library and reviews it.
type libraryCmd struct {
	List     libraryListCmd     `cmd:"" help:"List the documents."`
	Show     libraryShowCmd     `cmd:"" help:"Show a document with its units, versions and history."`
	Publish  libraryPublishCmd  `cmd:"" help:"Let drafts count."`
	Withdraw libraryWithdrawCmd `cmd:"" help:"Make documents drafts again; the version before counts again."`
	Repeal   libraryRepealCmd   `cmd:"" help:"Mark documents as out of force."`
	Remove   libraryRemoveCmd   `cmd:"" help:"Take documents out of the library."`
	Set      librarySetCmd      `cmd:"" help:"Correct what the library says about a document."`
}

// Help is shown by liaison library --help.
func (libraryCmd) Help() string {
	return "The ID is that of the list. An old version or a waiting draft of ID is ID-vN.\n\nExample:\n  liaison library list\n  liaison library publish notice-2026"
}

type libraryListCmd struct {
	Text  string `arg:"" optional:"" help:"Only documents with this in id, title, number, issuer or file name."`
	State string `help:"Only documents in this state: ${enum}." enum:",draft,in_force,superseded,repealed" default:""`
	All   bool   `help:"Superseded versions and hidden documents, too."`
	JSON  bool   `name:"json" help:"Print one JSON object a line."`
}

// Help is shown by liaison library list --help.
func (libraryListCmd) Help() string {
	return "Values that were guessed and not stated in the text are marked with ?.\n\nExample:\n  liaison library list --state draft"
}

// Run lists.
func (cmd libraryListCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return s.withShelf(ctx, c, func(sh *shelf.Shelf) error {
		items, err := sh.List(ctx, shelf.Filter{Text: cmd.Text, State: shelf.State(cmd.State), Old: cmd.All})
		if err != nil {
			return err
		}
		if cmd.JSON {
			enc := json.NewEncoder(c.out)
			enc.SetEscapeHTML(false)
			for _, i := range items {
				if err := enc.Encode(i.Summary()); err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		for _, i := range items {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d units\t%s\n", i.ID, standing(i), marked(i, "title"), marked(i, "number"),
				marked(i, "effective_from")+"–"+marked(i, "effective_to"), len(i.Doc.Units), i.File)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%d documents\n", len(items))
		return nil
	})
}

// standing is the state in words.
func standing(i shelf.Item) string {
	switch {
	case i.Fault != "":
		return "unreadable"
	case i.Hidden:
		return "hidden"
	case i.State == shelf.Published && !i.InForce(knowledge.DateOf(wallClock())):
		return "not in force today"
	default:
		return strings.ReplaceAll(string(i.State), "_", " ")
	}
}

// marked is the value of a key, with ? behind it if it was guessed.
func marked(i shelf.Item, key string) string {
	for _, f := range shelf.Fields(i.Doc) {
		switch {
		case f.Key != key:
		case f.Guessed:
			return f.Value + "?"
		default:
			return f.Value
		}
	}
	return ""
}

type libraryShowCmd struct {
	ID string `arg:"" help:"ID of the document."`
}

// Help is shown by liaison library show --help.
func (libraryShowCmd) Help() string { return "Example:\n  liaison library show notice-2026-v1" }

// Run shows.
func (cmd libraryShowCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return s.withShelf(ctx, c, func(sh *shelf.Shelf) error {
		d, err := sh.Show(ctx, cmd.ID)
		if err != nil {
			return fail(err, "liaison library list --all")
		}
		printDetail(c.out, d)
		return nil
	})
}

func printDetail(w io.Writer, d shelf.Detail) {
	fmt.Fprintf(w, "%s: %s, version %d\n", d.ID, standing(d.Item), d.Version)
	if !d.SupersededOn.IsZero() {
		fmt.Fprintf(w, "superseded on %s by %s\n", d.SupersededOn, d.Document)
	} else if d.SupersededBy != "" {
		fmt.Fprintf(w, "superseded by %s\n", d.SupersededBy)
	}
	if d.DuplicateOf != "" {
		fmt.Fprintf(w, "says the same as %s\n", d.DuplicateOf)
	}
	if len(d.Contradicts) > 0 {
		fmt.Fprintf(w, "has other figures than %s\n", strings.Join(d.Contradicts, ", "))
	}
	if d.Fault != "" {
		fmt.Fprintln(w, d.Fault)
	}
	for _, f := range shelf.Fields(d.Doc) {
		if f.Value != "" {
			fmt.Fprintf(w, "  %s: %s\n", f.Key, marked(d.Item, f.Key))
		}
	}
	if d.File != "" {
		fmt.Fprintf(w, "  file: %s\n", d.File)
	}
	fmt.Fprintf(w, "\n%d units\n", len(d.Doc.Units))
	for _, u := range d.Doc.Units {
		fmt.Fprintf(w, "  #%s  %s", u.Slug, u.Title)
		if u.Path != "" && u.Path != u.Title {
			fmt.Fprintf(w, "  (%s)", u.Path)
		}
		fmt.Fprintln(w)
	}
	if len(d.Versions) > 1 {
		fmt.Fprintln(w, "\nversions")
		for _, v := range d.Versions {
			fmt.Fprintf(w, "  %s  version %d, %s\n", v.ID, v.Version, standing(v))
		}
	}
	fmt.Fprintln(w, "\nhistory")
	for _, e := range d.History {
		fmt.Fprintf(w, "  %s  version %d: %s by %s", stamp(e.At), e.Version, e.Action, e.By)
		if e.Import > 0 {
			fmt.Fprintf(w, ", import %d", e.Import)
		}
		fmt.Fprintln(w)
	}
}

// review is what publish, withdraw, repeal and remove have in common.
type review struct {
	by
	IDs []string `arg:"" name:"id" help:"IDs of documents."`
}

// each does one thing to all the documents; it stops at the first that is refused.
func (cmd review) each(ctx context.Context, s *Settings, c *console, done string, do func(sh *shelf.Shelf, id string) error) error {
	return s.withShelf(ctx, c, func(sh *shelf.Shelf) error {
		for _, id := range cmd.IDs {
			if err := do(sh, id); err != nil {
				return fail(err, "liaison library show %s", id)
			}
			fmt.Fprintf(c.out, "%s: %s\n", id, done)
		}
		return nil
	})
}

type libraryPublishCmd struct{ review }

// Help is shown by liaison library publish --help.
func (libraryPublishCmd) Help() string {
	return "It counts from the day that it states, else from today; what it replaces is superseded from then.\n\nExample:\n  liaison library publish notice-2026 --by 李四"
}

// Run publishes.
func (cmd libraryPublishCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return cmd.each(ctx, s, c, "published", func(sh *shelf.Shelf, id string) error {
		_, err := sh.Publish(ctx, id, cmd.By)
		return err
	})
}

type libraryWithdrawCmd struct{ review }

// Help is shown by liaison library withdraw --help.
func (libraryWithdrawCmd) Help() string { return "Example:\n  liaison library withdraw notice-2026" }

// Run withdraws.
func (cmd libraryWithdrawCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return cmd.each(ctx, s, c, "a draft again", func(sh *shelf.Shelf, id string) error {
		_, err := sh.Withdraw(ctx, id, cmd.By)
		return err
	})
}

type libraryRepealCmd struct{ review }

// Help is shown by liaison library repeal --help.
func (libraryRepealCmd) Help() string {
	return "Questions about the past still find it, and the answer says that it is out of force.\n\nExample:\n  liaison library repeal notice-2020"
}

// Run repeals.
func (cmd libraryRepealCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return cmd.each(ctx, s, c, "repealed", func(sh *shelf.Shelf, id string) error {
		_, err := sh.Repeal(ctx, id, cmd.By)
		return err
	})
}

type libraryRemoveCmd struct{ review }

// Help is shown by liaison library remove --help.
func (libraryRemoveCmd) Help() string {
	return "All versions go; ID-vN is only that version. Importing the file again brings the document back.\n\nExample:\n  liaison library remove notice-2020"
}

// Run removes.
func (cmd libraryRemoveCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return cmd.each(ctx, s, c, "removed", func(sh *shelf.Shelf, id string) error {
		return sh.Remove(ctx, id, cmd.By)
	})
}

type librarySetCmd struct {
	by
	ID     string   `arg:"" help:"ID of the document."`
	Values []string `arg:"" name:"key=value" help:"What to set; several values of a list are separated by commas."`
}

// Help is shown by liaison library set --help.
func (librarySetCmd) Help() string {
	return "The keys are " + strings.Join(shelf.Settable, ", ") + ". A value that was guessed counts as stated when it is set.\n\nExample:\n  liaison library set notice-2026 issued=2026-03-01 'issuers=慈溪市人民政府办公室'"
}

// Run sets.
func (cmd librarySetCmd) Run(ctx context.Context, s *Settings, c *console) error {
	var fields []shelf.Field
	for _, v := range cmd.Values {
		key, value, ok := strings.Cut(v, "=")
		if !ok {
			return misuse(fmt.Errorf("%q is not of the form key=value", v), "liaison library set --help")
		}
		fields = append(fields, shelf.Field{Key: key, Value: value})
	}
	return s.withShelf(ctx, c, func(sh *shelf.Shelf) error {
		item, err := sh.Set(ctx, cmd.ID, cmd.By, fields)
		if err != nil {
			return fail(err, "liaison library show %s", cmd.ID)
		}
		for _, f := range fields {
			fmt.Fprintf(c.out, "%s: %s\n", f.Key, marked(item, f.Key))
		}
		return nil
	})
}

// exportCmd writes the library as files.
type exportCmd struct {
	Dir   string `arg:"" help:"Folder for the files."`
	Prune bool   `help:"Delete exported files there whose document is no longer in the library."`
}

// Help is shown by liaison export --help.
func (exportCmd) Help() string {
	return "One Markdown file with front matter for each document, named by its id. The same library gives the same bytes, so the folder can be kept in git, edited there and imported again; importing it unchanged changes nothing.\n\nExample:\n  liaison export policies/ --prune"
}

// Run exports.
func (cmd exportCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return s.withShelf(ctx, c, func(sh *shelf.Shelf) error {
		done, err := sh.Export(ctx, cmd.Dir, cmd.Prune)
		if err != nil {
			return fail(err, "check that the folder can be written")
		}
		fmt.Fprintf(c.out, "%d documents in %s: %d files written, %d deleted\n", done.Documents, cmd.Dir, len(done.Written), len(done.Pruned))
		return nil
	})
}
