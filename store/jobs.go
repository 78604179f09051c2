package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"liaison/handlers"
	"liaison/ticket"
)

// JobFunc does what a job is for. Its effect and the mark that the job is done
// are one transaction, for which the rules of handlers.Store.Update hold.
type JobFunc func(ctx context.Context, tx handlers.Tx, j ticket.Job) error

const (
	jobTimeout = 30 * time.Second
	// jobRescue is when a job that was running as the process died is run again.
	jobRescue = time.Minute
	// jobWorkers is how many jobs run at once. They mostly write, one at a time.
	jobWorkers = 8
	// jobCooldown is the shortest time between two looks for jobs; with River's
	// default of 100 ms a notice would come noticeably later.
	jobCooldown = 20 * time.Millisecond
	// cleanupEvery is how often old state is removed.
	cleanupEvery = time.Hour
)

// jobDelays are the pauses after the first failure, the second and so on; the
// last holds for all that follow. With River's 25 attempts a job is given up
// after most of a day.
var jobDelays = []time.Duration{
	200 * time.Millisecond, time.Second, 4 * time.Second, 15 * time.Second,
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour,
}

func jobDelay(failures int) time.Duration {
	return jobDelays[min(max(failures, 1), len(jobDelays))-1]
}

type caseArgs struct {
	Job ticket.Job `json:"job"`
}

// Kind implements river.JobArgs.
func (caseArgs) Kind() string { return "case" }

// Work is what RunJobs does.
type Work struct {
	// Job is called for each job of a case that is due, several at once, and again
	// after a while when it fails.
	Job JobFunc
	// Tell, if set, is called for each notice, a ticket.JobNotify, at the end of the
	// transaction that it is of, from the start of the jobs on. Where it fails, takes long or
	// tells very many, as where it is not set, the notice is a job. Ran is not told of it.
	Tell JobFunc
	// Periodic is done at the start, then every so often; after a failure the next
	// time comes.
	Periodic []Periodic
	// Ran, if set, is told of each run, several at once: the ticket.JobKind, the name of
	// a Periodic or Cleaning; how long it took; and why it failed. Of a run that the
	// program's stop has broken off it is told nothing.
	Ran func(kind string, took time.Duration, err error)
}

// Cleaning is the kind of the hourly runs of Cleanup.
const Cleaning = "cleanup"

// Periodic is work that one of the processes on the database does every so often.
type Periodic struct {
	Name  string // told from the others, and from kinds of jobs, by it
	Every time.Duration
	Run   func(ctx context.Context) error
}

// periodicTimeout is how long such work may take.
const periodicTimeout = 10 * time.Minute

type periodicArgs struct {
	Name string `json:"name"`
}

// Kind implements river.JobArgs.
func (periodicArgs) Kind() string { return "periodic" }

type cleanupArgs struct{}

// Kind implements river.JobArgs.
func (cleanupArgs) Kind() string { return Cleaning }

// riverDriver is River's way to a database, whichever it is.
type riverDriver = riverdriver.Driver[*sql.Tx]

func (s *Store) driver() riverDriver {
	if s.target.postgres() {
		return riverdatabasesql.NewWithPgxListener(s.jobs, s.listen)
	}
	return riversqlite.New(s.jobs)
}

func migrateJobs(ctx context.Context, s *Store) (applied []string, err error) {
	m, err := rivermigrate.New(s.driver(), &rivermigrate.Config{Logger: quiet(s.cfg.Logger)})
	if err != nil {
		return nil, err
	}
	// River's own complaint about a version that it does not know is no help. An
	// error here means that there is no table yet.
	known := m.AllVersions()
	newest := known[len(known)-1].Version
	var have int
	if s.jobs.QueryRowContext(ctx, `SELECT max(version) FROM river_migration`).Scan(&have) == nil && have > newest {
		return nil, &newerSchemaError{have: int64(have), known: int64(newest)}
	}
	res, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return nil, err
	}
	for _, v := range res.Versions {
		applied = append(applied, fmt.Sprintf("river %d %s", v.Version, v.Name))
	}
	return applied, nil
}

// inserter writes jobs into the transaction of the caller.
type inserter struct{ client *river.Client[*sql.Tx] }

func newInserter(s *Store) (inserter, error) {
	c, err := river.NewClient(s.driver(), &river.Config{
		Logger: quiet(s.cfg.Logger),
		// An insert within the cooldown of another one wakes nobody and would wait
		// for the next poll. This is the shortest that River takes.
		FetchCooldown: river.FetchCooldownMin,
	})
	return inserter{c}, err
}

func (in inserter) jobs(ctx context.Context, tx *sql.Tx, jobs []ticket.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: caseArgs{j}, InsertOpts: &river.InsertOpts{ScheduledAt: j.At}}
	}
	_, err := in.client.InsertManyFastTx(ctx, tx, params)
	return err
}

// Jobs is the running of jobs.
type Jobs struct {
	client *river.Client[*sql.Tx]
	still  func() // ends SetRight
}

// RunJobs does the work, and Cleanup every hour, until Stop is called. ctx gives the
// work its values; that it ends does not stop it. A job that is due in the future runs
// up to 5 seconds late. What fails is logged.
func (s *Store) RunJobs(ctx context.Context, work Work) (*Jobs, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &caseWorker{store: s, work: work})
	river.AddWorker(workers, &cleanupWorker{store: s, work: work})
	river.AddWorker(workers, &periodicWorker{store: s, work: work})
	jobs := []*river.PeriodicJob{every(cleanupEvery, cleanupArgs{}, nil)}
	for _, p := range work.Periodic {
		jobs = append(jobs, every(p.Every, periodicArgs{p.Name}, &river.InsertOpts{MaxAttempts: 1}))
	}
	client, err := river.NewClient(s.driver(), &river.Config{
		Logger:               quiet(s.cfg.Logger),
		Workers:              workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: jobWorkers}},
		FetchCooldown:        jobCooldown,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: jobRescue,
		PeriodicJobs:         jobs,
	})
	if err != nil {
		return nil, err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	if work.Tell != nil {
		s.tells.Store(&work.Tell)
	}
	return &Jobs{client, s.settingRight(context.WithoutCancel(ctx))}, nil
}

func every(d time.Duration, args river.JobArgs, opts *river.InsertOpts) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(d),
		func() (river.JobArgs, *river.InsertOpts) { return args, opts }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Stop takes no new jobs and waits for the running ones. When ctx ends first it
// cancels them, waits a little for that, and returns ctx's error: they will run
// again. Stop may be called more than once.
func (j *Jobs) Stop(ctx context.Context) error {
	j.still()
	err := j.client.Stop(ctx)
	if err == nil {
		return nil
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, j.client.StopAndCancel(last))
}

// once runs a job, tells work.Ran of it and logs its failure: River's own line about
// that is at a level that quiet holds back.
func (s *Store) once(ctx context.Context, work Work, kind string, run func() error) error {
	began := time.Now()
	err := guarded(run)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return err // we are stopping; it runs again in the next life
	}
	if err != nil {
		s.cfg.Logger.WarnContext(ctx, "a job failed; it comes again", "kind", kind, "error", err)
	}
	if work.Ran != nil {
		work.Ran(kind, time.Since(began), err)
	}
	return err
}

// guarded runs fn, whose panic is an error like others.
func guarded(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}

type caseWorker struct {
	river.WorkerDefaults[caseArgs]
	store *Store
	work  Work
}

// Work implements river.Worker.
func (w *caseWorker) Work(ctx context.Context, job *river.Job[caseArgs]) error {
	return w.store.once(ctx, w.work, string(job.Args.Job.Kind), func() error {
		return w.store.update(ctx, func(t *tx) error {
			if err := w.work.Job(ctx, t, job.Args.Job); err != nil {
				return err
			}
			done, err := river.JobCompleteTx[riverDriver](ctx, t.raw, job)
			if err == nil && (done.State != rivertype.JobStateCompleted || done.Attempt != job.Attempt) {
				err = errors.New("the job was taken for one that had died, and runs again") // a clock was set
			}
			return err
		})
	})
}

// NextRetry implements river.Worker.
func (w *caseWorker) NextRetry(job *river.Job[caseArgs]) time.Time {
	return time.Now().Add(jobDelay(len(job.Errors) + 1))
}

type cleanupWorker struct {
	river.WorkerDefaults[cleanupArgs]
	store *Store
	work  Work
}

// Work implements river.Worker.
func (w *cleanupWorker) Work(ctx context.Context, _ *river.Job[cleanupArgs]) error {
	return w.store.once(ctx, w.work, Cleaning, func() error { return w.store.Cleanup(ctx, w.store.cfg.Now()) })
}

// Timeout implements river.Worker.
func (*cleanupWorker) Timeout(*river.Job[cleanupArgs]) time.Duration { return periodicTimeout }

type periodicWorker struct {
	river.WorkerDefaults[periodicArgs]
	store *Store
	work  Work
}

// Timeout implements river.Worker.
func (*periodicWorker) Timeout(*river.Job[periodicArgs]) time.Duration { return periodicTimeout }

// Work implements river.Worker. To River no run fails: it would keep each failed one for
// a week as a job that was given up, while the next time does the same work.
func (w *periodicWorker) Work(ctx context.Context, job *river.Job[periodicArgs]) error {
	for _, p := range w.work.Periodic {
		if p.Name == job.Args.Name {
			_ = w.store.once(ctx, w.work, p.Name, func() error { return p.Run(ctx) }) // told and logged there
		}
	}
	return nil
}

// quiet lets River's warnings and errors through; it tells a lot at lower levels.
func quiet(l *slog.Logger) *slog.Logger { return slog.New(warnings{l.Handler()}) }

type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

// Handle implements slog.Handler. That something was broken off because River was told to
// stop is no news.
func (w warnings) Handle(ctx context.Context, r slog.Record) error {
	stopped := false
	if ctx.Err() != nil {
		r.Attrs(func(a slog.Attr) bool {
			stopped = strings.HasSuffix(a.Value.String(), context.Canceled.Error())
			return !stopped
		})
	}
	if stopped {
		return nil
	}
	return w.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
