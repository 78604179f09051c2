package botapitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxRequest is Telegram's limit for one upload (50 MB) plus room for fields.
const maxRequest = 52 << 20

// apiError is an answer with ok=false.
type apiError struct {
	Code        int
	Description string
	RetryAfter  int
	MigrateTo   int64
}

func (e *apiError) Error() string { return e.Description }

func badRequest(format string, args ...any) *apiError {
	return &apiError{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

// unparsable is the error of both text parsers.
func unparsable(format string, args ...any) error {
	return badRequest("can't parse entities: "+format, args...)
}

func forbidden(text string) *apiError {
	return &apiError{Code: http.StatusForbidden, Description: "Forbidden: " + text}
}

func conflict(text string) *apiError {
	return &apiError{Code: http.StatusConflict, Description: "Conflict: " + text}
}

func tooMany(seconds int) *apiError {
	return &apiError{
		Code:        http.StatusTooManyRequests,
		Description: fmt.Sprintf("Too Many Requests: retry after %d", seconds),
		RetryAfter:  seconds,
	}
}

var (
	errNotFound     = &apiError{Code: http.StatusNotFound, Description: "Not Found"}
	errUnauthorized = &apiError{Code: http.StatusUnauthorized, Description: "Unauthorized"}
	errTooLarge     = &apiError{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
)

type envelope struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result,omitempty"`
	ErrorCode   int             `json:"error_code,omitempty"`
	Description string          `json:"description,omitempty"`
	Parameters  *errorParams    `json:"parameters,omitempty"`
}

type errorParams struct {
	RetryAfter int   `json:"retry_after,omitempty"`
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
}

func writeEnvelope(w http.ResponseWriter, status int, e envelope) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(e) // the client may be gone
}

func writeError(w http.ResponseWriter, err *apiError) {
	e := envelope{ErrorCode: err.Code, Description: err.Description}
	if err.RetryAfter != 0 || err.MigrateTo != 0 {
		e.Parameters = &errorParams{RetryAfter: err.RetryAfter, MigrateTo: err.MigrateTo}
	}
	if err.RetryAfter != 0 {
		w.Header().Set("Retry-After", strconv.Itoa(err.RetryAfter))
	}
	writeEnvelope(w, err.Code, e)
}

// answer logs the call and writes its envelope.
func (s *Server) answer(w http.ResponseWriter, rec Call, result json.RawMessage, err *apiError) {
	rec.Status = http.StatusOK
	if err != nil {
		rec.Status, rec.Description = err.Code, err.Description
	}
	s.logCall(rec)
	if err != nil {
		writeError(w, err)
		return
	}
	writeEnvelope(w, http.StatusOK, envelope{OK: true, Result: result})
}

type upload struct {
	name string
	data []byte
}

// params are the arguments of one call, whatever form they came in. Values
// that are not strings in a JSON body are kept as their JSON text, which is
// how the other forms carry them.
type params struct {
	values map[string]string
	files  map[string]upload
	bad    []string // malformed values that Telegram silently reads as zero
}

func readParams(r *http.Request) (*params, *apiError) {
	p := &params{values: map[string]string{}, files: map[string]upload{}}
	p.addForm(r.URL.Query())
	if r.Body == nil {
		return p, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	switch {
	case err != nil:
		return nil, badRequest("failed to read the request body")
	case len(body) > maxRequest:
		return nil, errTooLarge
	case len(body) == 0:
		return p, nil // the client sends an empty multipart body for calls without arguments
	}
	mediaType, args, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, badRequest("content type is missing or malformed")
	}
	switch mediaType {
	case "multipart/form-data":
		err = p.addMultipart(body, args["boundary"])
	case "application/json":
		err = p.addJSON(body)
	case "application/x-www-form-urlencoded":
		var form url.Values
		if form, err = url.ParseQuery(string(body)); err == nil {
			p.addForm(form)
		}
	default:
		err = fmt.Errorf("unsupported content type %q", mediaType)
	}
	if err != nil {
		return nil, badRequest("can't parse request body: %v", err)
	}
	for name, v := range p.values {
		if !utf8.ValidString(v) {
			return nil, badRequest("strings must be encoded in UTF-8 (%s)", name)
		}
	}
	return p, nil
}

func (p *params) addForm(form url.Values) {
	for name, vs := range form {
		if len(vs) > 0 {
			p.values[name] = vs[len(vs)-1]
		}
	}
}

func (p *params) addJSON(body []byte) error {
	var obj map[string]json.RawMessage
	if err := json.Unmarshal(body, &obj); err != nil {
		return errors.New("not a JSON object")
	}
	for name, raw := range obj {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			p.values[name] = text
		default:
			p.values[name] = string(raw)
		}
	}
	return nil
}

func (p *params) addMultipart(body []byte, boundary string) error {
	mr := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if name := part.FileName(); name != "" {
			p.files[part.FormName()] = upload{name: name, data: data}
		} else {
			p.values[part.FormName()] = string(data)
		}
	}
}

// record is the copy of the arguments for the call log.
func (p *params) record() (values map[string]string, files map[string]int) {
	values, files = map[string]string{}, map[string]int{}
	for k, v := range p.values {
		values[k] = v
	}
	for k, f := range p.files {
		files[k] = len(f.data)
	}
	return values, files
}

// unknown lists the argument names that are neither documented for the method
// nor refer to an attached file.
func (p *params) unknown(known []string) []string {
	var out []string
	for name := range p.values {
		if !slices.Contains(known, name) {
			out = append(out, name)
		}
	}
	for name := range p.files {
		if !slices.Contains(known, name) && !strings.Contains(p.values["media"], `"attach://`+name+`"`) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (p *params) has(name string) bool { _, ok := p.values[name]; return ok }

func (p *params) str(name string) string { return p.values[name] }

func (p *params) int(name string) int64 {
	v, ok := p.values[name]
	if !ok || v == "" {
		return 0
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		p.bad = append(p.bad, fmt.Sprintf("parameter %q is not an integer: %q", name, v))
	}
	return n
}

func (p *params) bool(name string) bool {
	switch v := strings.ToLower(p.values[name]); v {
	case "true", "1", "yes":
		return true
	case "", "false", "0", "no":
		return false
	default:
		p.bad = append(p.bad, fmt.Sprintf("parameter %q is not a boolean: %q", name, v))
		return false
	}
}

// json decodes a JSON-serialised argument; an absent one leaves dest alone.
func (p *params) json(name string, dest any) error {
	v := p.values[name]
	if v == "" || v == "null" {
		return nil
	}
	return json.Unmarshal([]byte(v), dest)
}
