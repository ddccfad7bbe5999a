// Pods and their leases, what a lapsed pod leaves behind, and the journal's end.
//
// `r:.leases` has each pod with the millisecond its lease ends, `r:.figures` what some carry with it. `r:.held:<pod>` has
// the logs it holds, `r:.slots:<pod>` the counters it holds slots of.

extension RedisLibrary {
    static let leases = #"""
        local LEASES, FIGURES = 'r:.leases', 'r:.figures'

        local function lapsed_pod(pod, now)
          local ends = run('ZSCORE', LEASES, pod)
          return ends and tonumber(ends) < now
        end

        -- A new pod, with a lease of args[1] milliseconds.
        local function pod(keys, args)
          start()
          local seconds, now = clock()
          local number = fresh('r:.pod', seconds)
          run('ZADD', LEASES, text(now + args[1]), text(number))
          return number
        end

        -- Renews in any case, carrying args[3] if there is one; 0 if the lease had lapsed, 2 if the pod was buried.
        local function renew(keys, args)
          start()
          local _, now = clock()
          local ends = run('ZSCORE', LEASES, args[1])
          run('ZADD', LEASES, text(now + args[2]), args[1])
          if args[3] then run('HSET', FIGURES, args[1], args[3]) else run('HDEL', FIGURES, args[1]) end
          if not ends then return 2 end
          return tonumber(ends) >= now and 1 or 0
        end

        -- Pods whose lease holds and that carry something, each followed by that.
        local function figures(keys, args)
          start()
          local _, now = clock()
          local out = {}
          for _, pod in ipairs(run('ZRANGE', LEASES, text(now), '+inf', 'BYSCORE')) do
            local carried = run('HGET', FIGURES, pod)
            if carried then
              out[#out + 1] = pod
              out[#out + 1] = carried
            end
          end
          return out
        end

        -- Nothing for a pod whose own lease (args[1]) has lapsed: the store was away, and the others may only be later.
        local function lapsed(keys, args)
          start()
          local _, now = clock()
          if lapsed_pod(args[1], now) then return {} end
          return run('ZRANGE', LEASES, '-inf', '(' .. text(now), 'BYSCORE')
        end

        local function orphans(keys, args)
          start()
          local _, now = clock()
          if not lapsed_pod(args[1], now) then return {} end
          return run('SRANDMEMBER', 'r:.held:' .. args[1], args[2])
        end

        -- What the pod's producers were answered is kept for an hour, longer than any call is tried again.
        local function bury(keys, args)
          start()
          local _, now = clock()
          local name = args[1]
          if not lapsed_pod(name, now) or run('SCARD', 'r:.held:' .. name) > 0 then return 0 end
          for _, key in ipairs(run('SMEMBERS', 'r:.slots:' .. name)) do release(key, name, math.huge) end
          run('DEL', 'r:.slots:' .. name)
          run('ZREM', LEASES, name)
          run('HDEL', FIGURES, name)
          for shard = 0, tonumber(args[2]) do
            run('EXPIRE', 'r:.producer:' .. text(tonumber(name) * 65536 + shard), 3600)
          end
          return 1
        end

        local function acknowledge(keys, args)
          start()
          for _, id in ipairs(args) do
            run('XACK', JOURNAL, 'roost', id)
            run('XDEL', JOURNAL, id)
          end
          return #args
        end

        -- Looks at args[3] items of the journal after args[2] for logs that begin with args[1]. The first of the answer is
        -- where to go on, nothing at the end.
        local function look(args, found)
          local items = run('XRANGE', JOURNAL, '(' .. args[2], '+', 'COUNT', args[3])
          for _, item in ipairs(items) do
            local id, words, others = item[1], item[2], {}
            for w = 1, #words, 2 do
              if string.sub(words[w], 1, #args[1]) ~= args[1] then
                others[#others + 1] = words[w]
                others[#others + 1] = words[w + 1]
              end
            end
            if #others < #words then found(id, (#words - #others) / 2, others) end
          end
          if #items < tonumber(args[3]) then return '' end
          return items[#items][1]
        end

        local function mentions(keys, args)
          start()
          local sum = 0
          local after = look(args, function(id, count) sum = sum + count end)
          return {after, sum}
        end

        -- What an item has of others goes on as an item of its own.
        local function forget(keys, args)
          start()
          local after = look(args, function(id, count, others)
            if #others > 0 then run('XADD', JOURNAL, '*', spread(others)) end
            run('XACK', JOURNAL, 'roost', id)
            run('XDEL', JOURNAL, id)
          end)
          return {after}
        end

        local reads = {'no-writes'}
        redis.register_function{function_name = '@_apply', callback = apply}
        redis.register_function{function_name = '@_check', callback = check, flags = reads}
        redis.register_function{function_name = '@_pod', callback = pod}
        -- What keeps a pod alive and what frees memory must work when there is none left.
        local frees = {'allow-oom'}
        redis.register_function{function_name = '@_renew', callback = renew, flags = frees}
        redis.register_function{function_name = '@_figures', callback = figures, flags = reads}
        redis.register_function{function_name = '@_mentions', callback = mentions, flags = reads}
        redis.register_function{function_name = '@_forget', callback = forget, flags = frees}
        redis.register_function{function_name = '@_lapsed', callback = lapsed, flags = reads}
        redis.register_function{function_name = '@_orphans', callback = orphans, flags = reads}
        redis.register_function{function_name = '@_bury', callback = bury, flags = frees}
        redis.register_function{function_name = '@_acknowledge', callback = acknowledge, flags = frees}
        """#
}
