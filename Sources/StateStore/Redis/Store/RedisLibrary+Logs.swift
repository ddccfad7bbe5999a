// Logs inside Redis: how one is kept, changed, published and dropped.
//
// A log `r:<tenant>:<kind>:<name>` is a hash `…:h` and a stream `…:s`. The hash has the fields under their names (the
// section's byte, then the name), the number of fields of section x under "\1x", and under "\0" epoch, sequence,
// version (the sequence that last changed a field), time and holder, eight bytes each. The stream has the latest
// entries in chunks, under the sequence of the chunk's last entry. A chunk is also what is published, on the channel
// named like the log: everything that one call appended to it. `RedisChunk` describes its bytes.
//
// "@" stands for the library's name.

extension RedisLibrary {
    static let logs = #"""
        #!lua name=@
        -- Redis gives these to functions that run, not to a library that is loaded.
        local pack, decode, spread
        local function start()
          if not pack then pack, decode, spread = struct.pack, struct.unpack, unpack end
        end

        local META, COUNT = '\0', '\1'
        local JOURNAL = 'r:.journal'

        local function text(number) return string.format('%.0f', number) end

        -- Seconds and milliseconds since 1970.
        local function clock()
          local t = redis.call('TIME')
          return tonumber(t[1]), t[1] * 1000 + math.floor(t[2] / 1000)
        end

        -- The next number of a counter that never gives a number twice, not even after it was lost: it is never
        -- behind the clock.
        local function fresh(key, floor)
          local n = tonumber(redis.call('GET', key) or 0) + 1
          if n < floor then n = floor end
          redis.call('SET', key, text(n))
          return n
        end

        local function open(base)
          local log = {base = base, hash = base .. ':h', counts = {}, changed = {}, parts = {}, n = 0}
          local meta = redis.call('HGET', log.hash, META)
          if meta then log.epoch, log.seq, log.version, log.time, log.holder = decode('>I8I8I8I8I8', meta) end
          return log
        end

        -- The set of the tenant's logs of this kind, and the log's name in it.
        local function place(base)
          local head, name = string.match(base, '^(r:[^:]*:.):(.*)$')
          return head .. 'i', name
        end

        local function count(log, section)
          local n = log.counts[section]
          if not n then
            n = tonumber(redis.call('HGET', log.hash, COUNT .. section) or 0)
            log.counts[section] = n
          end
          return n
        end

        local function add(log, section, by)
          log.counts[section] = count(log, section) + by
          log.changed[section] = true
        end

        local function hold(log, holder)
          if log.holder == holder then return end
          if log.holder ~= 0 then redis.call('SREM', 'r:.held:' .. text(log.holder), log.base) end
          if holder ~= 0 then redis.call('SADD', 'r:.held:' .. text(holder), log.base) end
          log.holder = holder
        end

        -- Publishes what a call appended to a log, and keeps it unless the log is dropped.
        local function flush(call, log, dropped)
          if log.n == 0 then return end
          local chunk = pack('>I8I8', log.epoch, log.time) .. call.producer
            .. pack('>I8I4B', log.seq - log.n + 1, log.n, dropped and 1 or 0) .. table.concat(log.parts, '', 1, log.n)
          if log.journal then redis.call('XADD', JOURNAL, '*', 'l', log.base, 'c', chunk) end
          if not dropped then
            local id = text(log.seq) .. '-0'
            local oldest = log.seq - call.keep[string.match(log.base, '^r:[^:]*:(.)')] + 1
            if oldest > 1 then
              redis.call('XADD', log.base .. ':s', 'MINID', '~', text(oldest), id, 'c', chunk)
            else
              redis.call('XADD', log.base .. ':s', id, 'c', chunk)
            end
            local meta = pack('>I8I8I8I8I8', log.epoch, log.seq, log.version, log.time, log.holder)
            if next(log.changed) then
              local set = {'HSET', log.hash, META, meta}
              for section in pairs(log.changed) do
                set[#set + 1] = COUNT .. section
                set[#set + 1] = text(log.counts[section])
              end
              redis.call(spread(set))
              log.changed = {}
            else
              redis.call('HSET', log.hash, META, meta)
            end
          end
          redis.call('PUBLISH', log.base, chunk)
          log.n, log.parts, log.journal = 0, {}, false
        end

        local function create(call, log)
          log.epoch = fresh('r:.epoch', call.now * 1024)
          log.seq, log.version, log.time, log.holder = 0, 0, 0, 0
          local index, name = place(log.base)
          redis.call('SADD', index, name)
        end

        local function drop(call, log)
          hold(log, 0)
          flush(call, log, true)
          redis.call('UNLINK', log.hash, log.base .. ':s')
          local index, name = place(log.base)
          redis.call('SREM', index, name)
          log.epoch, log.counts, log.changed = nil, {}, {}
        end

        """#
}
