package botapitest

import (
	"net/url"
	"strconv"
	"strings"
)

// checkLink returns the link as Telegram keeps it: with a scheme, the host in
// lower case and at least "/" behind it. It takes http, https, tg and ton, a
// bare host meaning http; the host must have a dot, so "localhost" is refused.
func checkLink(raw string) (string, bool) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		if scheme, rest, ok = strings.Cut(raw, ":"); !ok || !strings.EqualFold(scheme, "tg") {
			scheme, rest = "http", raw
		}
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "tg", "ton":
		return scheme + "://" + rest, rest != ""
	case "http", "https":
	default:
		return "", false
	}
	host, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, tail = rest[:i], rest[i:]
	}
	u, err := url.Parse(scheme + "://" + host)
	if err != nil || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") || strings.ContainsAny(host, " \t\r\n") {
		return "", false
	}
	if !strings.HasPrefix(tail, "/") {
		tail = "/" + tail
	}
	return scheme + "://" + strings.ToLower(host) + tail, true
}

// linkEntity is the entity a link in marked-up text makes: a mention for
// tg://user?id=…, a text_link otherwise, none for what is no link.
func linkEntity(raw string) (Entity, bool) {
	link, ok := checkLink(raw)
	if !ok {
		return Entity{}, false
	}
	if u, err := url.Parse(link); err == nil && u.Scheme == "tg" && u.Host == "user" {
		id, err := strconv.ParseInt(u.Query().Get("id"), 10, 64)
		return Entity{Type: "text_mention", User: &Account{ID: id}}, err == nil
	}
	return Entity{Type: "text_link", URL: link}, true
}

// knownMentions completes mentions of people the server knows and drops the
// others, as Telegram does for marked-up text.
func (s *Server) knownMentions(list []Entity) []Entity {
	var out []Entity
	for _, e := range list {
		if e.Type == "text_mention" {
			u := s.users[e.User.ID]
			if u == nil {
				continue
			}
			acc := u.acc
			e.User = &acc
		}
		out = append(out, e)
	}
	return out
}
