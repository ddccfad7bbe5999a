// Pods and their leases, what a lapsed pod leaves behind, and the journal's end.
//
// `r:.leases` has each pod with the millisecond its lease ends. `r:.held:<pod>` has the logs it holds, `r:.slots:<pod>`
// the counters it holds slots of.

extension RedisLibrary {
    static let leases = #"""
        local LEASES = 'r:.leases'

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

        -- Renews in any case; 0 if the lease had lapsed, 2 if the pod was buried.
        local function renew(keys, args)
          start()
          local _, now = clock()
          local ends = run('ZSCORE', LEASES, args[1])
          run('ZADD', LEASES, text(now + args[2]), args[1])
          if not ends then return 2 end
          return tonumber(ends) >= now and 1 or 0
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

        local reads = {'no-writes'}
        redis.register_function{function_name = '@_apply', callback = apply}
        redis.register_function{function_name = '@_check', callback = check, flags = reads}
        redis.register_function{function_name = '@_pod', callback = pod}
        -- What keeps a pod alive and what frees memory must work when there is none left.
        local frees = {'allow-oom'}
        redis.register_function{function_name = '@_renew', callback = renew, flags = frees}
        redis.register_function{function_name = '@_lapsed', callback = lapsed, flags = reads}
        redis.register_function{function_name = '@_orphans', callback = orphans, flags = reads}
        redis.register_function{function_name = '@_bury', callback = bury, flags = frees}
        redis.register_function{function_name = '@_acknowledge', callback = acknowledge, flags = frees}
        """#
}
