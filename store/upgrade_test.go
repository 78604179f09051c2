package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"liaison/handlers"
	"liaison/ticket"
)

// upgrades holds what real conversations left in the database of older schemas:
// a folder for each version, made when the version was the newest one.
const upgrades = "testdata/upgrade"

// TestUpgrade brings the data of every older schema to the present one and reads
// it.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(upgrades + "/*/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no data of older schemas: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimPrefix(file, upgrades+"/"), func(t *testing.T) {
			t.Parallel()
			version, err := strconv.ParseInt(filepath.Base(filepath.Dir(file)), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			onEach(t, func(t *testing.T, cfg Config) {
				cases := before(t, cfg, version, body)
				s, err := Open(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				readable(t, s, cases)
			})
		})
	}
}

// TestUpgradeIsKept asks whoever changes the schema to keep data of it.
func TestUpgradeIsKept(t *testing.T) {
	t.Parallel()
	dir := fmt.Sprintf("%s/%05d", upgrades, schemaVersion)
	if files, err := filepath.Glob(dir + "/*.jsonl"); err != nil || len(files) == 0 {
		t.Errorf("the schema has version %d and %s is empty: make it with go test ./handlers -run Conversations -state ../store/%s", schemaVersion, dir, dir)
	}
}

// before makes a database of the version with the rows, and returns how many cases
// are in it.
func before(t *testing.T, cfg Config, version int64, body []byte) (cases int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	to, err := parseTarget(cfg.withDefaults())
	must(err)
	s := &Store{cfg: cfg.withDefaults(), target: to, hub: newHub()}
	if s.target.postgres() {
		must(s.openPostgres())
	} else {
		must(s.openSQLite())
	}
	defer s.Close()
	dir, err := fs.Sub(migrations, "migrations")
	must(err)
	g, err := goose.NewProvider(s.dialect.goose, s.write, dir, goose.WithDisableGlobalRegistry(true))
	must(err)
	_, err = g.UpTo(t.Context(), version)
	must(err)
	tx, err := s.write.BeginTx(t.Context(), nil)
	must(err)
	defer tx.Rollback()
	// What a migration leaves for the program to do is done in the data.
	tables, err := s.tables(t.Context(), tx)
	must(err)
	for _, table := range slices.Backward(tables) {
		_, err = tx.ExecContext(t.Context(), `DELETE FROM `+table)
		must(err)
	}
	lines := json.NewDecoder(bytes.NewReader(body))
	lines.UseNumber()
	for lines.More() {
		var row struct {
			Table  string
			Values map[string]any
		}
		must(lines.Decode(&row))
		columns, kinds, err := columnsOf(t.Context(), tx, row.Table)
		must(err)
		if len(columns) != len(row.Values) {
			t.Fatalf("%s has the columns %v, the row %v", row.Table, columns, row.Values)
		}
		var args []any
		for i, name := range columns {
			v := row.Values[name]
			switch kinds[i] {
			case asInteger:
				v, err = v.(json.Number).Int64()
			case asReal:
				v, err = v.(json.Number).Float64()
			case asBytes:
				v, err = base64.StdEncoding.DecodeString(v.(string))
			case asTruth:
				if n, ok := v.(json.Number); ok {
					v = n != "0"
				}
			}
			must(err)
			args = append(args, v)
		}
		_, err = tx.ExecContext(t.Context(), `INSERT INTO `+row.Table+` (`+strings.Join(columns, ", ")+`) VALUES `+tuples(1, len(columns)), args...)
		must(err)
		if row.Table == "ticket" {
			cases++
		}
	}
	must(tx.Commit())
	return cases
}

// readable reads all that the program reads of cases, people and talks.
func readable(t *testing.T, s *Store, cases int) {
	t.Helper()
	if a, err := s.Audit(t.Context()); err != nil || a.Broken != nil || a.Lines == 0 {
		t.Errorf("the ledger: %+v, %v", a, err)
	}
	err := s.View(t.Context(), func(tx handlers.Tx) error {
		list, err := tx.Tickets(t.Context(), ticket.Filter{Limit: 500})
		if err != nil {
			return err
		}
		if len(list) != cases || cases == 0 {
			t.Errorf("%d cases can be read, want %d", len(list), cases)
		}
		for _, c := range list {
			events, err := tx.Events(t.Context(), c.ID)
			if err != nil {
				return err
			}
			if len(events) == 0 || events[len(events)-1].To != c.State || !c.Kind.Valid() || c.CreatedAt.IsZero() {
				t.Errorf("case %s is in state %s, its history is %+v", c.ID, c.State, events)
			}
			if p, err := tx.Person(t.Context(), c.Requester); err != nil || p.ID == "" {
				t.Errorf("the requester of %s: %v", c.ID, err)
			}
			accounts, err := tx.Accounts(t.Context(), c.Requester)
			if err != nil || len(accounts) == 0 {
				t.Errorf("the accounts of the requester of %s: %v, %v", c.ID, accounts, err)
			}
		}
		var members []handlers.Membership
		for _, role := range []ticket.Role{ticket.RoleAgent, ticket.RoleObserver, ticket.RoleSupervisor} {
			some, err := tx.Members(t.Context(), role, "")
			if err != nil {
				return err
			}
			members = append(members, some...)
		}
		if len(members) == 0 {
			t.Error("nobody has a role any more")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if lanes, err := s.OutboundLanes(t.Context(), time.Now()); err != nil || len(lanes) > 0 {
		t.Errorf("replies that were delivered wait again: %v, %v", lanes, err)
	}
	if err := s.Update(t.Context(), func(tx handlers.Tx) error {
		p, err := tx.Touch(t.Context(), handlers.Telegram, "somebody new", "1", time.Now())
		if err == nil {
			err = tx.Send(t.Context(), handlers.Address{Channel: handlers.Telegram, Chat: "1"}, handlers.Reply{Text: []handlers.Span{{Text: p.ID}}})
		}
		return err
	}); err != nil {
		t.Errorf("the old numbers do not go on: %v", err)
	}
}
