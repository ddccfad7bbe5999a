// The calls of a shard: one list of numbered operations, applied once.
//
// `apply` takes the call's number, the millisecond after which it is refused, and a MessagePack array: the producer (text, then eight bytes), how many entries
// each kind of log keeps (channel, user, nick, tenant, projection, account, hold, logins), and then the operations flat, as `RedisBatch` writes them. It
// answers with one string: the results in the order of the operations, each a letter and what belongs to it. The last
// answers are kept beside the producer's last number, so a call that comes again is answered again and not applied. One that
// comes for the first time when its time is over is refused for good: its number is used up, wherever else the call still is. It
// is answered with X, or with U if the server remembers nothing of the producer and so cannot say that it was not applied.
//
// An operation is applied whole or not at all: what it touches is looked at before anything is written. One that fails
// fails alone, with what the tenant's keys have for a reason; the others of the call go on.

extension RedisLibrary {
    /// How many answers are kept for each producer; more calls than that must not wait for an answer.
    static let answersKept = 16

    static let calls = #"""
        -- Each test returns whether the condition holds, and the index after its operands.
        local tests = {
          function(log, t, i) -- unchanged since a position
            local epoch, seq = t[i], t[i + 1]
            if epoch == 0 then return log.epoch == nil, i + 2 end
            -- Who is ahead has seen what the store lost.
            local ahead = log.epoch and (epoch > log.epoch or epoch == log.epoch and seq > log.seq)
            return log.epoch ~= nil and continues(log, epoch, seq) and log.version <= seq, i + 2, ahead
          end,
          function(log, t, i) -- absent
            return run('HEXISTS', log.hash, t[i]) == 0, i + 1
          end,
          function(log, t, i) -- equals
            return run('HGET', log.hash, t[i]) == t[i + 1], i + 2
          end,
          function(log, t, i) -- logs below
            if log.epoch then return true, i + 1 end
            local index = place(log.base)
            return run('SCARD', index) < t[i], i + 1
          end,
          function(log, t, i) -- exists
            return log.epoch ~= nil, i
          end,
        }

        local function find(call, base)
          local log = call.logs[base]
          if not log then
            log = open(base)
            call.logs[base] = log
            call.order[#call.order + 1] = log
          end
          return log
        end

        -- The index after a change.
        local function skip(t, i)
          local flags = t[i + 1]
          i = i + 3
          if flags >= 32 then
            flags = flags - 32
            i = i + 1
          end
          if flags >= 16 then
            flags = flags - 16
            i = i + 1 + 2 * t[i]
          end
          if flags >= 8 then
            flags = flags - 8
            i = i + 1
          end
          if flags >= 4 then i = i + 1 end
          return flags % 2 == 1 and i + 1 or i
        end

        -- Applies one change; returns the index after it. Flags: 1 feed, 2 drop, 4 drop if empty, 8 holder, 16 fields,
        -- 32 after a time.
        local function change(call, t, i, out)
          local first, log, flags = i, find(call, t[i]), t[i + 1]
          log.operation = call.operation
          if not log.epoch then
            create(call, log)
          elseif log.epoch < server.since then
            turn(call, log, true)
          end
          local payload, time = t[i + 2], call.now
          i = i + 3
          if flags >= 32 then
            flags = flags - 32
            if t[i] >= time and t[i] - time < LEAP then time = t[i] + 1 end
            i = i + 1
          end
          if log.time < time then
            -- The entries of a chunk have one time.
            flush(call, log, false)
            log.time = time
          end
          log.seq = log.seq + 1
          log.n = log.n + 1
          log.parts[log.n] = payload
          out[#out + 1] = pack('>I8I8I8', log.epoch, log.seq, log.time)
          if flags == 0 then return i end
          local is_fed = flags % 2 == 1
          if is_fed then
            flags = flags - 1
            local label = t[skip(t, first) - 1]
            log.labels = log.labels or {}
            log.labels[#log.labels + 1] = pack('>H', #label) .. label
          end
          if flags >= 16 then
            flags = flags - 16
            log.version = log.seq
            local last = i + 2 * t[i]
            if LARGE[kind(log.base)] then log.names = log.names or {} end
            for f = i + 1, last, 2 do
              local name, value = t[f], t[f + 1]
              if value then
                if run('HSET', log.hash, name, value) == 1 then add(log, string.sub(name, 1, 1), 1) end
              elseif run('HDEL', log.hash, name) == 1 then
                add(log, string.sub(name, 1, 1), -1)
              end
              if log.names then log.names[#log.names + 1] = name end
            end
            i = last + 1
          end
          if flags >= 8 then
            flags = flags - 8
            hold(log, t[i])
            i = i + 1
          end
          if flags >= 4 then
            local is_empty = true
            for section in string.gmatch(t[i], '.') do is_empty = is_empty and count(log, section) == 0 end
            if is_empty then drop(call, log) end
            i = i + 1
          elseif flags >= 2 then
            drop(call, log)
          end
          return is_fed and i + 1 or i
        end

        -- Slots stand under the pod, its shard and since when the server wrote that granted them: what a server that went back
        -- has of others says nothing.
        local function holding(pod, shard, since) return pod .. ':' .. shard .. '@' .. text(since) end

        local function of_pod(field, pod) return string.sub(field, 1, #pod + 1) == pod .. ':' end

        local function grant(key, pod, field, n)
          run('HINCRBY', key, 's', n)
          if run('HINCRBY', key, field, n) == n then run('SADD', 'r:.slots:' .. pod, key) end
        end

        -- Takes slots away from a holding, as far as it has them.
        local function release(key, pod, field, wanted)
          local held = tonumber(run('HGET', key, field) or 0)
          local n = math.min(wanted, held)
          if n <= 0 then return 0 end
          if n < held then
            run('HINCRBY', key, field, -n)
          else
            run('HDEL', key, field)
            local others = false
            for _, other in ipairs(run('HKEYS', key)) do others = others or of_pod(other, pod) end
            if not others then run('SREM', 'r:.slots:' .. pod, key) end
          end
          if run('HINCRBY', key, 's', -n) <= 0 then run('DEL', key) end
          return n
        end

        local function reserve(t, i)
          local key, pod, wanted, limit = t[i], text(t[i + 1]), t[i + 3], t[i + 4]
          local sum = tonumber(run('HGET', key, 's') or 0)
          local n = math.max(0, math.min(wanted, limit - sum))
          if n > 0 then grant(key, pod, holding(pod, t[i + 2], server.since), n) end
          return n
        end

        -- Takes anew what was granted before the server began anew, whatever it knows of it.
        local function retake(t, i)
          local key, pod = t[i], text(t[i + 1])
          if t[i + 3] ~= server.since then return 0 end
          local now = holding(pod, t[i + 2], server.since)
          local all = pod .. ':' .. t[i + 2] .. '@'
          for _, field in ipairs(run('HKEYS', key)) do
            if field ~= now and string.sub(field, 1, #all) == all then release(key, pod, field, math.huge) end
          end
          grant(key, pod, now, t[i + 4])
          return t[i + 4]
        end

        -- A transaction that starts at i.
        local function transact(call, t, i, out)
          local conditions, changes = t[i + 1], t[i + 2]
          i = i + 3
          for c = 1, conditions do
            local log = find(call, t[i])
            local holds, ahead
            holds, i, ahead = tests[t[i + 1]](log, t, i + 2)
            if not holds then
              local exists = log.epoch and not ahead
              out[#out + 1] = pack('>BI4I8I8', 82, c - 1, exists and log.epoch or 0, exists and log.seq or 0)
              return
            end
          end
          -- What cannot be opened fails before anything is written.
          local ahead = i
          for _ = 1, changes do
            if not find(call, t[ahead]).epoch then run('SCARD', (place(t[ahead]))) end
            ahead = skip(t, ahead)
          end
          out[#out + 1] = 'A'
          for _ = 1, changes do i = change(call, t, i, out) end
        end

        local takes_away = {[3] = true, [6] = true, [7] = true, [9] = true, [10] = true}

        -- Whether there is room for what an operation adds: in the memory, and in the feed, which must not take all of the
        -- memory while the durable store is away, and of which a tenant gets no more than it leaves free. Returns the letter that
        -- refuses it.
        local function refusal(call, op, t, i)
          if takes_away[op] or not server.tight and op ~= 5 then return end
          if server.tight and not ((op == 4 or op == 8) and run('EXISTS', t[i]) == 1) then return 'O' end
          if op ~= 5 then return end
          if not call.waiting then
            call.waiting = run('XLEN', FEED)
            if call.waiting * 4 >= FEED_LIMIT then
              move_on()
              call.waiting = run('XLEN', FEED)
            end
          end
          if call.waiting * 2 < FEED_LIMIT then return end
          local name = tenant(t[i + 3])
          call.parts[name] = call.parts[name] or tonumber(run('HGET', PARTS, name) or 0)
          return call.waiting + call.parts[name] >= FEED_LIMIT and 'F' or nil
        end

        local widths = {[2] = 5, [3] = 5, [4] = 4, [7] = 5, [8] = 5, [9] = 5, [10] = 3}

        local function perform(call, op, t, i, out)
          local letter = refusal(call, op, t, i)
          if letter then
            out[#out + 1] = letter
          elseif op == 2 then
            out[#out + 1] = pack('>BI8I8', 83, reserve(t, i), server.since)
          elseif op == 3 then
            local pod = text(t[i + 1])
            out[#out + 1] = pack('>BI8', 71, release(t[i], pod, holding(pod, t[i + 2], t[i + 3]), t[i + 4]))
          elseif op == 4 then
            out[#out + 1] = pack('>BI8', 71, take(call, t, i))
          elseif op == 8 then
            out[#out + 1] = pack('>BI8', 71, take_of_item(call, t, i))
          elseif op == 9 then
            out[#out + 1] = pack('>BI8', 71, give_back_of_item(call, t, i))
          elseif op == 10 then
            out[#out + 1] = pack('>BI8', 71, give_back(t, i))
          elseif op == 7 then
            out[#out + 1] = pack('>BI8', 71, retake(t, i))
          else
            transact(call, t, i, out)
          end
        end

        -- An operation failed: nothing of it is answered, and logs that it may have written to are mended.
        local function undo(call, out, length, failure)
          for index = #out, length + 1, -1 do out[index] = nil end
          local reason = string.sub(tostring(type(failure) == 'table' and failure.err or failure), 1, 200)
          out[#out + 1] = pack('>BI4', 69, #reason) .. reason
          for _, log in ipairs(call.order) do
            if log.operation == call.operation and log.epoch then log.broken = true end
          end
        end

        local function apply(keys, args)
          start()
          local number = tonumber(args[1])
          local t = cmsgpack.unpack(args[3])
          local memory = 'r:.producer:' .. t[1]
          local slot = number % 16
          local last = tonumber(run('HGET', memory, 'n') or 0)
          if number <= last then
            local saved = run('HGET', memory, slot)
            if saved and decode('>I8', saved) == number then return string.sub(saved, 9) end
            return redis.error_reply('STALE the answer to this call is not kept any more')
          end
          local _, now = clock()
          if now > tonumber(args[2]) then
            local answer = last == 0 and number > 1 and 'U' or 'X'
            run('HSET', memory, 'n', text(number), slot, pack('>I8', number) .. answer)
            return answer
          end
          look_at_server(now)
          local call = {producer = t[2],
            keep = {c = t[3], u = t[4], n = t[5], t = t[6], p = t[7], a = t[8], h = t[9], l = t[10]}, now = now,
            logs = {}, order = {}, feed = {}, parts = {}, operation = 0}
          local out, i, n = {}, 11, #t
          while i <= n do
            local op, length = t[i], #out
            call.operation = call.operation + 1
            local worked, failure = pcall(perform, call, op, t, i + 1, out)
            if not worked then undo(call, out, length, failure) end
            i = i + 1 + (widths[op] or t[i + 1])
          end
          for _, log in ipairs(call.order) do
            flush(call, log, false)
            if log.epoch and log.broken then mend(call, log) end
          end
          write_feed(call)
          local answer = table.concat(out)
          run('HSET', memory, 'n', text(number), slot, pack('>I8', number) .. answer)
          return answer
        end

        """#
}
