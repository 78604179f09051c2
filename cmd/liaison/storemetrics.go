package main

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"liaison/replica"
	"liaison/store"
)

// storeMetrics tells what waits, and for how long, read from the database and from
// Redis at each scrape. Except for connections and leases, which are this process's,
// all processes on the database tell the same: take the maximum, not the sum.
type storeMetrics struct {
	store interface {
		Figures(ctx context.Context, now time.Time) (store.Figures, error)
		Pools() map[string]sql.DBStats
	}
	peers    *peers
	stations func() []string // the ids of all
	dir      string          // of the data
	log      *slog.Logger
	now      func() time.Time
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("liaison_"+name, help, labels, nil)
}

var (
	inboxDesc      = desc("inbox_messages", "Messages in the inbox: queued, or parked after too many attempts.", "state")
	oldestDesc     = desc("inbox_oldest_seconds", "Age of the oldest message that waits to be handled; 0 when none does.")
	streamDesc     = desc("stream_messages", "Messages in the streams of Redis that are not handled yet; with REDIS_URL only.")
	outboxDesc     = desc("outbox_replies", "Replies that wait to be delivered.")
	jobsDesc       = desc("jobs", "Jobs that are not over, by state.", "state")
	leaderDesc     = desc("jobs_leader", "1 when one of the processes does the periodic work.")
	openDesc       = desc("cases_open", "Open cases by station.", "station")
	overdueDesc    = desc("cases_overdue", "Open cases whose deadline has passed, by station.", "station")
	backupDesc     = desc("backup_timestamp_seconds", "When the last backup was made, in Unix time; 0 for never.")
	leasesDesc     = desc("leases_held", "Parts of the chats that this process serves, of liaison_leases.")
	partsDesc      = desc("leases", "Parts that chats are divided into.")
	connDesc       = desc("database_connections", "Connections of this process by pool and state: in_use, idle.", "pool", "state")
	connMaxDesc    = desc("database_connections_max", "How many connections a pool may open; 0 for any number.", "pool")
	connWaitDesc   = desc("database_waits_total", "How often work waited for a connection.", "pool")
	connWaitedDesc = desc("database_wait_seconds_total", "How long work waited for connections.", "pool")
	diskFreeDesc   = desc("disk_free_bytes", "Room on the disk of the data folder that the program may use.")
	diskSizeDesc   = desc("disk_size_bytes", "Size of the disk of the data folder.")
)

// Describe implements prometheus.Collector.
func (m *storeMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		inboxDesc, oldestDesc, streamDesc, outboxDesc, jobsDesc, leaderDesc, openDesc, overdueDesc, backupDesc,
		leasesDesc, partsDesc, connDesc, connMaxDesc, connWaitDesc, connWaitedDesc, diskFreeDesc, diskSizeDesc,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector. What does not answer is left out.
func (m *storeMetrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for pool, s := range m.store.Pools() {
		gauge(connDesc, float64(s.InUse), pool, "in_use")
		gauge(connDesc, float64(s.Idle), pool, "idle")
		gauge(connMaxDesc, float64(s.MaxOpenConnections), pool)
		out <- prometheus.MustNewConstMetric(connWaitDesc, prometheus.CounterValue, float64(s.WaitCount), pool)
		out <- prometheus.MustNewConstMetric(connWaitedDesc, prometheus.CounterValue, s.WaitDuration.Seconds(), pool)
	}
	if free, size, ok := disk(m.dir); ok {
		gauge(diskFreeDesc, float64(free))
		gauge(diskSizeDesc, float64(size))
	}
	gauge(partsDesc, replica.Parts)
	gauge(leasesDesc, float64(m.peers.held()))

	f, streamed, inDatabase, inRedis := m.read()
	// What waits is in both. When one does not answer, what the other knows is the least
	// that it can be: nothing is then no figure.
	oldest, queued := streamed.oldest, f.Inbox["queued"]+streamed.messages
	if !f.OldestQueued.IsZero() {
		oldest = max(oldest, m.now().Sub(f.OldestQueued))
	}
	if inDatabase && inRedis || queued > 0 {
		gauge(oldestDesc, oldest.Seconds())
		gauge(inboxDesc, float64(queued), "queued")
	}
	if m.peers != nil && inRedis {
		gauge(streamDesc, float64(streamed.messages))
	}
	if inDatabase {
		m.tell(f, gauge)
	}
}

// streamed is what waits in Redis.
type streamed struct {
	messages int
	oldest   time.Duration
}

// read reads the database and Redis side by side, so that one that hangs takes nothing
// from the other, and reports which has answered.
func (m *storeMetrics) read() (f store.Figures, s streamed, inDatabase, inRedis bool) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		var err error
		if f, err = m.store.Figures(ctx, m.now()); err != nil {
			m.log.ErrorContext(ctx, "the figures of the database cannot be read", "error", err)
			f = store.Figures{}
		}
		inDatabase = err == nil
	})
	wg.Go(func() {
		var err error
		if s.messages, s.oldest, err = m.peers.waiting(ctx); err != nil {
			m.log.ErrorContext(ctx, "the figures of Redis cannot be read", "error", err)
			s = streamed{}
		}
		inRedis = err == nil
	})
	wg.Wait()
	return f, s, inDatabase, inRedis
}

// tell tells what only the database knows.
func (m *storeMetrics) tell(f store.Figures, gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	gauge(inboxDesc, float64(f.Inbox["parked"]), "parked")
	gauge(outboxDesc, float64(f.Outbox))
	for state, n := range f.Jobs {
		gauge(jobsDesc, float64(n), state)
	}
	leader := 0.0
	if f.Leader {
		leader = 1
	}
	gauge(leaderDesc, leader)
	cases := make(map[string]store.StationCases)
	for _, id := range m.stations() {
		cases[id] = store.StationCases{}
	}
	for _, c := range f.Cases {
		cases[c.Station] = c // of a station that was taken away too
	}
	for id, c := range cases {
		gauge(openDesc, float64(c.Open), id)
		gauge(overdueDesc, float64(c.Overdue), id)
	}
	backup := 0.0
	if !f.Backup.IsZero() {
		backup = float64(f.Backup.Unix())
	}
	gauge(backupDesc, backup)
}
