package testapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// maxBody is the memory that one request of a bot may take, in bytes.
const maxBody = 1 << 20

// errUpload says that a request carried a file, which the emulator cannot take.
var errUpload = errors.New("uploads are not emulated")

// params are the arguments of one Bot API call as the emulator reads them.
type params map[string]json.RawMessage

// text lists the parameters that are plain text, which stays text even if it
// looks like a number or like JSON. All others have JSON's types.
var text = map[string]bool{
	"text": true, "parse_mode": true, "callback_query_id": true, "inline_message_id": true,
	"url": true, "secret_token": true, "business_connection_id": true, "message_effect_id": true,
}

// readParams returns the arguments of a call, which a client may send in the
// address, as either kind of form, or as JSON.
func readParams(r *http.Request) (params, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return nil, err
	}
	p := fromForm(r.URL.Query())
	switch kind {
	case "application/json":
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("arguments: %w", err)
		}
		if p == nil { // the body was null
			p = params{}
		}
		return p, nil
	case "multipart/form-data":
		// A call without arguments has a form without parts, not even the last
		// boundary.
		if err := r.ParseMultipartForm(maxBody); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("arguments: %w", err)
		}
		if r.MultipartForm != nil && len(r.MultipartForm.File) > 0 {
			return nil, errUpload
		}
	}
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("arguments: %w", err)
	}
	return fromForm(r.Form), nil
}

// fromForm gives the values of a form the types they have in JSON.
func fromForm(form url.Values) params {
	p := make(params, len(form))
	for name, values := range form {
		if len(values) == 0 {
			continue
		}
		value := values[0]
		if !text[name] && json.Valid([]byte(value)) {
			p[name] = json.RawMessage(value)
		} else {
			p.set(name, value)
		}
	}
	return p
}

// set gives an argument a value that JSON can express.
func (p params) set(name string, value any) {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("argument %s: %v", name, err))
	}
	p[name] = encoded
}

// integer returns a whole number, which clients send as a number or as its
// digits, and 0 for any other value.
func (p params) integer(name string) int64 {
	var n json.Number // decodes both forms
	if json.Unmarshal(p[name], &n) != nil {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return i
}

// str returns a string, and "" for any other value.
func (p params) str(name string) string {
	var s string
	if json.Unmarshal(p[name], &s) != nil {
		return ""
	}
	return s
}
