// Logs inside Redis: how one is kept, changed, published and dropped.
//
// A log `r:<tenant>:<kind>:<name>` is a hash `…:h` and a stream `…:s`. The hash has the fields under their names (the
// section's byte, then the name), the number of fields of section x under "\1x", and under "\0" epoch, sequence,
// version (the sequence that last changed a field), time, holder, a mark (a sequence, and when it was the last), the epoch
// before this one and the sequence that it ended with, eight bytes each. The stream has the latest entries in chunks, under
// the sequence of the chunk's last entry; items of kinds that may be large also name the fields that they changed, so that such
// a log can be read in pieces. A chunk is also what is published, on the channel named like the log: everything that one call
// appended to it. `RedisChunk` describes its bytes.
//
// The first change of a log since the store may have gone back in time (`RedisLibrary+Server`) begins a new epoch. The log's
// fields, its entries and their numbers go on, and the chunk says which epoch it follows: who has exactly what the store has
// goes on with it, everybody else finds that the epoch is another.
//
// Followers that lost their connection repair from the stream, so it keeps every entry of the last minute up to a
// number, however busy the log is; of a quiet log it keeps few. Once a minute the mark moves to the last entry, and what
// lies before the mark's old place goes.

extension RedisLibrary {
    static let logs = #"""
        local function open(base)
          local log = {base = base, hash = base .. ':h', counts = {}, changed = {}, parts = {}, n = 0}
          local meta = run('HGET', log.hash, META)
          if meta then
            if #meta ~= 72 then error('the position of ' .. base .. ' is damaged', 0) end
            log.epoch, log.seq, log.version, log.time, log.holder, log.mark, log.marked, log.prior, log.turned =
              decode(PLACES, meta)
          end
          return log
        end

        -- The kinds of logs with so many fields that they are read in pieces: channels, the projection, log-ins.
        local LARGE = {c = true, p = true, l = true}

        -- Whether who is at a position has nothing that the log has not: entries of its epoch, or of the one before.
        local function continues(log, epoch, seq)
          return log.epoch == epoch and seq <= log.seq or log.prior == epoch and seq <= log.turned
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

        local function kind(base)
          local colon = string.find(base, ':', 3, true)
          return string.sub(base, colon + 1, colon + 1)
        end

        local function tenant(base) return string.match(base, '^r:([^:]*):') or '' end

        local function count_part(name, by)
          if run('HINCRBY', PARTS, name, by) <= 0 then run('HDEL', PARTS, name) end
        end

        -- The tenants that have a part of an item.
        local function tenants(words)
          local names = {}
          for w = 1, #words, 2 do names[tenant(words[w])] = true end
          return names
        end

        local function write_item(words)
          run('XADD', FEED, '*', spread(words))
          for name in pairs(tenants(words)) do count_part(name, 1) end
        end

        -- One item of the feed has what a call appended to several logs: for each its key, and the chunk before which stand
        -- the labels of its entries that are for the feed, behind the number of their bytes (4): lengths (2) and bytes.
        local function write_feed(call)
          if #call.feed == 0 then return end
          write_item(call.feed)
          call.feed = {}
        end

        local function add_item(log, oldest, chunk)
          local stream = log.base .. ':s'
          if log.names then
            return try('XADD', stream, 'MINID', '~', math.max(oldest, 1), log.seq, 'c', chunk, 'f',
              cmsgpack.pack(log.names))
          end
          if oldest > 1 then return try('XADD', stream, 'MINID', '~', oldest, log.seq, 'c', chunk) end
          return try('XADD', stream, log.seq, 'c', chunk)
        end

        -- Keeps a chunk for who has to repair. A stream that does not take it is left over from an earlier log of this name,
        -- or no stream: it goes.
        local function keep(log, oldest, chunk)
          local added = add_item(log, oldest, chunk)
          if type(added) == 'table' and added.err then
            run('UNLINK', log.base .. ':s')
            added = add_item(log, oldest, chunk)
            if type(added) == 'table' and added.err then error(added.err, 0) end
          end
        end

        local function save(log)
          local meta = pack(PLACES, log.epoch, log.seq, log.version, log.time, log.holder, log.mark, log.marked,
            log.prior, log.turned)
          if not next(log.changed) then return run('HSET', log.hash, META, meta) end
          local set = {'HSET', log.hash, META, meta}
          for section in pairs(log.changed) do
            set[#set + 1] = COUNT .. section
            set[#set + 1] = text(log.counts[section])
          end
          run(spread(set))
          log.changed = {}
        end

        -- Publishes what a call appended to a log, and keeps it unless the log is dropped.
        local function flush(call, log, dropped)
          if log.n == 0 then return end
          local first = log.seq - log.n + 1
          local chunk = pack('>BI8I8I8c8I8I4B', 1, log.epoch, first == log.turned + 1 and log.prior or 0, log.time,
            call.producer, first, log.n, dropped and 1 or 0)
            .. (log.n == 1 and log.parts[1] or table.concat(log.parts))
          if log.labels then
            local feed, labels = call.feed, table.concat(log.labels)
            feed[#feed + 1] = log.base
            feed[#feed + 1] = pack('>I4', #labels) .. labels .. chunk
            if #feed >= 1000 then write_feed(call) end
          end
          if not dropped then
            local oldest = log.seq - call.keep[kind(log.base)] + 1
            if call.now - log.marked > MINUTE then
              oldest = math.max(oldest, math.min(log.mark, log.seq - LEAST) + 1)
              log.mark, log.marked = log.seq, call.now
            end
            keep(log, oldest, chunk)
            save(log)
          end
          run('PUBLISH', log.base, chunk)
          log.n, log.parts, log.labels = 0, {}, nil
          log.names = nil
        end

        -- What is left of an earlier log of this name goes.
        local function create(call, log)
          local index, name = place(log.base)
          run('UNLINK', log.hash, log.base .. ':s')
          run('SADD', index, name)
          log.epoch = next_epoch(call.now)
          log.seq, log.version, log.time, log.holder, log.mark, log.marked = 0, 0, 0, 0, 0, call.now
          log.prior, log.turned = 0, 0
        end

        -- A new epoch that goes on where the old one ends, or one that nobody can go on with.
        local function turn(call, log, goes_on)
          log.prior, log.turned = goes_on and log.epoch or 0, log.seq
          log.epoch = next_epoch(call.now)
        end

        local function drop(call, log)
          hold(log, 0)
          flush(call, log, true)
          run('UNLINK', log.hash, log.base .. ':s')
          local index, name = place(log.base)
          run('SREM', index, name)
          log.epoch, log.counts, log.changed = nil, {}, {}
        end

        -- After something failed in the middle: what is there is what holds, and everybody has to load it.
        local function mend(call, log)
          local sums = {}
          for _, field in ipairs(run('HKEYS', log.hash)) do
            local first = string.sub(field, 1, 1)
            if first == COUNT then
              local section = string.sub(field, 2)
              sums[section] = sums[section] or 0
            elseif first ~= META then
              sums[first] = (sums[first] or 0) + 1
            end
          end
          for section, sum in pairs(sums) do log.counts[section], log.changed[section] = sum, true end
          turn(call, log, false)
          log.version = log.seq
          save(log)
        end

        """#
}
