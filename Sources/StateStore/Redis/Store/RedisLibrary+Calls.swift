// The calls of a shard: one list of numbered operations, applied once.
//
// `apply` takes the call's number and a MessagePack array: the producer (text, then eight bytes), how many entries
// each kind of log keeps (channel, user, nick, tenant, projection), and then the operations flat, as `RedisBatch` writes them. It
// answers with one string: the results in the order of the operations, each a letter and what belongs to it. The last
// answers are kept beside the producer's last number, so a call that comes again is answered again and not applied.

extension RedisLibrary {
    /// How many answers are kept for each producer; more calls than that must not wait for an answer.
    static let answersKept = 16

    static let calls = #"""
        -- Each test returns whether the condition holds, and the index after its operands.
        local tests = {
          function(log, t, i) -- unchanged since a position
            local epoch, seq = t[i], t[i + 1]
            if epoch == 0 then return log.epoch == nil, i + 2 end
            return log.epoch == epoch and log.version <= seq, i + 2
          end,
          function(log, t, i) -- absent
            return run('HEXISTS', log.hash, t[i]) == 0, i + 1
          end,
          function(log, t, i) -- equals
            return run('HGET', log.hash, t[i]) == t[i + 1], i + 2
          end,
          function(log, t, i) -- count below
            return count(log, t[i]) < t[i + 1], i + 2
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

        -- Applies one change; returns the index after it. Flags: 1 journal, 2 drop, 4 drop if empty, 8 holder, 16 fields.
        local function change(call, t, i, out)
          local log, flags = find(call, t[i]), t[i + 1]
          if not log.epoch then create(call, log) end
          log.seq = log.seq + 1
          if log.time < call.now then log.time = call.now end
          log.n = log.n + 1
          log.parts[log.n] = t[i + 2]
          i = i + 3
          out[#out + 1] = pack('>I8I8I8', log.epoch, log.seq, log.time)
          if flags == 0 then return i end
          if flags % 2 == 1 then log.journal = true end
          if flags >= 16 then
            flags = flags - 16
            log.version = log.seq
            local last = i + 2 * t[i]
            for f = i + 1, last, 2 do
              local name, value = t[f], t[f + 1]
              if value then
                if run('HSET', log.hash, name, value) == 1 then add(log, string.sub(name, 1, 1), 1) end
              elseif run('HDEL', log.hash, name) == 1 then
                add(log, string.sub(name, 1, 1), -1)
              end
            end
            i = last + 1
          end
          if flags >= 8 then
            flags = flags - 8
            hold(log, t[i])
            i = i + 1
          end
          if flags >= 4 then
            if count(log, t[i]) == 0 then drop(call, log) end
            i = i + 1
          elseif flags >= 2 then
            drop(call, log)
          end
          return i
        end

        local function reserve(t, i)
          local key, pod, wanted, limit = t[i], text(t[i + 1]), t[i + 2], t[i + 3]
          local sum = tonumber(run('HGET', key, 's') or 0)
          local n = math.max(0, math.min(wanted, limit - sum))
          if n > 0 then
            run('HINCRBY', key, 's', n)
            if run('HINCRBY', key, pod, n) == n then run('SADD', 'r:.slots:' .. pod, key) end
          end
          return n, i + 4
        end

        local function release(key, pod, wanted)
          local held = tonumber(run('HGET', key, pod) or 0)
          local n = math.min(wanted, held)
          if n <= 0 then return 0 end
          if n == held then
            run('HDEL', key, pod)
            run('SREM', 'r:.slots:' .. pod, key)
          else
            run('HINCRBY', key, pod, -n)
          end
          if run('HINCRBY', key, 's', -n) <= 0 then run('DEL', key) end
          return n
        end

        local function take(call, t, i)
          local key, wanted, rate, burst = t[i], t[i + 1], t[i + 2], t[i + 3]
          local tokens, since = burst, call.now
          local saved = run('GET', key)
          if saved then
            tokens, since = decode('>dd', saved)
            if call.now > since then
              tokens = tokens + (call.now - since) * rate / 1000
              since = call.now
            end
            if tokens > burst then tokens = burst end
          end
          local n = math.max(0, math.min(wanted, math.floor(tokens)))
          tokens = tokens - n
          local full = 86400000
          if rate > 0 then full = math.min(full, math.ceil((burst - tokens) / rate * 1000) + 1000) end
          run('SET', key, pack('>dd', tokens, since), 'PX', text(full))
          return n, i + 4
        end

        -- Returns the index after the transaction that starts at i. `t[i]` elements belong to it.
        local function transact(call, t, i, out)
          local after, conditions, changes = i + t[i], t[i + 1], t[i + 2]
          i = i + 3
          for c = 1, conditions do
            local log = find(call, t[i])
            local holds
            holds, i = tests[t[i + 1]](log, t, i + 2)
            if not holds then
              out[#out + 1] = pack('>BI4I8I8', 82, c - 1, log.epoch or 0, log.epoch and log.seq or 0)
              return after
            end
          end
          out[#out + 1] = 'A'
          for _ = 1, changes do i = change(call, t, i, out) end
          return after
        end

        local function apply(keys, args)
          start()
          local number = tonumber(args[1])
          local t = cmsgpack.unpack(args[2])
          local memory = 'r:.producer:' .. t[1]
          local slot = number % 16
          local last = tonumber(run('HGET', memory, 'n') or 0)
          if number <= last then
            local saved = run('HGET', memory, slot)
            if saved and decode('>I8', saved) == number then return string.sub(saved, 9) end
            return redis.error_reply('STALE the answer to this call is not kept any more')
          end
          local _, now = clock()
          local call = {producer = t[2], keep = {c = t[3], u = t[4], n = t[5], t = t[6], p = t[7]}, now = now,
            logs = {}, order = {}, journal = {}}
          local out, i, n = {}, 8, #t
          while i <= n do
            local op = t[i]
            if op == 1 then
              i = transact(call, t, i + 1, out)
            elseif op == 5 then
              -- A transaction for the journal too, which must not take all of the memory while the durable store is away.
              if call.full == nil then call.full = run('XLEN', JOURNAL) >= JOURNAL_LIMIT end
              if call.full then
                out[#out + 1] = 'F'
                i = i + 1 + t[i + 1]
              else
                i = transact(call, t, i + 1, out)
              end
            else
              local granted
              if op == 2 then
                granted, i = reserve(t, i + 1)
              elseif op == 3 then
                granted, i = release(t[i + 1], text(t[i + 2]), t[i + 3]), i + 4
              else
                granted, i = take(call, t, i + 1)
              end
              out[#out + 1] = pack('>BI4', 71, granted)
            end
          end
          for _, log in ipairs(call.order) do flush(call, log, false) end
          write_journal(call)
          local answer = table.concat(out)
          run('HSET', memory, 'n', text(number), slot, pack('>I8', number) .. answer)
          return answer
        end

        -- For each log, epoch and sequence (epoch 0: known not to exist): 0 if nothing came after, the chunks that
        -- came after, or 1 if they are not all there any more.
        local function check(keys, args)
          start()
          local out = {}
          for a = 1, #args, 3 do
            local log, epoch, seq = open(args[a]), tonumber(args[a + 1]), tonumber(args[a + 2])
            local result = 1
            if epoch == 0 then seq = 0 end
            if not log.epoch then
              if epoch == 0 then result = 0 end
            elseif epoch == 0 or log.epoch == epoch then
              if log.seq == seq then
                result = 0
              elseif log.seq > seq then
                local chunks = {}
                for _, item in ipairs(run('XRANGE', log.base .. ':s', text(seq + 1) .. '-0', '+')) do
                  chunks[#chunks + 1] = item[2][2]
                end
                if chunks[1] and decode('>I8', chunks[1], 25) <= seq + 1 then result = chunks end
              end
            end
            out[#out + 1] = result
          end
          return out
        end

        """#
}
