package store_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"liaison/store"
	"liaison/store/storetest"
)

var record = flag.Bool("record", false, "write what TestUpgrade brings from the present schema to later ones")

// mayBeEmpty are columns in which nothing needs to be kept, and why.
var mayBeEmpty = map[string]string{}

// TestUpgradeIsRecorded sees to it that there is data of the present schema for the
// upgrades to come, with something in every column of every table: what is empty a
// migration could lose.
func TestUpgradeIsRecorded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Config{Dir: dir, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return storetest.Noon }})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(dir, "liaison.db")
	var rows bytes.Buffer
	storetest.WriteRows(t, &rows, db)
	file := fmt.Sprintf("testdata/upgrade/%05d/filled.jsonl", store.SchemaVersion)
	if *record {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, rows.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	recorded, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("there is no data of the present schema: go test ./store -run UpgradeIsRecorded -record (%v)", err)
	}
	made, kept := filled(t, &rows), filled(t, bytes.NewReader(recorded))
	for _, column := range storetest.Columns(t, db) {
		switch why := mayBeEmpty[column]; {
		case why != "":
			if made[column] {
				t.Errorf("%s is not empty, although %s", column, why)
			}
		case !made[column]:
			t.Errorf("nothing is in %s: let storetest.Fill put something there", column)
		case err == nil && !kept[column]:
			t.Errorf("nothing is in %s of %s: go test ./store -run UpgradeIsRecorded -record", column, file)
		}
	}
}

// filled tells in which columns of the rows there is something.
func filled(t *testing.T, r io.Reader) map[string]bool {
	t.Helper()
	is := make(map[string]bool)
	for lines := json.NewDecoder(r); lines.More(); {
		var row storetest.Row
		if err := lines.Decode(&row); err != nil {
			t.Fatal(err)
		}
		for name, v := range row.Values {
			switch v {
			case nil, "", "[]", "{}", "null", 0.0, false:
			default:
				is[row.Table+"."+name] = true
			}
		}
	}
	return is
}
