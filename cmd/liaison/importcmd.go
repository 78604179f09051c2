package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"liaison/knowledge/shelf"
	"liaison/store"
)

// importCmd brings documents into the library or takes an import back.
type importCmd struct {
	Files importFilesCmd `cmd:"" default:"withargs" help:"Import files and folders (the default)."`
	Undo  importUndoCmd  `cmd:"" help:"Take a whole import back."`
}

// Help is shown by liaison import --help.
func (importCmd) Help() string {
	return "Reads HTML, Markdown, text, DOCX, XLSX, CSV, PDF with text, and OFD; folders with all that is in them. Says of each file what became of it. A file that was imported before and has changed becomes a new version of its document, and the old one is superseded; a text that is there under another name is not taken twice. All files go in together, or none if the program is interrupted. A running bot answers from them within five seconds.\n\nExample:\n  liaison import policies/ notice.docx\n  liaison import undo"
}

// by says who does something to the library.
type by struct {
	By string `help:"Who does it, for the record." env:"LIAISON_BY,USER" default:"operator" placeholder:"NAME"`
}

type importFilesCmd struct {
	by
	Paths  []string `arg:"" name:"path" help:"Files or folders."`
	Draft  bool     `help:"Let what is new wait for review: liaison library publish ID."`
	DryRun bool     `help:"Only say what would be done."`
	Strict bool     `help:"Import nothing if one file fails."`
	JSON   bool     `name:"json" help:"Print one JSON object a line: each file, then the summary."`
}

// Help is shown by liaison import files --help.
func (importFilesCmd) Help() string { return importCmd{}.Help() }

// Run imports.
func (cmd importFilesCmd) Run(ctx context.Context, s *Settings, c *console) error {
	files, err := shelf.Files(cmd.Paths)
	if err != nil {
		return misuse(err, "name files or folders that exist")
	}
	if len(files) == 0 {
		return misuse(fmt.Errorf("there is no file in %s", strings.Join(cmd.Paths, ", ")), "name files or folders with files")
	}
	return s.makeShelf(ctx, c, func(sh *shelf.Shelf) error {
		progress, done := progressTo(c.err)
		report, err := sh.Import(ctx, files, shelf.Options{By: cmd.By, Draft: cmd.Draft, DryRun: cmd.DryRun, Strict: cmd.Strict, Progress: progress})
		done()
		if err != nil {
			return err
		}
		if err := cmd.print(c.out, report); err != nil {
			return err
		}
		n := report.Failed()
		switch {
		case n == 0:
			return nil
		case cmd.Strict:
			return fail(fmt.Errorf("%d of %d files failed, nothing was imported", n, len(files)), "correct or leave out these files, or import without --strict")
		default:
			return fail(fmt.Errorf("%d of %d files failed", n, len(files)), "see the reasons above; the other files were taken")
		}
	})
}

// importSummary ends the output of an import.
type importSummary struct {
	Import  int64              `json:"import,omitempty"`
	Counts  map[shelf.Kind]int `json:"counts"`
	Failed  int                `json:"failed_files"`
	Written bool               `json:"written"`
	DryRun  bool               `json:"dry_run,omitempty"`
}

func (cmd importFilesCmd) print(w io.Writer, r shelf.Report) error {
	if cmd.JSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, o := range r.Outcomes {
			if err := enc.Encode(o); err != nil {
				return err
			}
		}
		return enc.Encode(importSummary{r.ID, shelf.Count(r.Outcomes), r.Failed(), r.Written, cmd.DryRun})
	}
	for _, o := range r.Outcomes {
		fmt.Fprintln(w, o)
	}
	fmt.Fprintf(w, "%d files: %s\n", len(r.Outcomes), shelf.InWords(shelf.Count(r.Outcomes)))
	switch {
	case cmd.DryRun:
		fmt.Fprintln(w, "nothing was written: --dry-run")
	case r.Written:
		fmt.Fprintf(w, "import %d; take it back with: liaison import undo %d\n", r.ID, r.ID)
	default:
		fmt.Fprintln(w, "nothing to write")
	}
	return nil
}

// progressTo shows progress in one line if w is a terminal. done ends the line.
func progressTo(w io.Writer) (progress func(done, all int), done func()) {
	f, ok := w.(*os.File)
	if !ok {
		return nil, func() {}
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil, func() {}
	}
	shown := false
	return func(n, all int) {
			shown = true
			fmt.Fprintf(f, "\rread %d of %d files", n, all)
		}, func() {
			if shown {
				fmt.Fprintln(f)
			}
		}
}

type importUndoCmd struct {
	by
	ID int64 `arg:"" optional:"" help:"Number of the import; the last one that holds if left out."`
}

// Help is shown by liaison import undo --help.
func (importUndoCmd) Help() string {
	return "Everything stands again as before the import, what was corrected or published by hand since included. Refused when a later import replaced what it brought: take that one back first.\n\nExample:\n  liaison import undo 3"
}

// Run undoes.
func (cmd importUndoCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return s.withShelf(ctx, c, func(sh *shelf.Shelf) error {
		r, err := sh.Undo(ctx, cmd.ID, cmd.By)
		if err != nil {
			return fail(err, "liaison imports")
		}
		fmt.Fprintf(c.out, "import %d of %s is taken back: %s\n", r.ID, stamp(r.At), shelf.InWords(r.Counts))
		return nil
	})
}

// importsCmd lists the imports.
type importsCmd struct {
	ID   int64 `arg:"" optional:"" help:"Show what this import did with each file."`
	JSON bool  `name:"json" help:"Print one JSON object a line."`
}

// Help is shown by liaison imports --help.
func (importsCmd) Help() string { return "Example:\n  liaison imports\n  liaison imports 3" }

type importJSON struct {
	ID       int64              `json:"id"`
	By       string             `json:"by"`
	At       time.Time          `json:"at"`
	Counts   map[shelf.Kind]int `json:"counts"`
	UndoneBy string             `json:"undone_by,omitempty"`
	UndoneAt time.Time          `json:"undone_at,omitzero"`
	Outcomes []shelf.Outcome    `json:"outcomes,omitempty"`
}

// Run lists.
func (cmd importsCmd) Run(ctx context.Context, s *Settings, c *console) error {
	return s.withShelf(ctx, c, func(sh *shelf.Shelf) error {
		list, err := sh.Imports(ctx, 1000)
		if cmd.ID != 0 {
			var r shelf.Record
			r, err = sh.ImportRecord(ctx, cmd.ID)
			list = []shelf.Record{r}
		}
		if err != nil {
			return fail(err, "liaison imports")
		}
		for _, r := range list {
			if cmd.JSON {
				if err := json.NewEncoder(c.out).Encode(newImportJSON(r)); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(c.out, "%d  %s  %s: %s", r.ID, stamp(r.At), r.By, shelf.InWords(r.Counts))
			if !r.UndoneAt.IsZero() {
				fmt.Fprintf(c.out, "; taken back by %s on %s", r.UndoneBy, stamp(r.UndoneAt))
			}
			fmt.Fprintln(c.out)
			for _, o := range r.Outcomes {
				fmt.Fprintln(c.out, " ", o)
			}
		}
		return nil
	})
}

func newImportJSON(r shelf.Record) importJSON {
	return importJSON{r.ID, r.By, r.At, r.Counts, r.UndoneBy, r.UndoneAt, r.Outcomes}
}

// stamp writes a moment in the time zone of this machine.
func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// withShelf opens the library of a data folder that is there.
func (s *Settings) withShelf(ctx context.Context, c *console, fn func(*shelf.Shelf) error) error {
	if err := s.mustExist(); err != nil {
		return err
	}
	return s.makeShelf(ctx, c, fn)
}

// makeShelf opens the library, making the data folder if there is none.
func (s *Settings) makeShelf(ctx context.Context, c *console, fn func(*shelf.Shelf) error) (err error) {
	log := s.logger(c.err)
	var st *store.Store
	if st, err = s.open(ctx, log); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	sh, err := openShelf(ctx, st, log)
	if err != nil {
		return err
	}
	return fn(sh)
}
