package pace

// Keys is how many keys are remembered.
func (m *Memory) Keys() int { return len(m.young) + len(m.old) }

// Late is late.
const Late = late
