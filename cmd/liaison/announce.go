package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"liaison/handlers"
	"liaison/ticket"
)

// announceCmd sends one text to many people.
type announceCmd struct {
	Text string `arg:"" optional:"" help:"What to tell."`
	File string `help:"File with what to tell, instead." placeholder:"FILE"`
	To   string `required:"" enum:"requesters,observers" help:"Whom to tell: ${enum}. Requesters are all who are not staff."`
	Town string `help:"Only those whose last case is of this town, by its id in stations.yaml." placeholder:"ID"`
	Yes  bool   `help:"Send it. Without this the text and the number of people are shown, and nothing is sent."`
}

// Help is shown by liaison announce --help.
func (announceCmd) Help() string {
	return "The running bot sends it at the rate that Telegram allows, behind every answer, and goes on after a restart. Everybody gets it once, on the channel used last, with a button to get no more. Who has pressed that, or has blocked the bot, is left out. See and stop it with liaison announcements.\n\n" +
		"Example:\n  liaison announce --to requesters --town zhouxiang \"本周五上午，联络站现场办公。\"\n  liaison announce --to observers --file notice.txt --yes"
}

// Run announces.
func (cmd announceCmd) Run(ctx context.Context, s *Settings, c *console) error {
	if (cmd.Text == "") == (cmd.File == "") {
		return misuse(errors.New("give either a text or --file"), `liaison announce --to requesters "TEXT"`)
	}
	if cmd.File != "" {
		b, err := os.ReadFile(cmd.File)
		if err != nil {
			return misuse(err, "name a text file that can be read")
		}
		cmd.Text = string(b)
	}
	app, err := s.existing(ctx, c)
	if err != nil {
		return err
	}
	defer app.store.Close()
	to := handlers.Audience{Role: ticket.RoleRequester, Town: cmd.Town}
	if cmd.To == "observers" {
		to.Role = ticket.RoleObserver
	}
	var a handlers.Announcement
	err = app.store.View(ctx, func(tx handlers.Tx) (err error) {
		a.People, err = app.desk.Reach(ctx, tx, to)
		return err
	})
	if err == nil && cmd.Yes {
		err = app.store.Update(ctx, func(tx handlers.Tx) error {
			begun, err := app.desk.Announce(ctx, tx, "", to, cmd.Text, a.People)
			if err == nil {
				a = begun
			}
			return err
		})
	}
	if err != nil {
		return app.announceFailure(err, cmd)
	}
	if !cmd.Yes {
		fmt.Fprintf(c.out, "%s\n\n%d people would get this. Nothing has been sent: add --yes to send it.\n", strings.TrimSpace(cmd.Text), a.People)
		return nil
	}
	fmt.Fprintf(c.out, "%s  goes to %d people. liaison announcements shows how far it is, and --stop %s ends it.\n", a.ID, a.People, a.ID)
	return nil
}

// announceFailure says what is wrong with an announcement.
func (a *app) announceFailure(err error, cmd announceCmd) error {
	var e *ticket.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Field {
	case "text":
		return misuse(errors.New("the text is empty or longer than 3000 characters"), "shorten it, and link to the rest")
	case "town":
		var ids []string
		for _, t := range a.stations.Directory().Towns() {
			ids = append(ids, t.ID)
		}
		return misuse(fmt.Errorf("--town is %q, which is not in %s", cmd.Town, a.settings.stationsFile()), "one of: %s", strings.Join(ids, ", "))
	case "people":
		return fail(errors.New("nobody would get it"), "people are known once they have written to the bot; who has declined or blocked it is left out")
	}
	return err
}

// announcementsCmd lists announcements, or stops one.
type announcementsCmd struct {
	Stop string `help:"Stop this one: who does not have it yet will not get it." placeholder:"ID"`
}

// Help is shown by liaison announcements --help.
func (announcementsCmd) Help() string {
	return "Shows the latest announcements: how many people it was for, how many have it, and how many could not be reached.\n\nExample:\n  liaison announcements --stop 0f3a9c21b7d4e856"
}

// Run lists or stops.
func (cmd announcementsCmd) Run(ctx context.Context, s *Settings, c *console) error {
	app, err := s.existing(ctx, c)
	if err != nil {
		return err
	}
	defer app.store.Close()
	if cmd.Stop != "" {
		var a handlers.Announcement
		err := app.store.Update(ctx, func(tx handlers.Tx) (err error) {
			a, err = app.desk.StopAnnouncement(ctx, tx, cmd.Stop)
			return err
		})
		switch ticket.CodeOf(err) {
		case ticket.NotFound:
			return misuse(fmt.Errorf("there is no announcement %s", cmd.Stop), "liaison announcements lists them")
		case ticket.Conflict:
			return fail(fmt.Errorf("announcement %s has ended already", cmd.Stop), "liaison announcements shows what became of it")
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s  stopped: %d of %d people have it.\n", a.ID, a.Delivered, a.People)
		return nil
	}
	var list []handlers.Announcement
	err = app.store.View(ctx, func(tx handlers.Tx) (err error) {
		list, err = app.desk.Announcements(ctx, tx)
		return err
	})
	for _, a := range list {
		text, _, more := strings.Cut(a.Text, "\n")
		if more {
			text += " …"
		}
		fmt.Fprintf(c.out, "%s  %s  %-8s %d of %d delivered, %d not reached  %s\n",
			a.ID, a.CreatedAt.In(ticket.CST).Format("2006-01-02 15:04"), a.State, a.Delivered, a.People, a.Failed, text)
	}
	if err == nil && len(list) == 0 {
		fmt.Fprintln(c.out, "nothing has been announced")
	}
	return err
}
