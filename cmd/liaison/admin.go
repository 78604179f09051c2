package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// inviteCmd makes an invitation.
type inviteCmd struct {
	Role    string `required:"" enum:"agent,supervisor,observer" help:"What the person will be: ${enum}."`
	Station string `help:"Station of an agent, by its id in stations.yaml." placeholder:"ID"`
	Label   string `required:"" help:"How colleagues will see the person." placeholder:"NAME"`
	Until   string `help:"Last day of an observer's appointment. Defaults to no end." placeholder:"2027-12-31"`
}

// Help is shown by liaison invite --help.
func (inviteCmd) Help() string {
	return "Prints a code that works once, for seven days: on the staff page, or in a chat with /staff CODE (observers: /observe CODE).\n\nExample:\n  liaison invite --role agent --station city-centre --label 一号窗口"
}

// Run invites.
func (cmd inviteCmd) Run(ctx context.Context, s *Settings, c *console) error {
	app, err := s.existing(ctx, c)
	if err != nil {
		return err
	}
	defer app.store.Close()
	var until time.Time
	if cmd.Until != "" {
		if cmd.Role != string(ticket.RoleObserver) {
			return misuse(fmt.Errorf("--until is for observers, not for %s", cmd.Role), "leave it out")
		}
		last, err := time.ParseInLocation(time.DateOnly, cmd.Until, ticket.CST)
		if err != nil {
			return misuse(fmt.Errorf("--until is %q, which is no day", cmd.Until), "write it as 2027-12-31")
		}
		until = last.AddDate(0, 0, 1)
	}
	var code string
	err = app.store.Update(ctx, func(tx handlers.Tx) (err error) {
		code, err = app.desk.Invite(ctx, tx, "", handlers.Code{Role: ticket.Role(cmd.Role), Station: cmd.Station, Label: cmd.Label, Until: until})
		return err
	})
	var e *ticket.Error
	if errors.As(err, &e) && e.Field == "station" {
		var ids []string
		for _, st := range app.stations.Directory().Stations() {
			ids = append(ids, st.ID)
		}
		return misuse(fmt.Errorf("--station is %q, which is not in %s", cmd.Station, s.stationsFile()), "one of: %s", strings.Join(ids, ", "))
	}
	if errors.As(err, &e) && e.Field == "end" {
		return misuse(fmt.Errorf("--until is %s, which has passed", cmd.Until), "a day from today on")
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, code)
	return nil
}

// migrateCmd migrates.
type migrateCmd struct {
	To   string `help:"Move everything into this empty database: postgres://… or sqlite:FILE." placeholder:"URL" secret:"url"`
	Undo bool   `help:"Let a database serve again that was moved away, as it was then."`
}

// Help is shown by liaison migrate --help.
func (migrateCmd) Help() string {
	return "Every start does this too; run it by itself to see what it does before an upgrade.\n\n" +
		"With --to it moves a city from one database to another: stop the bot, run this, and start the bot with the new LIAISON_DATABASE, the same data folder and all other settings as they were. Every row and every job is compared before anything is kept. While a bot serves from the old database nothing is moved; afterwards the old one refuses to serve and says where the city went. --undo takes that back: what the new database took in since is not in the old one.\n\n" +
		"Example:\n  liaison migrate\n  liaison migrate --to postgres://liaison@db.example/liaison"
}

// Run migrates.
func (cmd migrateCmd) Run(ctx context.Context, s *Settings, c *console) error {
	switch {
	case cmd.To != "" && cmd.Undo:
		return misuse(errors.New("a database is either moved or returned to"), "liaison migrate --to URL, or liaison migrate --undo")
	case cmd.To != "":
		return cmd.copy(ctx, s, c)
	case cmd.Undo:
		return cmd.undo(ctx, s, c)
	}
	m, err := store.Migrate(ctx, s.storeConfig(s.logger(c.err)))
	if err != nil {
		return s.openFailure(err)
	}
	for _, name := range m.Applied {
		fmt.Fprintln(c.out, "applied", name)
	}
	fmt.Fprintf(c.out, "the database is at version %d\n", m.Version)
	return nil
}

func (cmd migrateCmd) copy(ctx context.Context, s *Settings, c *console) error {
	log := s.logger(c.err)
	st, end, err := s.ownStore(ctx, log)
	if err != nil {
		return err
	}
	defer end()
	to := s.storeConfig(log)
	to.DSN = cmd.To
	copied, err := st.CopyTo(ctx, to)
	if errors.As(err, new(*store.MovedUnmarkedError)) {
		return fail(err, "start the bot with LIAISON_DATABASE set to the new database, and never again with the old one")
	}
	if err != nil {
		return fail(err, "nothing was copied. Stop the bot, make an empty database, and name it: --to postgres://user@host/database or --to sqlite:FILE")
	}
	rows := 0
	for _, t := range copied.Tables {
		rows += t.Rows
		if t.Rows > 0 {
			fmt.Fprintf(c.out, "%8d  %s\n", t.Rows, t.Name)
		}
	}
	fmt.Fprintf(c.out, "%d rows were copied and compared, and %d jobs that wait to be done. Start the bot with LIAISON_DATABASE set to the new database; the files stay in %s. The old database refuses to serve from now on (liaison migrate --undo).\n", rows, copied.Jobs, s.Data)
	return nil
}

// undo lets the database be used again.
func (cmd migrateCmd) undo(ctx context.Context, s *Settings, c *console) error {
	if err := s.mustExist(); err != nil {
		return err
	}
	moved, err := store.Return(ctx, s.storeConfig(s.logger(c.err)))
	if err != nil {
		return s.openFailure(err)
	}
	if !moved {
		fmt.Fprintln(c.out, "this database was not moved")
		return nil
	}
	fmt.Fprintln(c.out, "this database serves again, as it was when it was moved")
	return nil
}

// healthcheckCmd asks a running bot whether it is alive.
type healthcheckCmd struct{}

// Help is shown by liaison healthcheck --help.
func (healthcheckCmd) Help() string {
	return "For container health checks. Uses the same --addr as the bot.\n\nExample:\n  liaison healthcheck && echo up"
}

// Run asks.
func (healthcheckCmd) Run(ctx context.Context, s *Settings, c *console) error {
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fail(err, "start the bot, or give its address with --addr")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fail(fmt.Errorf("%s answered %s", req.URL, resp.Status), "look at the bot's log")
	}
	fmt.Fprintln(c.out, "ok")
	return nil
}

// versionCmd prints the version.
type versionCmd struct{}

// Help is shown by liaison version --help.
func (versionCmd) Help() string { return "Example:\n  liaison version" }

// Run prints the version.
func (versionCmd) Run(_ context.Context, c *console) error {
	fmt.Fprintln(c.out, version())
	return nil
}

// version is what the Go toolchain recorded at the build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "liaison (unknown build)"
	}
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = " " + s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = " (modified)"
			}
		}
	}
	return "liaison " + info.Main.Version + revision + dirty + " " + info.GoVersion
}
