package main

import (
	"strings"
	"testing"

	"liaison/replica/redistest"
)

// What one dependency tells stays while the other is away, and which is away is told.
func TestMetricsOfWhatIsAway(t *testing.T) {
	t.Parallel()
	postgres, redis := startPostgres(t), redistest.New(t)
	p := start(t, t.TempDir(), "LIAISON_DATABASE="+postgres.dsn(postgres.addr), "REDIS_URL=redis://"+redis.Addr)
	both := []string{"liaison_inbox_oldest_seconds", `liaison_inbox_messages{state="queued"}`}
	database := []string{
		`liaison_inbox_messages{state="parked"}`, "liaison_outbox_replies", "liaison_jobs_leader", "liaison_backup_timestamp_seconds",
		`liaison_jobs{state="discarded"}`, "liaison_questions_week", "liaison_stations_unstaffed",
	}
	told := func(what string, postgres, redis float64) {
		t.Helper()
		last := ""
		eventually(t, what, func() bool {
			now := scrape(t, p)
			missing := func(metrics []string, want bool) string {
				for _, m := range metrics {
					name, _, _ := strings.Cut(m, "{")
					if _, ok := now[m]; (ok || m == name && now.has(name)) != want {
						return m
					}
				}
				return ""
			}
			wrong := missing(database, postgres == 1) + missing([]string{"liaison_stream_messages"}, redis == 1) + missing(both, postgres+redis == 2) +
				missing([]string{"liaison_leases", "liaison_leases_held"}, true)
			if up := now[`liaison_dependency_up{name="database"}`]; up != postgres {
				wrong += " database"
			}
			if up := now[`liaison_dependency_up{name="redis"}`]; up != redis {
				wrong += " redis"
			}
			status, body := get(t, p.Base+"/readyz")
			if (status == 200) != (postgres+redis == 2) || postgres == 0 && !strings.Contains(body, "database") || redis == 0 && !strings.Contains(body, "redis") {
				wrong += " readyz: " + body
			}
			if wrong != last {
				last = wrong
				t.Logf("%s: wrong are %s", what, wrong)
			}
			return wrong == ""
		})
	}
	told("both", 1, 1)
	redis.Kill()
	told("only the database", 1, 0)
	redis.Start(t)
	told("both again", 1, 1)
	postgres.kill()
	told("only Redis", 0, 1)
	postgres.start()
	told("both at last", 1, 1)
}
