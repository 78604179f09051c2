// Package yamlfile reads the YAML that people write by hand.
package yamlfile

import (
	"errors"

	"github.com/goccy/go-yaml"
)

// errForm is what Decode says of a document that the YAML module has failed on.
var errForm = errors.New("this is no YAML that can be read: look for a !, &, *, | or > that stands alone or begins a text, and put the text in quotes")

// Decode reads the next document, like d.Decode. The module panics at some
// that are malformed; this returns an error instead. Files are read while the bot runs,
// as soon as they are saved, also half written.
func Decode(d *yaml.Decoder, into any) (err error) {
	defer func() {
		if recover() != nil {
			err = errForm
		}
	}()
	return d.Decode(into)
}
