package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// backupCmd writes a backup.
type backupCmd struct {
	File string `arg:"" optional:"" help:"File to write; it must not exist."`
	Note bool   `help:"Write nothing, and note that a backup was just made by other means, such as pg_dump."`
}

// Help is shown by liaison backup --help.
func (backupCmd) Help() string {
	return "The file is a .tar.gz with the SQLite database, the files people sent, and the stations, deadlines and holidays: whatever LIAISON_STATIONS, LIAISON_DEADLINES and LIAISON_HOLIDAYS name, under the names that a data folder has them by. So run it with the settings of the bot.\n\n" +
		"To restore, unpack it into an empty data folder and start the bot there without these three settings. It goes on with the same deadlines and stations; a bot that lacks one of the files reckons open cases anew and tells their requesters. Other settings are not in the file: keep them yourself, above all LIAISON_…_DAYS.\n\n" +
		"On PostgreSQL use pg_dump, copy the data folder after it, and those three files if they lie elsewhere, and tell it with --note, so that metrics know.\n\n" +
		"Example:\n  liaison backup liaison-2026-11-23.tar.gz\n  pg_dump --format=custom --file=liaison.dump \"$LIAISON_DATABASE\" && cp -a data/. backup/ && liaison backup --note"
}

// Run backs up.
func (cmd backupCmd) Run(ctx context.Context, s *Settings, c *console) error {
	if cmd.Note == (cmd.File != "") {
		return misuse(errors.New("a backup is either written to a file or noted"), "liaison backup FILE, or liaison backup --note")
	}
	st, err := s.existingStore(ctx, s.logger(c.err))
	if err != nil {
		return err
	}
	defer st.Close()
	began := time.Now()
	if !cmd.Note {
		city, err := s.packCity()
		if err != nil {
			return err
		}
		if err := st.Backup(ctx, cmd.File, city...); err != nil {
			return fail(err, "name a new file on a disk with room")
		}
		packed := []string{databaseFile, "files"}
		for _, f := range city {
			packed = append(packed, f.Name)
		}
		fmt.Fprintf(c.out, "written %s: %s\n", cmd.File, strings.Join(packed, ", "))
		for _, d := range s.days() {
			if d.value != d.usual {
				fmt.Fprintf(c.out, "not in it: %s=%d, without which a restored bot reckons open cases anew\n", d.name, d.value)
			}
		}
	}
	if err := st.NoteBackup(ctx, began); err != nil {
		return fail(err, "the backup is good; that it was made could not be noted, and metrics do not know of it")
	}
	return nil
}
