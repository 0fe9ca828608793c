"""What the Redis server itself runs, so that nothing comes between a look and a change. In Lua."""

SWAP = """
-- Compare and set one row: add it (old is empty), change it, or remove it (new is empty).
-- KEYS: rows, order, ends, sequence, then the index of each indexed field
-- ARGV: key, old row, new row, end or empty, entry in ends, then of each index the old and the new value
local key, old, new, forget_at, entry = unpack(ARGV, 1, 5)
if (redis.call('HGET', KEYS[1], key) or '') ~= old then return 0 end
if old == '' then redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[4]), key) end
local place = string.format('%016d', redis.call('ZSCORE', KEYS[2], key)) .. key
if new == '' then
  redis.call('HDEL', KEYS[1], key)
  redis.call('ZREM', KEYS[2], key)
else
  redis.call('HSET', KEYS[1], key, new)
end
if forget_at == '' then
  redis.call('ZREM', KEYS[3], entry)
else
  redis.call('ZADD', KEYS[3], forget_at, entry)
end
for n = 5, #KEYS do
  local before, after = ARGV[2 * n - 4], ARGV[2 * n - 3]
  if before ~= after then
    if before ~= '' then redis.call('ZREM', KEYS[n], before .. place) end
    if after ~= '' then redis.call('ZADD', KEYS[n], 0, after .. place) end
  end
end
return 1
"""

SELECT = """
-- The rows of a table, or those whose indexed field has a value, oldest first.
-- KEYS: rows, then order or an index.  ARGV: the value as it stands in the index, or nothing
local value, keys = ARGV[1]
if value == nil then
  keys = redis.call('ZRANGE', KEYS[2], 0, -1)
else
  -- An entry is the value, 16 digits, and the key; ':' comes after the digits.
  keys = redis.call('ZRANGEBYLEX', KEYS[2], '[' .. value, '[' .. value .. ':')
end
local rows = {}
for n, key in ipairs(keys) do
  rows[n] = redis.call('HGET', KEYS[1], value and string.sub(key, #value + 17) or key)
end
return rows
"""
