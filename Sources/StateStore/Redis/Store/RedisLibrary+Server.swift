// What all functions begin with, and the server that they run in: whether it may have gone back in time, and whether it has memory
// left. "@" stands for the library's name.
//
// A server that was started again may lack what it acknowledged last (`appendfsync everysec`), and a replica that was promoted
// what had not come to it yet. Both show in the server's run id and replication id; `r:.run` has those of the server that
// wrote last, after the epoch in which it began to. Every log with an earlier epoch begins another with its next change
// (`RedisLibrary+Logs`), so no two entries ever stand at one position.

extension RedisLibrary {
    /// How far apart looks at the server are.
    ///
    /// In milliseconds. Nobody fails over and back in so short a time, and so little is written in it that memory may go over
    /// its limit by that.
    static let lookEvery = 50

    static let server = #"""
        #!lua name=@
        -- Redis gives these to functions that run, not to a library that is loaded.
        local run, try, pack, decode, spread
        local function start()
          if not run then
            run, try, pack, decode, spread = redis.call, redis.pcall, struct.pack, struct.unpack, unpack
          end
        end

        local META, COUNT, PLACES = '\0', '\1', '>I8I8I8I8I8I8I8I8I8'
        local LEAST, MINUTE = 64, 60000
        -- How far ahead of the clock an entry's time may be for coming after another's (`LogChange.leap`).
        local LEAP = 50
        -- The items that somebody needs, and of how many of them each tenant has a part.
        local FEED, FEED_LIMIT, PARTS = 'r:.feed', 100000, 'r:.feed.parts'
        -- What happens to each consumer at the bound, and over how many records it was moved on.
        local CONSUMERS, MISSED = 'r:.feed.consumers', 'r:.feed.missed'

        local function text(number) return string.format('%.0f', number) end

        -- Seconds and milliseconds since 1970.
        local function clock()
          local t = run('TIME')
          return tonumber(t[1]), t[1] * 1000 + math.floor(t[2] / 1000)
        end

        -- The next number of a counter that never gives a number twice, not even after it was lost: it is never
        -- behind the clock.
        local function fresh(key, floor)
          local n = tonumber(run('GET', key) or 0) + 1
          if n < floor then n = floor end
          run('SET', key, text(n))
          return n
        end

        local RUN, SKEW = 'r:.run', 60000
        -- Of this process: it knows nothing when it starts.
        local server = {looked = 0}

        -- Clocks of servers differ, so what is given out by time goes on well after what the other one may have given out.
        local function begin(who, now)
          local seconds = math.floor(now / 1000)
          server.since = fresh('r:.epoch', (now + SKEW) * 1024)
          run('SET', 'r:.pod', text(fresh('r:.pod', seconds) + SKEW / 1000))
          -- Items of the feed too: who acknowledges one of the other server's must not take another's place.
          if run('EXISTS', FEED) == 1 then try('XSETID', FEED, text(now + SKEW) .. '-0') end
          run('SET', RUN, text(server.since) .. ' ' .. who)
        end

        local function look_at_server(now)
          if server.since and now >= server.looked and now - server.looked < \#(Self.lookEvery) then return end
          local info = run('INFO', 'server', 'memory', 'replication')
          local function value(name) return string.match(info, '\n' .. name .. ':([^\r]*)') or '' end
          local who = value('run_id') .. '.' .. value('master_replid')
          local since, known = string.match(run('GET', RUN) or '', '^(%d+) (.*)$')
          if known == who then server.since = tonumber(since) else begin(who, now) end
          local limit = tonumber(value('maxmemory')) or 0
          local used = (tonumber(value('used_memory')) or 0) - (tonumber(value('mem_not_counted_for_evict')) or 0)
          server.tight = limit > 0 and used > limit
          server.looked = now
        end

        local function next_epoch(now)
          local epoch = fresh('r:.epoch', now * 1024)
          if epoch >= server.since then return epoch end
          -- Somebody emptied the store since the last look.
          server.since = nil
          look_at_server(now)
          return fresh('r:.epoch', now * 1024)
        end

        -- The epoch since which this server has written: who hears another one has to look whether it missed anything. And what
        -- time it is here.
        -- Not a function that only reads: a server that became a replica refuses it, and so tells.
        local function ping(keys, args)
          start()
          local _, now = clock()
          look_at_server(now)
          return {server.since, now}
        end

        """#
}
