// Pods and their leases, and what a lapsed pod leaves behind.
//
// `r:.leases` has each pod with the millisecond its lease ends, `r:.figures` what some carry with it. `r:.held:<pod>` has
// the logs it holds, `r:.slots:<pod>` the counters it holds slots of.

extension RedisLibrary {
    /// The highest number of a pod's shards, of which there may be 1,024.
    static let lastShard = 1023

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
          look_at_server(now)
          local number = fresh('r:.pod', seconds)
          run('ZADD', LEASES, text(now + args[1]), text(number))
          return number
        end

        -- What the pod's shards were answered last.
        local function producers(name, body)
          for shard = 0, \#(Self.lastShard) do body('r:.producer:' .. text(tonumber(name) * 65536 + shard)) end
        end

        local function release_all(name)
          for _, key in ipairs(run('SMEMBERS', 'r:.slots:' .. name)) do
            for _, field in ipairs(run('HKEYS', key)) do
              if of_pod(field, name) then release(key, name, field, math.huge) end
            end
          end
          run('DEL', 'r:.slots:' .. name)
        end

        -- Renews in any case, carrying args[4] if there is one. Args[3] is since when the server wrote, as the pod knows it.
        -- Returns that, and before it 1 if the lease held, 0 if it had lapsed or the store may have gone back, 2 if the pod was
        -- buried.
        local function renew(keys, args)
          start()
          local _, now = clock()
          look_at_server(now)
          local name, ends = args[1], run('ZSCORE', LEASES, args[1])
          run('ZADD', LEASES, text(now + args[2]), name)
          if args[4] then run('HSET', FIGURES, name, args[4]) else run('HDEL', FIGURES, name) end
          local state = ends and (tonumber(ends) >= now and 1 or 0) or 2
          if not ends then producers(name, function(key) run('PERSIST', key) end) end
          if state == 1 and args[3] ~= '' and tonumber(args[3]) ~= server.since then state = 0 end
          return {state, server.since}
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

        local function holds(keys, args)
          start()
          local _, now = clock()
          local ends = run('ZSCORE', LEASES, args[1])
          return ends and tonumber(ends) >= now and 1 or 0
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

        -- What the pod's producers were answered is kept for an hour, longer than any call is tried again; a pod that comes back
        -- keeps it. Items of the feed that it has in hand are others' to claim; a consumer goes only when it has none, since
        -- they would go with it.
        local function bury(keys, args)
          start()
          local _, now = clock()
          local name = args[1]
          if not lapsed_pod(name, now) then return 0 end
          local held = 'r:.held:' .. name
          for _, base in ipairs(run('SRANDMEMBER', held, 100)) do
            -- Left behind by an erasure that somebody's change crossed.
            local log = open(base)
            if not log.epoch or text(log.holder) ~= name then run('SREM', held, base) end
          end
          if run('SCARD', held) > 0 then return 0 end
          if not end_readers(name) then return 0 end
          release_all(name)
          run('ZREM', LEASES, name)
          run('HDEL', FIGURES, name)
          producers(name, function(key) run('EXPIRE', key, 3600) end)
          return 1
        end

        """#
}
