package shelf

// GivesID is under test from outside.
func GivesID(data []byte) bool { return givesID(data) }
