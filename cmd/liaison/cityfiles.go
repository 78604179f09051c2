package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"liaison/store"
)

// The files that say how the city works, as they are called in a data folder.
const (
	stationsName  = "stations.yaml"
	deadlinesName = "deadlines.yaml"
	holidaysName  = "holidays.txt"
)

// stationsFile is where the stations are configured.
func (s *Settings) stationsFile() string { return s.cityFile(s.Stations, stationsName) }

// deadlinesFile is where deadlines are configured beyond the settings.
func (s *Settings) deadlinesFile() string { return s.cityFile(s.Deadlines, deadlinesName) }

// holidaysFile is where days off and working days are that were not announced.
func (s *Settings) holidaysFile() string { return s.cityFile(s.Holidays, holidaysName) }

// cityFile is the file that a setting names, else the one of the name in the data
// folder. A file that was named must be there.
func (s *Settings) cityFile(named, name string) string {
	if named != "" {
		return named
	}
	return filepath.Join(s.Data, name)
}

// packCity reads the city's files, wherever they are, for a backup: under the names at
// which a bot that is started on the restored folder alone looks for them.
func (s *Settings) packCity() (files []store.Packed, err error) {
	for _, f := range []struct{ setting, named, name string }{
		{"LIAISON_STATIONS", s.Stations, stationsName},
		{"LIAISON_DEADLINES", s.Deadlines, deadlinesName},
		{"LIAISON_HOLIDAYS", s.Holidays, holidaysName},
	} {
		body, err := os.ReadFile(s.cityFile(f.named, f.name))
		switch {
		case err == nil:
			files = append(files, store.Packed{Name: f.name, Body: body})
		case f.named != "" || !errors.Is(err, fs.ErrNotExist):
			return nil, misuse(fmt.Errorf("%s: %w", f.setting, err),
				"let the backup read it, with the settings that the bot runs with: without it a restored bot would give cases other deadlines or stations")
		}
	}
	return files, nil
}
