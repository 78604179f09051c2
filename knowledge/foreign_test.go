package knowledge_test

import (
	"testing"

	"liaison/knowledge"
)

// TestGroundInEnglish checks English statements against the Chinese units of the
// bundled library.
func TestGroundInEnglish(t *testing.T) {
	t.Parallel()
	units := make(map[string]knowledge.Unit)
	for _, d := range bundled(t).Documents() {
		for _, u := range d.Units {
			units[u.Slug] = u
		}
	}
	for _, c := range []struct {
		unit, text string
		right      bool
	}{
		{"visit-results", "Since 2023, the working group has visited enterprises 108 times, covering 182 enterprises [1].", true},
		{"visit-results", "It collected 57 suggestions, of which 39 have been resolved [1].", true},
		{"visit-results", "It collected 39 suggestions, of which 75 have been resolved [1].", false},
		{"policy-push", "Policy application information is pushed to enterprises through the policy cloud, service hotlines and public accounts [1].", true},
		{"finance-service-points", "As of June 21, 2024, Cixi has built 1 city-level inclusive finance service centre and 10 town-level service stations [1].", true},
		{"finance-service-points", "Cixi has built 10 city-level inclusive finance service centres [1].", false},
		{"finance-service-points", "There are 10 city-level inclusive finance service centres and 1 town-level service station [1].", false},
		{"finance-service-points", "Cixi has built 1 town-level service station and ten city-level service centres [1].", false},
		{"visit-results", "It collected 39 suggestions, of which 57 have been resolved [1].", false},
		{"visit-results", "The working group has visited enterprises 182 times, covering 108 enterprises [1].", false},
		{"finance-service-points", "As of 21 June 2024 there are ten town-level service stations in Cixi [1].", true},
		{"finance-service-points", "As of June 21, 2023, Cixi has built 10 town-level service stations [1].", false},
		{"finance-service-points", "The reply does not state in which towns the 10 service stations are located [1].", true},
		{"finance-service-points", "慈溪市有 ten million yuan for service stations [1].", false},
		{"ip-pledge-loans", "Intellectual property pledge loans are provided by financial institutions [1].", true},
		{"ip-pledge-loans", "Intellectual property pledge loans are provided by the Example Bank of Wenzhou [1].", false},
		{"extra-floor-area", "If an industrial enterprise raises the floor area ratio on its own land by adding storeys, no additional land price is charged [1].", true},
		{"extra-floor-area", "If an enterprise raises the floor area ratio, an additional land price is charged [1].", false},
		{"private-land-share", "In 2023, private enterprises accounted for 86.8 percent of industrial land by number of plots [1].", true},
		{"private-land-share", "In 2022, private enterprises accounted for 86.8% of industrial land [1].", false},
		{"finance-events", "In 2023, Cixi held 15 financial service events [1].", true},
		{"finance-events", "In 2023, Cixi held 15 tax service events [1].", false},
		{"finance-events", "In 2023, Cixi did not hold 15 financial service events [1].", false},
		{"service-events-2023", "Enterprises received awards of more than RMB 20 million in 2023 [1].", true},
		{"service-events-2023", "Enterprises received awards of RMB 20 million in 2023 [1].", false},
		{"policy-lectures", "Enterprises can attend finance and legal training courses free of charge [1].", true},
		{"policy-lectures", "Enterprises must pay for the finance and legal training courses [1].", false},
	} {
		u, ok := units[c.unit]
		if !ok {
			t.Fatalf("no unit %s", c.unit)
		}
		err := knowledge.Ground(c.text, []knowledge.Evidence{{Text: u.Title + "\n" + u.Body, Dates: []knowledge.Date{{Year: 2024, Month: 6, Day: 21}}}})
		if (err == nil) != c.right {
			t.Errorf("%q: %v, want right: %v", c.text, err, c.right)
		}
	}
}
