package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"liaison/bot"
	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/pace"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
	"liaison/ticket/learn"
	"liaison/ticket/route"
	"liaison/ticket/terms"
	"liaison/trace"
	"liaison/web"
)

// serveCmd runs the bot.
type serveCmd struct{}

// Help is shown by liaison serve --help.
func (serveCmd) Help() string {
	return "Makes the data folder at the first start and keeps everything in it. Prints where to chat and where staff log in.\n\nExample:\n  liaison serve --addr 127.0.0.1:9000\n  TELEGRAM_BOT_TOKEN=123456:secret liaison"
}

// Periodic work, beside store.Cleaning, by its names in liaison_job_seconds.
const (
	learnWork  = "learn"
	remindWork = "remind_parked"
	forgetWork = "forget_in_redis"
)

// learnEvery is how often routing looks for cases to learn from. When there is
// nothing new that costs one query.
const learnEvery = time.Hour

// forgetEvery is how often Redis is looked to for what people said who were forgotten
// meanwhile. When nobody was that costs one query.
const forgetEvery = time.Hour

// app is the program put together.
type app struct {
	settings *Settings
	log      *slog.Logger
	store    *store.Store
	blobs    *store.Blobs
	stations *route.Live
	learner  *learn.Learner
	terms    *terms.Live
	meaning  *meaning
	answerer *knowledge.Answerer
	counts   *metrics
	shelf    *shelf.Shelf
	version  int64 // of the library
	desk     *handlers.Desk
}

// build opens what every command that works on the data needs.
func (s *Settings) build(ctx context.Context, log *slog.Logger) (*app, error) {
	a := &app{settings: s, log: log, counts: newMetrics()}
	var err error
	if a.store, err = s.open(ctx, log); err != nil {
		return nil, err
	}
	if err := a.fill(ctx); err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	return a, nil
}

func (a *app) fill(ctx context.Context) error {
	s := a.settings
	var err error
	if a.blobs, err = store.OpenBlobs(filepath.Join(s.Data, "files")); err != nil {
		return fail(err, "check that LIAISON_DATA (%s) can be written", s.Data)
	}
	if err := s.exampleStations(); err != nil {
		return err
	}
	if a.stations, err = route.OpenLive(s.stationsFile(), a.log); err != nil {
		return misuse(err, "correct the file, or remove it to start from the example")
	}
	if err := a.openTerms(); err != nil {
		return err
	}
	if a.shelf, err = openShelf(ctx, a.store, a.log); err != nil {
		return err
	}
	var docs []knowledge.Document
	if docs, a.version, err = a.shelf.Load(ctx); err != nil {
		return err
	}
	if a.meaning, err = s.meaning(a.store, a.log); err != nil {
		return err
	}
	if a.answerer, err = s.answerer(docs, a.meaning, a.counts, a.log); err != nil {
		return err
	}
	a.learner = learn.New(learn.Config{Store: a.store, Directory: a.stations.Directory, Logger: a.log, Now: wallClock})
	if err := a.learner.Refresh(ctx); err != nil {
		return err
	}
	a.desk = handlers.New(handlers.Config{
		Store: a.store, Answerer: a.answerer, Directory: a.stations.Directory, Advise: a.learner.Advise,
		Terms: a.terms.Of, Files: a.blobs, Console: s.base() + "/staff/", Logger: a.log, Now: wallClock,
	})
	return nil
}

// openTerms reads what holds at which station.
func (a *app) openTerms() (err error) {
	s := a.settings
	a.terms, err = terms.Open(terms.Config{
		Holidays: s.holidaysFile(), NeedHolidays: s.Holidays != "", Deadlines: s.deadlinesFile(), NeedDeadlines: s.Deadlines != "",
		Policy: s.policy(), Logger: a.log, Now: wallClock,
		Hours: func(id string) string {
			st, _ := a.stations.Directory().Station(id)
			return st.Hours
		},
	})
	if err != nil {
		return misuse(err, "correct the file: holidays hold one “2027-01-01 off” or “2027-01-03 work” a line, deadlines are shown in README.md")
	}
	return nil
}

// exampleStations writes the example configuration at the first start.
func (s *Settings) exampleStations() error {
	if s.Stations != "" {
		return nil // a file that was named must be there
	}
	f, err := os.OpenFile(s.stationsFile(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fail(err, "check that LIAISON_DATA (%s) can be written", s.Data)
	}
	_, err = f.Write(route.Example())
	return errors.Join(err, f.Close())
}

// Run serves until ctx ends.
func (serveCmd) Run(ctx context.Context, s *Settings, c *console) error {
	log := s.logger(c.err)
	// The address comes first: a second start on the same data must fail before it
	// touches anything.
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return fail(fmt.Errorf("LIAISON_ADDR: %w", err), "stop what uses the address, or choose another: liaison --addr 127.0.0.1:8081")
	}
	defer listener.Close()
	claim, err := store.NewClaim(ctx, s.storeConfig(log), s.RedisURL != "")
	if err != nil {
		return s.claimed(err)
	}
	a, err := s.build(ctx, log)
	if err != nil {
		return errors.Join(err, claim.Release())
	}
	err = a.serve(ctx, listener, claim, c)
	return errors.Join(err, a.store.Close(), claim.Release())
}

// serve connects the channels and works until ctx ends; then it stops in two
// phases: nothing new is taken up, and what runs has until Grace.
func (a *app) serve(ctx context.Context, listener net.Listener, claim *store.Claim, c *console) (failed error) {
	s := a.settings
	ctx, cancel := context.WithCancel(ctx) // ends everything when one part cannot go on
	defer cancel()
	counts := a.counts
	a.meaning.register(counts.registry)
	peers, err := s.sharing(ctx, a.store, a.log)
	if err != nil {
		return err
	}
	defer func() { failed = errors.Join(failed, peers.leave(ctx)) }()
	needs := a.dependencies(peers)
	counts.registry.MustRegister(&askedMetrics{store: a.store, log: a.log, now: wallClock}, &staffMetrics{desk: a.desk, log: a.log},
		&storeMetrics{store: a.store, peers: peers, stations: a.stationIDs, dir: s.Data, log: a.log, now: wallClock}, needs)
	endTraces, err := a.traces(ctx, peers)
	if err != nil {
		return err
	}
	defer endTraces()
	limits, endLimits, err := a.limits(peers)
	if err != nil {
		return err
	}
	defer endLimits()
	incoming := &pace.Backed{Taker: limits} // who comes in is limited without Redis, too
	a.desk.Pace = incoming
	a.answerer.UseCache(peers.answers(s))
	line := relay.New(peers.config(relay.Config{
		Store: a.store, Blobs: a.blobs, Desk: a.desk, Logger: a.log, Metrics: counts, Grace: s.Grace, Now: wallClock,
		Pace: incoming, PerPerson: pace.Rate{Every: s.IntakeEvery, Burst: s.IntakeBurst}, FileBytes: int64(s.UploadMB) << 20,
	}))
	pages, err := web.New(web.Config{
		Store: a.store, Blobs: a.blobs, Desk: a.desk, Directory: a.stations.Directory, Library: a.shelf, Inbox: line, Logger: a.log, Now: wallClock, Pace: incoming,
		UploadBytes: int64(s.UploadMB) << 20,
		PublicURL:   s.PublicURL, SecureCookies: schemeOf(s.PublicURL) == "https", TrustProxy: s.TrustProxy,
	})
	if err != nil {
		return err
	}
	line.Add(pages)
	telegram, err := a.telegram(line, limits, peers.turn)
	if err != nil {
		return err
	}
	if err := a.desk.Rehome(ctx); err != nil {
		return err
	}
	if err := a.desk.Rearm(ctx); err != nil {
		return err
	}
	empty, err := a.desk.Unstaffed(ctx)
	if err != nil {
		return err
	}
	a.stations.OnChange = func(_, _ *route.Directory) {
		if _, err := a.desk.Unstaffed(ctx); err != nil {
			a.log.ErrorContext(ctx, "looking for stations without people failed", "error", err)
		}
		if err := a.desk.Rehome(ctx); err != nil {
			a.log.ErrorContext(ctx, "giving cases of removed stations to triage failed", "error", err)
		}
		a.recompute(ctx) // a station's hours may be others now
	}
	a.terms.OnChange(func() { a.recompute(ctx) })
	code, err := a.supervisorCode(ctx)
	if err != nil {
		return err
	}
	jobs, err := a.store.RunJobs(ctx, store.Work{
		Job: a.runJob, Tell: a.runJob,
		Periodic: []store.Periodic{
			{Name: learnWork, Every: learnEvery, Run: func(ctx context.Context) error {
				_, err := a.learner.Learn(ctx)
				return err
			}},
			{Name: remindWork, Every: remindEvery, Run: a.desk.RemindParked},
			{Name: forgetWork, Every: forgetEvery, Run: peers.forget},
		},
		Ran: counts.ran,
	})
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.Handle("/", pages.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", needs.ready(ctx, telegram))
	mux.Handle("GET /metrics", counts.handler())
	if telegram != nil {
		line.Add(telegram)
		if s.TelegramWebhookURL != "" {
			mux.Handle("POST "+pathOf(s.TelegramWebhookURL), telegram.Handler())
		}
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}

	follow := &follower{shelf: a.shelf, answerer: a.answerer, log: a.log, rev: a.version, decided: a.store}
	changes := a.store.Watch(ctx) // before the first look, so that nothing falls between
	if err := follow.look(ctx); err != nil {
		return err
	}
	var wg sync.WaitGroup
	peers.adopt(ctx)
	peers.start(ctx, &wg, line)
	wg.Go(func() { line.Run(ctx) })
	wg.Go(func() { a.stations.Run(ctx) })
	wg.Go(func() { a.learner.Run(ctx) })
	wg.Go(func() {
		a.recompute(ctx) // the files, or the settings, may have changed while the bot was down
		a.terms.Run(ctx)
	})
	wg.Go(func() { a.sweep(ctx) })
	wg.Go(func() { a.spread(ctx) })
	wg.Go(func() { a.meaning.run(ctx, a.answerer) })
	wg.Go(func() { follow.run(ctx, changes) })
	if telegram != nil {
		wg.Go(func() {
			if err := telegram.Run(ctx); err != nil {
				a.log.ErrorContext(ctx, "the Telegram channel stopped", "error", err)
			}
		})
	}
	broken := make(chan error, 2)
	go func() { broken <- server.Serve(listener) }()
	wg.Go(func() {
		if err := claim.Keep(ctx); err != nil {
			broken <- s.claimed(err)
		}
	})
	a.welcome(c, listener.Addr().String(), code, telegram != nil, empty)

	select {
	case <-ctx.Done():
		a.log.Info("stopping: running work may finish", "grace", s.Grace)
	case err = <-broken:
		cancel()
	}
	rest, release := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer release()
	pages.Close() // event streams would otherwise be waited for
	err = errors.Join(ignoreClosed(err), server.Shutdown(rest), jobs.Stop(rest))
	server.Close()
	wg.Wait()
	a.log.Info("stopped")
	return err
}

// remindEvery is how often it is looked whether supervisors are to be reminded; the
// desk sees to it that they are once a day.
const remindEvery = 30 * time.Minute

// runJob does a job of a case within a span.
func (a *app) runJob(ctx context.Context, tx handlers.Tx, j ticket.Job) error {
	ctx, end := trace.Start(ctx, "job", trace.Text("job", string(j.Kind)))
	err := a.desk.Run(ctx, tx, j)
	end(err)
	return err
}

// stationIDs lists the stations as they are configured now.
func (a *app) stationIDs() (ids []string) {
	for _, s := range a.stations.Directory().Stations() {
		ids = append(ids, s.ID)
	}
	return ids
}

// traces begins to send traces, if the environment says where to. What it returns
// sends the rest.
func (a *app) traces(ctx context.Context, p *peers) (end func(), err error) {
	name := "alone"
	if p != nil {
		name = p.name
	}
	close, err := trace.Open(ctx, version(), name, func(err error) { a.log.Warn("traces are not sent", "error", err) })
	if err != nil {
		return nil, misuse(err, "OTEL_EXPORTER_OTLP_ENDPOINT is a URL such as http://localhost:4318")
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := close(ctx); err != nil {
			a.log.Warn("the last traces were not sent", "error", err)
		}
	}, nil
}

// sweepEvery is how often files that nothing needs are removed.
const sweepEvery = 6 * time.Hour

// sweep removes the files that nothing needs any more, now and then.
func (a *app) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		swept, err := a.store.Sweep(ctx, a.blobs, time.Duration(a.settings.FileDays)*24*time.Hour)
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "removing old files failed", "error", err)
		}
		if swept.Files > 0 {
			a.log.InfoContext(ctx, "old files were removed", "files", swept.Files, "bytes", swept.Bytes)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// recompute sets the deadlines that the calendar and the terms give now.
func (a *app) recompute(ctx context.Context) {
	n, err := a.desk.Recompute(ctx)
	if err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "reckoning deadlines anew failed", "error", err)
	}
	level := slog.LevelDebug
	if n > 0 {
		level = slog.LevelInfo
	}
	a.log.Log(ctx, level, "deadlines were reckoned anew", "cases", n)
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// telegram makes the Telegram channel, nil without a token.
func (a *app) telegram(line *relay.Relay, shared pace.Limiter, turn func() bool) (*bot.Bot, error) {
	s := a.settings
	if s.TelegramBotToken == "" {
		return nil, nil
	}
	var menu []bot.Command
	for _, c := range handlers.Commands {
		menu = append(menu, bot.Command{Name: c.Name, Description: map[string]string{"zh": c.ZH, "en": c.EN}, Group: c.Group, Staff: len(c.For) > 0})
	}
	limits, err := s.telegramLimits()
	if err != nil {
		return nil, err
	}
	b, err := bot.New(bot.Config{
		Limits: limits,
		Token:  s.TelegramBotToken, APIURL: s.TelegramAPIURL, WebhookURL: s.TelegramWebhookURL, WebhookSecret: s.TelegramWebhookSecret,
		Inbox: line, Blobs: a.blobs, Commands: menu, Logger: a.log, Now: wallClock, Pace: shared, Turn: turn, Called: a.counts.called,
	})
	if err != nil {
		return nil, misuse(err, "liaison config shows the settings")
	}
	return b, nil
}

// supervisorCode makes the code for the first login.
func (a *app) supervisorCode(ctx context.Context) (code string, err error) {
	err = a.store.Update(ctx, func(tx handlers.Tx) (err error) {
		code, err = a.desk.FirstSupervisor(ctx, tx, "值班督办")
		return err
	})
	return code, err
}

// welcome prints where to go.
func (a *app) welcome(c *console, addr, code string, telegram bool, empty []handlers.Staffing) {
	s := a.settings
	base := s.base()
	if s.PublicURL == "" {
		if _, port, err := net.SplitHostPort(s.Addr); err == nil && port == "0" {
			base = "http://" + addr // the system chose the port
		}
	}
	fmt.Fprintf(c.out, "%s is ready, with %d units in the library. Data: %s\n", version(), a.answerer.Library().Len(), s.Data)
	fmt.Fprintf(c.out, "  Chat:     %s/\n", base)
	fmt.Fprintf(c.out, "  Staff:    %s/staff/   one-time code: %s (good once, for %.0f hours; each start prints a new one)\n", base, code, handlers.OperatorTTL.Hours())
	if telegram {
		fmt.Fprintf(c.out, "  Telegram: on, through %s\n", s.TelegramAPIURL)
	} else {
		fmt.Fprintf(c.out, "  Telegram: off. Set TELEGRAM_BOT_TOKEN to the token that @BotFather gives you, and start again.\n")
	}
	if s.OpenAIBaseURL == "" {
		fmt.Fprintf(c.out, "  Answers:  quoted from the library. Set OPENAI_BASE_URL, OPENAI_MODEL and OPENAI_API_KEY for written ones.\n")
	} else {
		fmt.Fprintf(c.out, "  Answers:  written by %s and checked against the library.\n", s.OpenAIModel)
	}
	fmt.Fprintf(c.out, "  Search:   %s.\n", a.meaning)
	if isPostgres(s.Database) && s.RedisURL == "" {
		fmt.Fprintf(c.out, "  Alone:    no second process may serve this database. To run several, set REDIS_URL to the same Redis on all of them.\n")
	}
	fmt.Fprintf(c.out, "  Stations: %s (the example marks itself as one; edit it, changes load by themselves)\n", s.stationsFile())
	if len(empty) > 0 {
		var ids []string
		for _, e := range empty {
			ids = append(ids, e.Station.ID)
		}
		fmt.Fprintf(c.out, "  Nobody:   %d of %d stations have nobody to take a case, which goes elsewhere: %s. Invite people on the staff page, or with liaison invite.\n",
			len(empty), len(a.stations.Directory().Stations()), strings.Join(ids, ", "))
	}
}

func schemeOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme
}

// pathOf is the path of a URL, "/" when it has none.
func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}
