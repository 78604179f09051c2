package bot

import (
	"context"
	"errors"
	"net/http"
	"path"
)

// What can come of a call to Telegram, as Config.Called is told.
const (
	CallOK        = "ok"
	CallLimited   = "limited"   // 429: too many
	CallForbidden = "forbidden" // 403: blocked, removed
	CallRefused   = "refused"   // any other 4xx
	CallServer    = "server"    // 5xx
	CallNetwork   = "network"   // no answer at all
)

// CallOutcomes are all that can come of a call.
var CallOutcomes = []string{CallOK, CallLimited, CallForbidden, CallRefused, CallServer, CallNetwork}

// CallMethods are all methods that are called.
var CallMethods = []string{
	"getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "setMyCommands",
	"sendMessage", "editMessageText", "answerCallbackQuery", "sendPhoto", "sendDocument", "sendMediaGroup", "getFile", "file",
	"createForumTopic", "editForumTopic", "closeForumTopic", "reopenForumTopic",
}

// outcome names what came of a call.
func outcome(status int) string {
	switch {
	case status == http.StatusTooManyRequests:
		return CallLimited
	case status == http.StatusForbidden:
		return CallForbidden
	case status >= 500:
		return CallServer
	case status >= 400:
		return CallRefused
	}
	return CallOK
}

// told is a transport that tells what came of each call.
type told struct {
	http.RoundTripper
	called func(method, outcome string)
}

// clientOf returns client with short calls sent whole, and with what came of each told
// to called, unless that is nil.
func clientOf(client *http.Client, called func(method, outcome string)) *http.Client {
	c := *client
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	c.Transport = gathering{c.Transport}
	if called != nil {
		c.Transport = told{c.Transport, called}
	}
	return &c
}

// RoundTrip implements http.RoundTripper. A call that we gave up ourselves, because
// we stop, says nothing of Telegram.
func (t told) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	switch {
	case err == nil:
		t.called(methodOf(r), outcome(resp.StatusCode))
	case !errors.Is(r.Context().Err(), context.Canceled):
		t.called(methodOf(r), CallNetwork)
	}
	return resp, err
}

// methodOf names the method of the Bot API: the last part of …/bot<token>/<method>.
// Files are at …/file/bot<token>/<path>, whose last part is anything.
func methodOf(r *http.Request) string {
	if r.Method == http.MethodGet {
		return "file"
	}
	return path.Base(r.URL.Path)
}
