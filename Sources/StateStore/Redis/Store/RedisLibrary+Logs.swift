// Logs inside Redis: how one is kept, changed, published and dropped.
//
// A log `r:<tenant>:<kind>:<name>` is a hash `…:h` and a stream `…:s`. The hash has the fields under their names (the
// section's byte, then the name), the number of fields of section x under "\1x", and under "\0" epoch, sequence,
// version (the sequence that last changed a field), time, holder and a mark (a sequence, and when it was the last),
// eight bytes each. The stream has the latest entries in chunks, under the sequence of the chunk's last entry. A chunk
// is also what is published, on the channel named like the log: everything that one call appended to it. `RedisChunk`
// describes its bytes.
//
// Followers that lost their connection repair from the stream, so it keeps every entry of the last minute up to a
// number, however busy the log is; of a quiet log it keeps few. Once a minute the mark moves to the last entry, and what
// lies before the mark's old place goes.
//
// "@" stands for the library's name.

extension RedisLibrary {
    static let logs = #"""
        #!lua name=@
        -- Redis gives these to functions that run, not to a library that is loaded.
        local run, pack, decode, spread
        local function start()
          if not run then run, pack, decode, spread = redis.call, struct.pack, struct.unpack, unpack end
        end

        local META, COUNT, PLACES = '\0', '\1', '>I8I8I8I8I8I8I8'
        local LEAST, MINUTE = 64, 60000
        local JOURNAL, JOURNAL_LIMIT = 'r:.journal', 100000

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

        local function open(base)
          local log = {base = base, hash = base .. ':h', counts = {}, changed = {}, parts = {}, n = 0}
          local meta = run('HGET', log.hash, META)
          if meta then
            log.epoch, log.seq, log.version, log.time, log.holder, log.mark, log.marked = decode(PLACES, meta)
          end
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
            n = tonumber(run('HGET', log.hash, COUNT .. section) or 0)
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
          if log.holder ~= 0 then run('SREM', 'r:.held:' .. text(log.holder), log.base) end
          if holder ~= 0 then run('SADD', 'r:.held:' .. text(holder), log.base) end
          log.holder = holder
        end

        -- How many entries a log keeps at most, by its kind.
        local function kept(call, base)
          local colon = string.find(base, ':', 3, true)
          return call.keep[string.sub(base, colon + 1, colon + 1)]
        end

        -- One item of the journal has what a call appended to several logs: key and chunk, key and chunk, …
        local function write_journal(call)
          if #call.journal == 0 then return end
          run('XADD', JOURNAL, '*', spread(call.journal))
          call.journal = {}
        end

        -- Publishes what a call appended to a log, and keeps it unless the log is dropped.
        local function flush(call, log, dropped)
          if log.n == 0 then return end
          local chunk = pack('>I8I8c8I8I4B', log.epoch, log.time, call.producer, log.seq - log.n + 1, log.n,
            dropped and 1 or 0) .. (log.n == 1 and log.parts[1] or table.concat(log.parts))
          if log.journal then
            local journal = call.journal
            journal[#journal + 1] = log.base
            journal[#journal + 1] = chunk
            if #journal >= 1000 then write_journal(call) end
          end
          if not dropped then
            local oldest = log.seq - kept(call, log.base) + 1
            if call.now - log.marked > MINUTE then
              oldest = math.max(oldest, math.min(log.mark, log.seq - LEAST) + 1)
              log.mark, log.marked = log.seq, call.now
            end
            if oldest > 1 then
              run('XADD', log.base .. ':s', 'MINID', '~', oldest, log.seq, 'c', chunk)
            else
              run('XADD', log.base .. ':s', log.seq, 'c', chunk)
            end
            local meta = pack(PLACES, log.epoch, log.seq, log.version, log.time, log.holder, log.mark, log.marked)
            if next(log.changed) then
              local set = {'HSET', log.hash, META, meta}
              for section in pairs(log.changed) do
                set[#set + 1] = COUNT .. section
                set[#set + 1] = text(log.counts[section])
              end
              run(spread(set))
              log.changed = {}
            else
              run('HSET', log.hash, META, meta)
            end
          end
          run('PUBLISH', log.base, chunk)
          log.n, log.parts, log.journal = 0, {}, false
        end

        local function create(call, log)
          log.epoch = fresh('r:.epoch', call.now * 1024)
          log.seq, log.version, log.time, log.holder, log.mark, log.marked = 0, 0, 0, 0, 0, call.now
          local index, name = place(log.base)
          run('SADD', index, name)
        end

        local function drop(call, log)
          hold(log, 0)
          flush(call, log, true)
          run('UNLINK', log.hash, log.base .. ':s')
          local index, name = place(log.base)
          run('SREM', index, name)
          log.epoch, log.counts, log.changed = nil, {}, {}
        end

        """#
}
