package handlers

import (
	"path"
	"strings"
	"unicode"
)

// maxFileName is the length limit of a file's name, in characters.
const maxFileName = 100

// FileName makes a name that a stranger gave fit to be shown and to be saved
// under: the last element of a path, without control characters and without
// those that turn the direction of writing round, which make "gpj.exe" look
// like a picture. The extension survives shortening. A name of which nothing is
// left becomes "file".
func FileName(raw string) string {
	name := strings.ToValidUTF8(strings.ReplaceAll(raw, `\`, "/"), "")
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name[strings.LastIndexByte(name, '/')+1:]))
	if name == "" || name == "." || name == ".." {
		return "file"
	}
	if runes := []rune(name); len(runes) > maxFileName {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = strings.TrimSpace(string(runes[:maxFileName-len(ext)]) + string(ext))
	}
	return name
}
