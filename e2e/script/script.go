// Package script reads and writes conversations as text files: who says or
// presses what, and what the bot says to whom. The same file is played inside
// the process and through a Bot API server; it doubles as a description of what
// the bot does. It is for tests only.
//
//	# a remark
//	owner: 慈溪有几个普惠金融服务站？      says something in private
//	-> owner                               the bot says to the owner …
//	  …                                    … this,
//	  [有帮助] [没帮上]                     with a row of buttons
//	owner! 有帮助                           presses the latest button of that name
//	owner+ photo.jpg: 看这个                sends a file with words, or with commas an album,
//	owner+ one.jpg,two.jpg: 左边 | 右边     whose pictures have words of their own
//	owner% 0.01 0.01                        shares a place: latitude and longitude
//	owner= 两个月 → 三个月                   edits the message that says the first to the second
//	agent@group^ 明天来修                   answers the latest message there that names a case
//	~ 26h                                  time passes, and what falls due happens
//	agent: /staff {code agent STATION 甲}   a fresh invitation stands in for the braces
//	~ restart                              the program is stopped and started
//	~ a bank joins                         the same, with a partner among the stations
//	~ the map is known                     the same, with made-up places of the towns: see WithMap
//	~ owner takes nothing                  the chat refuses whatever is sent …
//	~ owner takes messages again           … until then
//	~ @zhouxiang removes the bot           the same, and the bot is told …
//	~ @zhouxiang lets the bot in           … until then
//	~ @zhouxiang has a topic for each case the program is started anew with topics for the group
//	~ a is dismissed from town-henghe      a supervisor takes the membership away
//	a2: /staff {code login a}              a's code for the console, entered in another account
//	~ obs's appointment ends               a supervisor ends it now
//	~ obs is appointed until 2026-12-31    a supervisor sets its last day
package script

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// Op is what a line does.
type Op byte

// The ops, by the character that marks them.
const (
	Say    Op = ':'
	Press  Op = '!'
	Attach Op = '+'
	Answer Op = '^'
	Edit   Op = '='
	Share  Op = '%'
	Event  Op = '~'
)

// Line is one thing that happens, with what the bot said to it.
type Line struct {
	No    int    // line number in the file
	Above string // remarks and empty lines before it, as they stand
	Actor string
	Chat  string // name of a group, "" in private
	Op    Op
	File  string // Attach
	Text  string // words, a button's text, or the event
	Want  []Said
}

// Said is something that the bot said.
type Said struct {
	To    string   // an actor, or @ and the name of a group
	Lines []string // the text, then rows of buttons and remarks in brackets
}

// Script is a conversation.
type Script struct {
	Lines []Line
	Tail  string // what stands after the last line
}

// Parse reads a script. Errors name file and line.
func Parse(name, text string) (Script, error) {
	var s Script
	var above strings.Builder
	for i, raw := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		fault := func(what string) error { return fmt.Errorf("%s:%d: %s", name, i+1, what) }
		switch {
		case raw == "" || strings.HasPrefix(raw, "#"):
			above.WriteString(raw + "\n")
		case strings.HasPrefix(raw, "-> "):
			if len(s.Lines) == 0 {
				return s, fault("nothing was said before this reply")
			}
			l := &s.Lines[len(s.Lines)-1]
			l.Want = append(l.Want, Said{To: raw[3:]})
		case strings.HasPrefix(raw, "  "):
			if len(s.Lines) == 0 || len(s.Lines[len(s.Lines)-1].Want) == 0 {
				return s, fault("text of a reply without its -> line")
			}
			want := s.Lines[len(s.Lines)-1].Want
			w := &want[len(want)-1]
			w.Lines = append(w.Lines, raw[2:])
		default:
			l, err := parseLine(raw)
			if err != nil {
				return s, fault(err.Error())
			}
			l.No, l.Above = i+1, above.String()
			above.Reset()
			s.Lines = append(s.Lines, l)
		}
	}
	s.Tail = above.String()
	return s, nil
}

func parseLine(raw string) (Line, error) {
	if text, ok := strings.CutPrefix(raw, "~ "); ok {
		return Line{Op: Event, Text: text}, nil
	}
	i := strings.IndexAny(raw, ":!+^=%")
	if i <= 0 {
		return Line{}, fmt.Errorf("%q is no line of a conversation", raw)
	}
	l := Line{Op: Op(raw[i]), Text: strings.TrimPrefix(raw[i+1:], " ")}
	l.Actor, l.Chat, _ = strings.Cut(raw[:i], "@")
	if l.Op == Attach {
		l.File, l.Text, _ = strings.Cut(l.Text, ":")
		l.Text = strings.TrimSpace(l.Text)
	}
	l.Text = strings.ReplaceAll(l.Text, `\n`, "\n")
	return l, nil
}

// Edited returns what an edit changes: the old text and the new one.
func (l Line) Edited() (before, after string) {
	before, after, _ = strings.Cut(l.Text, " → ")
	return before, after
}

// Captions returns the words of each of the files that are sent, "" for none.
func (l Line) Captions() []string {
	all := make([]string, len(strings.Split(l.File, ",")))
	for i, text := range strings.Split(l.Text, "|")[:min(len(all), 1+strings.Count(l.Text, "|"))] {
		all[i] = strings.TrimSpace(text)
	}
	return all
}

// Point returns the place that is shared, in degrees.
func (l Line) Point() (latitude, longitude float64, err error) {
	_, err = fmt.Sscanf(l.Text, "%f %f", &latitude, &longitude)
	return latitude, longitude, err
}

// Map is the event after which the towns have places.
const Map = "the map is known"

// WithMap gives two towns of the example's stations places, which are made up.
func WithMap(stations []byte) []byte {
	for town, at := range map[string]string{"zhouxiang": "0.0, 0.0", "henghe": "0.0, 0.1"} {
		id := []byte("{ id: " + town + ",")
		stations = bytes.Replace(stations, id, append(id[:len(id):len(id)], " at: ["+at+"],"...), 1)
	}
	return stations
}

var code = regexp.MustCompile(`\{code (\w+) ?([\w-]*) ([^}]+)\}`)

// WithCodes returns the text with an invitation from invite in the place of each
// {code ROLE STATION LABEL}; observers and supervisors have no station.
func WithCodes(text string, invite func(role, station, label string) string) string {
	return code.ReplaceAllStringFunc(text, func(mark string) string {
		f := code.FindStringSubmatch(mark)
		return invite(f[1], f[2], f[3])
	})
}

// Parts is a reply taken apart.
type Parts struct {
	Text     string
	Buttons  []string // of all rows
	Toast    string
	Replaces bool // it took the place of an earlier message
	Files    int
}

// Parts takes the reply apart.
func (s Said) Parts() (p Parts) {
	var text []string
	for _, line := range s.Lines {
		switch {
		case strings.HasPrefix(line, "(toast) "):
			p.Toast = strings.TrimPrefix(line, "(toast) ")
		case line == "(replaces)":
			p.Replaces = true
		case strings.HasPrefix(line, "(files: "):
			fmt.Sscanf(line, "(files: %d)", &p.Files)
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			p.Buttons = append(p.Buttons, strings.Split(strings.Trim(line, "[]"), "] [")...)
		default:
			text = append(text, line)
		}
	}
	p.Text = strings.Join(text, "\n")
	return p
}

// String writes the line as it stands in a file, without replies.
func (l Line) String() string {
	if l.Op == Event {
		return "~ " + l.Text
	}
	who := l.Actor
	if l.Chat != "" {
		who += "@" + l.Chat
	}
	text := strings.ReplaceAll(l.Text, "\n", `\n`)
	if l.Op == Attach {
		text = l.File + ": " + text
	}
	return strings.TrimRight(who+string(l.Op)+" "+text, " ")
}

// String writes the reply as it stands in a file.
func (s Said) String() string {
	var b strings.Builder
	b.WriteString("-> " + s.To + "\n")
	for _, line := range s.Lines {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

// String writes the script as a file.
func (s Script) String() string {
	var b strings.Builder
	for _, l := range s.Lines {
		b.WriteString(l.Above + l.String() + "\n")
		for _, w := range l.Want {
			b.WriteString(w.String())
		}
	}
	return b.String() + s.Tail
}
