package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
)

// Settings are the same for all commands. Every one can be given as a flag, as
// an environment variable, or under the flag's name in the file of --config.
type Settings struct {
	Config kongConfigFile `help:"YAML file with settings." env:"LIAISON_CONFIG" placeholder:"FILE"`

	Data      string `help:"Folder for the database, files and station configuration." env:"LIAISON_DATA" default:"data" placeholder:"DIR"`
	Database  string `help:"Database: empty for SQLite in the data folder, or postgres://…" env:"LIAISON_DATABASE,DATABASE_URL" placeholder:"URL" secret:"url"`
	RedisURL  string `name:"redis-url" help:"Redis that several processes share: redis://…, with ?addr= of a cluster or ?master_name= of Sentinel." env:"REDIS_URL" placeholder:"URL" secret:"url"`
	Stations  string `help:"Station configuration. Defaults to stations.yaml in the data folder, made from the example at the first start." env:"LIAISON_STATIONS" placeholder:"FILE"`
	Holidays  string `help:"File with days off and make-up working days beyond the announced ones. Defaults to holidays.txt in the data folder, which may be missing." env:"LIAISON_HOLIDAYS" placeholder:"FILE"`
	Deadlines string `help:"File with deadlines by kind of case and station. Defaults to deadlines.yaml in the data folder, which may be missing." env:"LIAISON_DEADLINES" placeholder:"FILE"`
	LogFormat string `help:"How to log: ${enum}." enum:"text,json" default:"text" env:"LIAISON_LOG_FORMAT"`
	LogLevel  string `help:"What to log: ${enum}." enum:"debug,info,warn,error" default:"info" env:"LIAISON_LOG_LEVEL"`

	Addr        string        `help:"Address for the chat page and the staff console." env:"LIAISON_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	PublicURL   string        `help:"Where people reach that address, such as https://liaison.example." env:"LIAISON_PUBLIC_URL" placeholder:"URL"`
	TrustProxy  bool          `help:"Take client addresses from X-Forwarded-For; only behind a proxy that sets it." env:"LIAISON_TRUST_PROXY"`
	UploadMB    int           `name:"upload-mb" help:"Megabytes of files that one address, or one person by Telegram, may send in an hour." env:"LIAISON_UPLOAD_MB" default:"512"`
	IntakeBurst int           `help:"Messages that one person may send at once, and a third of the buttons that one may press; staff do not count." env:"LIAISON_INTAKE_BURST" default:"20"`
	IntakeEvery time.Duration `help:"Time after which that person may send another one." env:"LIAISON_INTAKE_EVERY" default:"3s"`
	FileDays    int           `help:"Days after the end of a case for which its files are kept." env:"LIAISON_FILE_DAYS" default:"1095"`
	Grace       time.Duration `help:"How long running work may take to finish when the bot is stopped." env:"LIAISON_GRACE" default:"10s"`

	TelegramBotToken      string `help:"Turns the Telegram channel on." env:"TELEGRAM_BOT_TOKEN" placeholder:"TOKEN" secret:"all"`
	TelegramAPIURL        string `name:"telegram-api-url" help:"Bot API server." env:"TELEGRAM_API_URL" default:"https://api.telegram.org" placeholder:"URL"`
	TelegramLimits        string `help:"Messages a second over all chats, a second to one person and a minute to one group, where they are not Telegram's 30/1/20: a Bot API server of your own, or paid broadcasts." env:"TELEGRAM_LIMITS" placeholder:"N/N/N"`
	TelegramWebhookURL    string `help:"Where Telegram reaches this server; without it the bot polls." env:"TELEGRAM_WEBHOOK_URL" placeholder:"URL"`
	TelegramWebhookSecret string `help:"Secret token of the webhook." env:"TELEGRAM_WEBHOOK_SECRET" placeholder:"SECRET" secret:"all"`

	OpenAIBaseURL string        `name:"openai-base-url" help:"OpenAI-compatible endpoint, up to and with /v1; turns written answers on." env:"OPENAI_BASE_URL" placeholder:"URL" secret:"url"`
	OpenAIAPIKey  string        `name:"openai-api-key" help:"Key for that endpoint." env:"OPENAI_API_KEY" placeholder:"KEY" secret:"all"`
	OpenAIModel   string        `name:"openai-model" help:"Name of the model at that endpoint." env:"OPENAI_MODEL" placeholder:"NAME"`
	ModelTimeout  time.Duration `help:"How long the model may take over an answer. Nobody waits for it: the quoted answer is there, and stays when the time is over." env:"LIAISON_MODEL_TIMEOUT" default:"20s"`

	EmbeddingsBaseURL string        `name:"embeddings-base-url" help:"Endpoint for vectors, up to and with /v1. Defaults to openai-base-url." env:"EMBEDDINGS_BASE_URL" placeholder:"URL" secret:"url"`
	EmbeddingsAPIKey  string        `name:"embeddings-api-key" help:"Key for that endpoint; that of openai-api-key for its address." env:"EMBEDDINGS_API_KEY" placeholder:"KEY" secret:"all"`
	EmbeddingsModel   string        `help:"Name of the model for vectors; finds units by meaning too." env:"EMBEDDINGS_MODEL" placeholder:"NAME"`
	EmbeddingsTimeout time.Duration `help:"How long the vector of a question may take before it is answered without." env:"LIAISON_EMBEDDINGS_TIMEOUT" default:"1s"`
	RerankBaseURL     string        `name:"rerank-base-url" help:"Endpoint with /rerank, such as http://localhost:8000/v1. Defaults to openai-base-url." env:"RERANK_BASE_URL" placeholder:"URL" secret:"url"`
	RerankAPIKey      string        `name:"rerank-api-key" help:"Key for that endpoint; that of openai-api-key for its address." env:"RERANK_API_KEY" placeholder:"KEY" secret:"all"`
	RerankModel       string        `help:"Name of the model that puts the best units in order." env:"RERANK_MODEL" placeholder:"NAME"`
	RerankTimeout     time.Duration `help:"How long that may take before a question is answered without." env:"LIAISON_RERANK_TIMEOUT" default:"2s"`

	AcceptDays  int `help:"Working days until a case must be accepted." env:"LIAISON_ACCEPT_DAYS" default:"1"`
	InquiryDays int `help:"Working days until an inquiry must be answered." env:"LIAISON_INQUIRY_DAYS" default:"1"`
	AnswerDays  int `help:"Working days until any other case must be answered." env:"LIAISON_ANSWER_DAYS" default:"5"`
	UrgentDays  int `help:"Working days until an urgent case must be answered." env:"LIAISON_URGENT_DAYS" default:"1"`
	CloseDays   int `help:"Days after which an answer that nobody rated closes the case." env:"LIAISON_CLOSE_DAYS" default:"7"`
}

func (s *Settings) policy() ticket.Policy {
	p := ticket.DefaultPolicy()
	p.Accept, p.Answer, p.Other, p.Urgent = s.AcceptDays, map[ticket.Kind]int{ticket.Inquiry: s.InquiryDays}, s.AnswerDays, s.UrgentDays
	p.CloseDays = s.CloseDays
	return p
}

// daysSetting is a number of days that deadlines are reckoned with, where no file says
// otherwise.
type daysSetting struct {
	name         string
	value, usual int
}

// days are all settings of that sort.
func (s *Settings) days() []daysSetting {
	usual := ticket.DefaultPolicy()
	return []daysSetting{
		{"LIAISON_ACCEPT_DAYS", s.AcceptDays, usual.Accept},
		{"LIAISON_INQUIRY_DAYS", s.InquiryDays, usual.Answer[ticket.Inquiry]},
		{"LIAISON_ANSWER_DAYS", s.AnswerDays, usual.Other},
		{"LIAISON_URGENT_DAYS", s.UrgentDays, usual.Urgent},
		{"LIAISON_CLOSE_DAYS", s.CloseDays, usual.CloseDays},
	}
}

func (s *Settings) level() slog.Level {
	var l slog.Level
	_ = l.UnmarshalText([]byte(s.LogLevel)) // the parser let the four names through only
	return l
}

// base is the address of the pages as people reach them.
func (s *Settings) base() string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(s.Addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return "http://localhost:" + port
	}
	return "http://" + s.Addr
}

// isPostgres reports whether the database is one that several processes can reach.
func isPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// check refuses values that no parser of a single flag can refuse.
func (s *Settings) check() error {
	_, port, err := net.SplitHostPort(s.Addr)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return misuse(fmt.Errorf("LIAISON_ADDR (--addr) is %q", s.Addr), "give host and port, such as 127.0.0.1:8080; the port is a number up to 65535")
	}
	for _, u := range []struct{ name, value string }{
		{"LIAISON_PUBLIC_URL (--public-url)", s.PublicURL},
		{"OPENAI_BASE_URL (--openai-base-url)", s.OpenAIBaseURL},
		{"EMBEDDINGS_BASE_URL (--embeddings-base-url)", s.EmbeddingsBaseURL},
		{"RERANK_BASE_URL (--rerank-base-url)", s.RerankBaseURL},
	} {
		if p, err := url.Parse(u.value); u.value != "" && (err != nil || p.Scheme != "http" && p.Scheme != "https" || p.Host == "") {
			return misuse(fmt.Errorf("%s is %q", u.name, maskURL(u.value)), "give a URL that begins with http:// or https://")
		}
	}
	if s.RedisURL != "" && !isPostgres(s.Database) {
		return misuse(errors.New("REDIS_URL is set and LIAISON_DATABASE (or DATABASE_URL) is not a PostgreSQL database: Redis is for several processes, and they need one that all reach"),
			"set LIAISON_DATABASE to postgres://…, or leave REDIS_URL empty for one process")
	}
	if (s.OpenAIBaseURL == "") != (s.OpenAIModel == "") {
		return misuse(fmt.Errorf("OPENAI_BASE_URL is %q and OPENAI_MODEL is %q", maskURL(s.OpenAIBaseURL), s.OpenAIModel),
			"set both for written answers, or neither for quoted ones")
	}
	if err := s.checkMeaning(); err != nil {
		return err
	}
	if s.TelegramBotToken == "" && s.TelegramWebhookURL != "" {
		return misuse(errors.New("TELEGRAM_WEBHOOK_URL is set and TELEGRAM_BOT_TOKEN is not"), "set TELEGRAM_BOT_TOKEN to the token that @BotFather gave you")
	}
	if _, err := s.telegramLimits(); err != nil {
		return err
	}
	for _, n := range s.days() {
		if n.value < 1 || n.value > 365 {
			return misuse(fmt.Errorf("%s is %d", n.name, n.value), "give a number of days from 1 to 365")
		}
	}
	if s.FileDays < 1 || s.FileDays > 36500 {
		return misuse(fmt.Errorf("LIAISON_FILE_DAYS is %d", s.FileDays), "give a number of days from 1 to 36500")
	}
	if s.IntakeBurst < 1 || s.IntakeBurst > 10000 {
		return misuse(fmt.Errorf("LIAISON_INTAKE_BURST is %d", s.IntakeBurst), "give a number of messages from 1 to 10000")
	}
	if s.UploadMB < 1 || s.UploadMB > 1<<20 {
		return misuse(fmt.Errorf("LIAISON_UPLOAD_MB is %d", s.UploadMB), "give a number of megabytes from 1 to 1048576")
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"LIAISON_GRACE", s.Grace}, {"LIAISON_INTAKE_EVERY", s.IntakeEvery}, {"LIAISON_MODEL_TIMEOUT", s.ModelTimeout}, {"LIAISON_EMBEDDINGS_TIMEOUT", s.EmbeddingsTimeout}, {"LIAISON_RERANK_TIMEOUT", s.RerankTimeout}} {
		if d.value <= 0 || d.value > 10*time.Minute {
			return misuse(fmt.Errorf("%s is %v", d.name, d.value), "give a time from 1ms to 10m, such as 20s")
		}
	}
	return nil
}
