// The feed inside Redis: a stream with one item a call, and a group for each consumer, with a member for each pod that reads as
// it. A group's place is Redis's own: what came last to it, and what it has in hand. An item goes when no group needs it.

extension RedisLibrary {
    /// How many items of a pod that is gone are handed over in one call.
    static let handedOver = 1000
    /// Over how many items a consumer is moved on in one call.
    static let movedOn = 100

    /// Before the calls, which make room.
    static let feedItems = #"""
        -- The groups, each with what came last to it.
        local function consumers()
          local found, groups = try('XINFO', 'GROUPS', FEED), {}
          if found.err then return groups end
          for _, group in ipairs(found) do
            local of = {}
            for w = 1, #group, 2 do of[group[w]] = group[w + 1] end
            local ms, seq = string.match(of['last-delivered-id'], '^(%d+)-(%d+)$')
            groups[#groups + 1] = {name = of.name, last = of['last-delivered-id'], ms = tonumber(ms), seq = tonumber(seq),
              pending = of.pending, lag = of.lag}
          end
          return groups
        end

        local function needs(group, id)
          local ms, seq = string.match(id, '^(%d+)-(%d+)$')
          ms, seq = tonumber(ms), tonumber(seq)
          if ms > group.ms or ms == group.ms and seq > group.seq then return true end
          return #run('XPENDING', FEED, group.name, id, id, 1) > 0
        end

        -- Whether a group that passes a test needs an item.
        local function is_needed(groups, id, counts)
          for _, group in ipairs(groups) do
            if counts(group) and needs(group, id) then return true end
          end
          return false
        end

        local function remove_item(id, names)
          -- Whoever comes second takes nothing off the count.
          if run('XDEL', FEED, id) == 0 then return end
          for name in pairs(names) do count_part(name, -1) end
        end

        -- How many records an item has.
        local function records(words)
          local sum = 0
          for w = 2, #words, 2 do
            local last, i = 4 + decode('>I4', words[w]), 5
            while i <= last do
              i = i + 2 + decode('>H', words[w], i)
              sum = sum + 1
            end
          end
          return sum
        end

        -- Moves a group that records gaps over what only such groups need: some of what it has in hand, and some of what comes next.
        local function move(group, groups, refuses)
          local missed = 0
          local function pass(id, words)
            local readable, count = pcall(records, words)
            missed = missed + (readable and count or 1)
            if not is_needed(groups, id, function(other) return other ~= group end) then remove_item(id, tenants(words)) end
          end
          for _, entry in ipairs(run('XPENDING', FEED, group.name, '-', '+', \#(Self.movedOn))) do
            local id = entry[1]
            local item = run('XRANGE', FEED, id, id)[1]
            if not item then
              run('XACK', FEED, group.name, id)
            elseif not is_needed(groups, id, refuses) then
              run('XACK', FEED, group.name, id)
              pass(id, item[2])
            end
          end
          for _, item in ipairs(run('XRANGE', FEED, '(' .. group.last, '+', 'COUNT', \#(Self.movedOn))) do
            if is_needed(groups, item[1], refuses) then break end
            run('XGROUP', 'SETID', FEED, group.name, item[1])
            local ms, seq = string.match(item[1], '^(%d+)-(%d+)$')
            group.last, group.ms, group.seq = item[1], tonumber(ms), tonumber(seq)
            pass(item[1], item[2])
          end
          if missed > 0 then run('HINCRBY', MISSED, group.name, missed) end
        end

        local function move_on()
          local gaps = {}
          for _, name in ipairs(run('HKEYS', CONSUMERS)) do
            gaps[name] = run('HGET', CONSUMERS, name) == 'recordGap' or nil
          end
          if not next(gaps) then return end
          local groups = consumers()
          for _, group in ipairs(groups) do
            if gaps[group.name] then move(group, groups, function(other) return not gaps[other.name] end) end
          end
        end

        """#

    static let feed = #"""
        -- Makes the groups that there are not, for the rows (name, what happens at the bound). A function, since the command alone
        -- is refused when there is no memory left, which is when the feed has to be read.
        local function readers(keys, args)
          start()
          for a = 1, #args, 2 do
            local made = try('XGROUP', 'CREATE', FEED, args[a], '0', 'MKSTREAM')
            if made.err and not string.find(made.err, '^BUSYGROUP') then return redis.error_reply(made.err) end
            run('HSET', CONSUMERS, args[a], args[a + 1])
          end
          return 1
        end

        local function end_reader(group, name)
          for _ = 1, \#(Self.handedOver) / 100 do
            local items = run('XPENDING', FEED, group, '-', '+', 100, name)
            if #items == 0 then
              run('XGROUP', 'DELCONSUMER', FEED, group, name)
              return true
            end
            local claim = {'XCLAIM', FEED, group, 'left', 0}
            for _, item in ipairs(items) do claim[#claim + 1] = item[1] end
            claim[#claim + 1], claim[#claim + 2], claim[#claim + 3] = 'IDLE', 86400000, 'JUSTID'
            run(spread(claim))
          end
          return false
        end

        -- Hands over what a pod's readers have in hand to whoever claims next, and forgets the readers once that is all.
        -- Returns whether it is.
        local function end_readers(name)
          for _, group in ipairs(consumers()) do
            if not end_reader(group.name, name) then return false end
          end
          return true
        end

        -- A consumer is done with items: of each its id, the number of its tenants, and these.
        local function acknowledge(keys, args)
          start()
          local mine, others = args[1], {}
          for _, group in ipairs(consumers()) do
            if group.name ~= mine then others[#others + 1] = group end
          end
          local i = 2
          while i <= #args do
            local names, last = {}, i + 1 + tonumber(args[i + 1])
            for t = i + 2, last do names[args[t]] = true end
            run('XACK', FEED, mine, args[i])
            if not is_needed(others, args[i], function() return true end) then remove_item(args[i], names) end
            i = last + 1
          end
          -- Where the two ever differ, it is not for good.
          if run('XLEN', FEED) == 0 then run('DEL', PARTS) end
          return #args
        end

        -- How many items a consumer needs, and over how many records it was moved on. Where Redis does not know, since items before it
        -- were erased or passed over, or nobody has read yet, it is all that there are.
        local function standing(keys, args)
          start()
          local waiting = run('XLEN', FEED)
          for _, group in ipairs(consumers()) do
            if group.name == args[1] and group.lag then waiting = math.min(waiting, group.pending + group.lag) end
          end
          return {waiting, tonumber(run('HGET', MISSED, args[1]) or 0)}
        end

        -- Looks at args[3] items of the feed after args[2] for logs that begin with args[1]. The first of the answer is
        -- where to go on, nothing at the end.
        local function look(args, found)
          local items = run('XRANGE', FEED, '(' .. args[2], '+', 'COUNT', args[3])
          for _, item in ipairs(items) do
            local id, words, others = item[1], item[2], {}
            for w = 1, #words, 2 do
              if string.sub(words[w], 1, #args[1]) ~= args[1] then
                others[#others + 1] = words[w]
                others[#others + 1] = words[w + 1]
              end
            end
            if #others < #words then found(id, (#words - #others) / 2, others, words) end
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
          local groups = consumers()
          local after = look(args, function(id, count, others, words)
            if #others > 0 then write_item(others) end
            for _, group in ipairs(groups) do run('XACK', FEED, group.name, id) end
            remove_item(id, tenants(words))
          end)
          return {after}
        end

        """#
}
