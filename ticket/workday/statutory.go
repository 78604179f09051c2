package workday

import "github.com/6tail/lunar-go/calendar"

// The lunar calendar is computed by a library that panics on dates which it
// cannot convert; deadlines are never set there.
const lastLunarYear = 2200

// statutory reports whether d is one of the thirteen public holidays that the
// national regulation fixes by calendar (as amended from 2025 on): New Year,
// the eve and first three days of the lunar year, Qingming, 1 and 2 May, Dragon
// Boat, Mid-Autumn, and 1 to 3 October. It serves years whose arrangement has
// not been announced, so that a deadline set in December does not fall on New
// Year's Day.
func statutory(d date) bool {
	if d.year < firstYear || d.year > lastLunarYear {
		return false
	}
	switch int(d.month)*100 + d.day {
	case 101, 501, 502, 1001, 1002, 1003:
		return true
	}
	lunar := calendar.NewSolarFromYmd(d.year, int(d.month), d.day).GetLunar()
	switch lunar.GetMonth()*100 + lunar.GetDay() { // a leap month is negative
	case 101, 102, 103, 505, 815:
		return true
	}
	tomorrow := lunar.Next(1)
	return lunar.GetJieQi() == "清明" || tomorrow.GetMonth() == 1 && tomorrow.GetDay() == 1
}
