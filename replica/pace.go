package replica

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/pace"
)

// Pace is the rate limit of all replicas together. It goes by the clock of Redis
// and is safe for concurrent use.
type Pace struct{ hub *Hub }

var _ pace.Limiter = Pace{}

// Pace returns the rate limit that the replicas share.
func (h *Hub) Pace() Pace { return Pace{h} }

// take is pace.Memory.Take. Times are microseconds. KEYS: key. ARGV: every, burst,
// n. It returns how long to wait. What is further ahead than it can be was written
// before the clock of Redis was set back.
var take = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local every, burst, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
if free > now + burst * every then free = now end
local next = free + math.max(n, 1) * every
local wait = next - burst * every - now
if wait > 0 or n == 0 then return math.ceil(math.max(wait, 0)) end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return 0`)

// Take implements pace.Limiter.
func (p Pace) Take(ctx context.Context, key string, r pace.Rate, n int) (time.Duration, error) {
	every := float64(r.Every) / float64(time.Microsecond)
	us, err := take.Run(ctx, p.hub.rdb, []string{p.hub.key("pace:" + key)}, every, r.Burst, n).Int64()
	return time.Duration(us) * time.Microsecond, err
}
