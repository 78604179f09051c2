package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
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
	"github.com/riverqueue/river"

	"liaison/handlers"
	"liaison/ticket"
)

// upgrades holds data of older schemas: a folder for each version, made when the version
// was the newest one. The first hold what single conversations left; from 00037 on
// TestUpgradeIsRecorded makes them, and each has something in every table.
const upgrades = "testdata/upgrade"

// deliberate are the rows that a migration removes, adds or changes on purpose. All other
// rows of the data above are after an upgrade what they were before, whatever columns
// have come since.
var deliberate = []struct {
	by      int64 // the migration's version
	table   string
	is      func(r oldRow) bool
	because string // and where that is looked at
}{
	{29, "counter", func(r oldRow) bool { return r.get("name") == "timers unset" }, "it is left for the program to do: TestRearmOnce"},
	{37, "counter", func(r oldRow) bool { return r.get("name") == "outbox" }, "replies are counted in parts: goesOn"},
}

// oldRow is a row, its values as eachRow gives them.
type oldRow struct {
	table   string
	columns []string
	values  []any
}

func (r oldRow) get(column string) any {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.values[i]
	}
	return nil
}

// meant reports whether a migration since the version treats the row on purpose.
func (r oldRow) meant(version int64) bool {
	for _, d := range deliberate {
		if d.by > version && d.table == r.table && d.is(r) {
			return true
		}
	}
	return false
}

// past is what a database of an older schema held.
type past struct {
	version int64
	rows    []oldRow
	jobs    []job
}

// job is a job that waits to be done.
type job struct {
	kind, args string // the arguments are JSON as encoding/json writes it
	at         int64  // from then on it may be done, in unix milliseconds
}

func jobOf(t *testing.T, kind string, args []byte, at int64) job {
	t.Helper()
	var v any
	if err := json.Unmarshal(args, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return job{kind, string(b), at}
}

// TestUpgrade brings the data of every older schema to the present one: all of it is
// still there, can be read, and goes on.
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
				// Whatever numbers are made of, the clock does not help them to ascend.
				cfg.Now = func() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }
				old := before(t, cfg, version, body)
				s, err := Open(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				unchanged(t, s, old)
				readable(t, s, old)
				goesOn(t, s, old)
			})
		})
	}
}

// before makes a database of the version with the rows, and returns what is in it.
func before(t *testing.T, cfg Config, version int64, body []byte) past {
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
	_, err = migrateJobs(t.Context(), s)
	must(err)
	queue, err := newInserter(s)
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
	old := past{version: version}
	var jobs []river.InsertManyParams
	lines := json.NewDecoder(bytes.NewReader(body))
	lines.UseNumber()
	for lines.More() {
		var row struct {
			Table  string
			Values map[string]any
		}
		must(lines.Decode(&row))
		if row.Table == "river_job" {
			args := []byte(row.Values["args"].(string))
			at, err := row.Values["scheduled_at"].(json.Number).Int64()
			must(err)
			old.jobs = append(old.jobs, jobOf(t, row.Values["kind"].(string), args, at))
			jobs = append(jobs, river.InsertManyParams{Args: rawArgs{row.Values["kind"].(string), args}, InsertOpts: &river.InsertOpts{ScheduledAt: time.UnixMilli(at)}})
			continue
		}
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
		old.rows = append(old.rows, oldRow{row.Table, columns, args})
	}
	if len(jobs) > 0 {
		_, err = queue.client.InsertManyFastTx(t.Context(), tx, jobs)
		must(err)
	}
	must(tx.Commit())
	return old
}

// unchanged compares all rows of the tables that had some, and the jobs, with what they
// were before the upgrade.
func unchanged(t *testing.T, s *Store, old past) {
	t.Helper()
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables := make(map[string][]oldRow)
	for _, r := range old.rows {
		tables[r.table] = append(tables[r.table], r)
	}
	for table, rows := range tables {
		was := make(map[[sha256.Size]byte]int)
		for _, r := range rows {
			if !r.meant(old.version) {
				was[fingerprint(r.values)]++
			}
		}
		is, err := rowsOf(t.Context(), tx, table, rows[0].columns)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		for _, r := range is {
			if r.meant(old.version) {
				continue
			}
			f := fingerprint(r.values)
			if was[f]--; was[f] < 0 {
				t.Errorf("%s has a row that was not there: %v", table, r.values)
			}
		}
		for _, r := range rows {
			if f := fingerprint(r.values); was[f] > 0 {
				was[f]--
				t.Errorf("%s has lost a row: %v", table, r.values)
			}
		}
	}
	list, err := s.insert.client.JobListTx(t.Context(), tx, river.NewJobListParams().First(1000).Kinds(caseArgs{}.Kind()))
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(map[job]int)
	for _, j := range list.Jobs {
		waiting[jobOf(t, j.Kind, j.EncodedArgs, j.ScheduledAt.UnixMilli())]++
	}
	for _, j := range old.jobs {
		if waiting[j]--; waiting[j] < 0 {
			t.Errorf("a job is lost: %+v", j)
		}
	}
	if len(list.Jobs) != len(old.jobs) {
		t.Errorf("%d jobs wait, there were %d", len(list.Jobs), len(old.jobs))
	}
}

// rowsOf reads these columns of all rows, all of which must be there.
func rowsOf(ctx context.Context, tx *sql.Tx, table string, columns []string) (rows []oldRow, err error) {
	names, kinds, err := columnsOf(ctx, tx, table)
	if err != nil {
		return nil, err
	}
	var wanted []kind
	for _, c := range columns {
		i := slices.Index(names, c)
		if i < 0 {
			return nil, fmt.Errorf("the column %s is gone", c)
		}
		wanted = append(wanted, kinds[i])
	}
	err = eachRow(ctx, tx, strings.Join(columns, ", "), table, wanted, func(values []any) error {
		rows = append(rows, oldRow{table, columns, values})
		return nil
	})
	return rows, err
}

// readable reads all that the program reads of cases, people and talks.
func readable(t *testing.T, s *Store, old past) {
	t.Helper()
	cases := 0
	for _, r := range old.rows {
		if r.table == "ticket" {
			cases++
		}
	}
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
			if c.Erased() {
				continue
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
}

// goesOn writes on: to somebody new, and to all who were written to before, whose new
// replies come after the old ones.
func goesOn(t *testing.T, s *Store, old past) {
	t.Helper()
	last := map[string]int64{"telegram:1": 0} // the highest number in the lane
	to := map[string]handlers.Address{"telegram:1": {Channel: handlers.Telegram, Chat: "1"}}
	for _, r := range old.rows {
		if r.table != "outbox" {
			continue
		}
		lane := r.get("lane").(string)
		last[lane] = max(last[lane], r.get("id").(int64))
		to[lane] = handlers.Address{Channel: handlers.Channel(r.get("channel").(string)), Chat: r.get("chat").(string), Thread: int(r.get("thread").(int64))}
	}
	err := s.Update(t.Context(), func(tx handlers.Tx) error {
		if _, err := tx.Touch(t.Context(), handlers.Telegram, "somebody new", "1", time.Now()); err != nil {
			return err
		}
		for _, a := range to {
			if err := tx.Send(t.Context(), a, handlers.Reply{Text: []handlers.Span{{Text: "next"}}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("the old numbers do not go on: %v", err)
	}
	for lane, before := range last {
		var n int64
		err := s.read.QueryRowContext(t.Context(), `SELECT id FROM outbox WHERE lane = $1 AND state = 'queued' AND body LIKE '%"next"%'`, lane).Scan(&n)
		if err != nil || n <= before {
			t.Errorf("the next reply to %s has the number %d, there was one with %d: %v", lane, n, before, err)
		}
	}
}
