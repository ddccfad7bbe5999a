// Buckets of tokens inside Redis.
//
// A bucket that there is one of is a string with what is left in it and since when. Of those that somebody outside chooses, such
// as networks, all of one tenant and name are in one sorted set, each under the millisecond at which it is full again; one that
// is not in it is full. So those that are full go, and beyond a number those that are nearly so: the set does not grow.

extension RedisLibrary {
    static let buckets = #"""
        local ITEMS = \#(CounterNumbers.items)

        local function take(call, t, i)
          local key, wanted, rate, burst = t[i], t[i + 1], t[i + 2], t[i + 3]
          local tokens, since = burst, call.now
          local saved = run('GET', key)
          if saved then
            tokens, since = decode('>dd', saved)
            -- A clock that was ahead for a moment keeps nobody waiting for it.
            if call.now > since then tokens = tokens + (call.now - since) * rate / 1000 end
            since = call.now
            if tokens > burst then tokens = burst end
          end
          local n = math.max(0, math.min(wanted, math.floor(tokens)))
          tokens = tokens - n
          local full = 86400000
          if rate > 0 then full = math.min(full, math.ceil((burst - tokens) / rate * 1000) + 1000) end
          run('SET', key, pack('>dd', tokens, since), 'PX', text(full))
          return n
        end

        local function give_back(t, i)
          local key, count, burst = t[i], t[i + 1], t[i + 2]
          local saved = run('GET', key)
          if not saved then return 0 end
          local tokens, since = decode('>dd', saved)
          run('SET', key, pack('>dd', math.min(burst, tokens + count), since), 'KEEPTTL')
          return count
        end

        -- When an item's bucket is full, as of now.
        local function full_at(call, key, item, interval, burst)
          local saved = tonumber(run('ZSCORE', key, item) or 0)
          return math.max(call.now, math.min(saved, call.now + burst * interval))
        end

        local function set_full(call, key, item, at)
          if at <= call.now then run('ZREM', key, item) else run('ZADD', key, string.format('%.17g', at), item) end
          local full = run('ZRANGE', key, '-inf', text(call.now), 'BYSCORE', 'LIMIT', 0, 100)
          if #full > 0 then run('ZREM', key, spread(full)) end
          if run('ZCARD', key) > ITEMS then
            local most = run('ZRANGE', key, 0, 1)
            run('ZREM', key, most[1] == item and most[2] or most[1])
          end
          local last = run('ZRANGE', key, -1, -1, 'WITHSCORES')
          if last[2] then run('PEXPIREAT', key, text(math.ceil(tonumber(last[2])) + 1000)) end
        end

        local function take_of_item(call, t, i)
          local key, item, wanted, interval, burst = t[i], t[i + 1], t[i + 2], t[i + 3], t[i + 4]
          if burst == 0 then return 0 end
          local at = full_at(call, key, item, interval, burst)
          -- A little more, since the quotient of two sums is not exact.
          local tokens = math.floor(burst - (at - call.now) / interval + 1e-6)
          local n = math.max(0, math.min(wanted, tokens))
          set_full(call, key, item, at + n * interval)
          return n
        end

        local function give_back_of_item(call, t, i)
          local key, item, count, interval, burst = t[i], t[i + 1], t[i + 2], t[i + 3], t[i + 4]
          if run('EXISTS', key) == 0 then return 0 end
          set_full(call, key, item, full_at(call, key, item, interval, burst) - count * interval)
          return count
        end

        """#
}
