package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// What the process exits with.
const (
	exitOK      = 0
	exitFailed  = 1 // it was asked rightly and did not work out
	exitUsage   = 2 // a flag, a setting or an argument is wrong
	exitNoMatch = 3 // ask --strict: the library did not answer
)

// cli is the command line.
type cli struct {
	Settings

	Serve       serveCmd         `cmd:"" default:"withargs" help:"Run the bot (the default)."`
	Ask         askCmd           `cmd:"" help:"Ask the policy library one question."`
	Import      importCmd        `cmd:"" help:"Add policy documents to the library, or take an import back."`
	Imports     importsCmd       `cmd:"" help:"List the imports."`
	Library     libraryCmd       `cmd:"" help:"See, review and correct the documents of the library."`
	Export      exportCmd        `cmd:"" help:"Write the library as Markdown files."`
	Eval        evalCmd          `cmd:"" help:"Measure retrieval or routing on data of your own."`
	Learn       learnCmd         `cmd:"" help:"Let routing learn from solved and transferred cases now, or list what it has learned."`
	Invite      inviteCmd        `cmd:"" help:"Make a one-time invitation for staff or an observer."`
	Announce    announceCmd      `cmd:"" help:"Send one text to many people."`
	Announced   announcementsCmd `cmd:"" name:"announcements" help:"See how far announcements are, or stop one."`
	Audit       auditCmd         `cmd:"" help:"Check that the history of the cases is as it was written."`
	Forget      forgetCmd        `cmd:"" help:"Erase what is held about a person who asked for it in writing."`
	Migrate     migrateCmd       `cmd:"" help:"Bring the database up to this version and say what was done."`
	Parked      parkedCmd        `cmd:"" help:"List the messages that could not be handled; try one again or set it aside."`
	Drain       drainCmd         `cmd:"" help:"Take what waits in Redis into the database, before a start without Redis."`
	Backup      backupCmd        `cmd:"" help:"Write a consistent copy of the data to a file while the bot runs."`
	ShowConfig  configCmd        `cmd:"" name:"config" help:"Print the effective settings; secrets are masked."`
	Healthcheck healthcheckCmd   `cmd:"" help:"Exit with 0 when a running bot answers on its address."`
	Version     versionCmd       `cmd:"" help:"Print the version."`
}

// failure is an error with what to do about it and the exit code.
type failure struct {
	err  error
	try  string
	code int
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// fail makes a failure of the work.
func fail(err error, try string, args ...any) error {
	if err == nil {
		return nil
	}
	return &failure{err, fmt.Sprintf(try, args...), exitFailed}
}

// misuse makes a failure of a setting or an argument.
func misuse(err error, try string, args ...any) error {
	return &failure{err, fmt.Sprintf(try, args...), exitUsage}
}

// exit ends the program in the middle of parsing, for --help.
type exit int

// console is where a command writes.
type console struct{ out, err io.Writer }

// checkedWriter remembers that something could not be written: output that was
// lost is a failure even if everything else went well.
type checkedWriter struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (w *checkedWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// Run runs the program with its arguments and returns the exit code. It ends
// when ctx does.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = int(e)
		}
	}()
	var c cli
	out := &checkedWriter{Writer: stdout}
	files := &configFiles{}
	parser, err := kong.New(&c,
		kong.Name("liaison"),
		kong.Description("A chatbot between businesses and government offices: answers from a policy library with the source, and carries cases to the right liaison station and back.\n\nWithout a command it runs the bot. Settings come from flags, then environment variables, then the YAML file of --config."),
		kong.Writers(out, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Resolvers(files),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&console{out, stderr}),
	)
	if err != nil {
		panic(err) // the structs above are wrong: no user can cause it
	}
	files.known = flagNames(parser.Model)
	kctx, err := parser.Parse(args)
	if err == nil {
		err = c.Settings.check()
	} else {
		err = usage(err)
	}
	if err == nil {
		err = kctx.Run(&c.Settings)
	}
	switch {
	case err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled):
		err = fail(errors.New("interrupted"), "run it again; what was committed is kept")
	case err == nil:
		err = fail(out.err, "write to a place with room")
	}
	return report(stderr, err)
}

// usage words an error of the parser.
func usage(err error) error {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	try := "liaison --help"
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context.Command() != "" {
		try = "liaison " + strings.Fields(p.Context.Command())[0] + " --help"
	}
	return misuse(err, "%s", try)
}

// report prints what went wrong and returns the exit code.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{err: err, code: exitFailed}
	}
	if f.code == exitNoMatch {
		return f.code // the answer has been printed
	}
	fmt.Fprintf(w, "Error: %s\n", strings.TrimSpace(err.Error()))
	if f.try != "" {
		fmt.Fprintf(w, "Try:   %s\n", f.try)
	}
	return f.code
}
