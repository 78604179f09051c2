package replica

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/pace"
)

// A window is a sorted set: of each place the time at which it will be free, beside
// two marks with the time at which they end, "!hold" and "!wanted". The name of a
// place begins with "-" while its holder has not left. Times are microseconds by the
// clock of Redis; what lies further ahead than it can was written before that clock was
// set back, and is dropped.

// enter is pace.Memory.Enter. KEYS: key. ARGV: most, name, n, whether it yields,
// lost, ask again, grace, glance, the longest hold, the longest place. It returns how
// long to wait. The command is repeated when its answer was lost, so who has the places
// gets them.
var enter = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local most, n, yields = tonumber(ARGV[1]), tonumber(ARGV[3]), ARGV[4] == '1'
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], '-' .. ARGV[2] .. '#1') then return 0 end
local hold = tonumber(redis.call('ZSCORE', KEYS[1], '!hold') or 0)
if hold > now and hold <= now + ARGV[9] then return math.ceil(hold - now) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + ARGV[10]), '+inf')
local wanted = redis.call('ZSCORE', KEYS[1], '!wanted')
if yields and wanted then return math.ceil(math.min(wanted - now, ARGV[8])) end
local used = redis.call('ZCARD', KEYS[1])
if wanted then used = used - 1 end
local over = used + n - most
if over > 0 then
	local first = redis.call('ZRANGE', KEYS[1], 0, over, 'WITHSCORES')
	local wait, seen = 0, 0
	for i = 1, #first, 2 do
		if first[i] ~= '!wanted' and seen < over then
			seen, wait = seen + 1, first[i + 1] - now
			if string.sub(first[i], 1, 1) == '-' then wait = math.min(wait, tonumber(ARGV[6])) end
		end
	end
	if not yields then
		redis.call('ZADD', KEYS[1], string.format('%.0f', now + wait + ARGV[7]), '!wanted')
		local ms = math.ceil((wait + ARGV[7]) / 1000)
		if redis.call('PTTL', KEYS[1]) < ms then redis.call('PEXPIRE', KEYS[1], ms) end
	end
	return math.max(1, math.ceil(wait))
end
if wanted then redis.call('ZREM', KEYS[1], '!wanted') end
for i = 1, n do redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[5]), '-' .. ARGV[2] .. '#' .. i) end
if redis.call('PTTL', KEYS[1]) < ARGV[5] / 1000 then redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[5] / 1000)) end
return 0`)

// leave is pace.Memory.Leave. KEYS: key. ARGV: name, n, free.
var leave = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
for i = 1, tonumber(ARGV[2]) do
	local name = ARGV[1] .. '#' .. i
	redis.call('ZREM', KEYS[1], name, '-' .. name)
	if tonumber(ARGV[3]) > 0 then redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), name) end
end
if redis.call('PTTL', KEYS[1]) < ARGV[3] / 1000 then redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[3] / 1000)) end
return 0`)

// shut is pace.Memory.Hold. KEYS: key. ARGV: for how long.
var shut = redis.NewScript(`
local t = redis.call('TIME')
local ends = t[1] * 1000000 + t[2] + ARGV[1]
if ends > tonumber(redis.call('ZSCORE', KEYS[1], '!hold') or 0) then
	redis.call('ZADD', KEYS[1], string.format('%.0f', ends), '!hold')
end
if redis.call('PTTL', KEYS[1]) < ARGV[1] / 1000 then redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[1] / 1000)) end
return 0`)

// window is the key of a window; a rate may have the same name.
func (p Pace) window(key string) []string { return []string{p.hub.key("window:" + key)} }

// Enter implements pace.Limiter.
func (p Pace) Enter(ctx context.Context, key string, w pace.Window, e pace.Entry) (time.Duration, error) {
	yields := 0
	if e.Yields {
		yields = 1
	}
	us, err := enter.Run(ctx, p.hub.rdb, p.window(key), w.Most, e.ID, e.N, yields,
		pace.Lost.Microseconds(), pace.AskAgain(w).Microseconds(), pace.Grace.Microseconds(), pace.Glance.Microseconds(), pace.LongestHold.Microseconds(),
		(w.Span + pace.Lost).Microseconds()).Int64()
	return time.Duration(us) * time.Microsecond, err
}

// Leave implements pace.Limiter.
func (p Pace) Leave(ctx context.Context, key string, e pace.Entry, free time.Duration) error {
	return leave.Run(ctx, p.hub.rdb, p.window(key), e.ID, e.N, free.Microseconds()).Err()
}

// Hold implements pace.Limiter.
func (p Pace) Hold(ctx context.Context, key string, d time.Duration) error {
	return shut.Run(ctx, p.hub.rdb, p.window(key), min(d, pace.LongestHold).Microseconds()).Err()
}
