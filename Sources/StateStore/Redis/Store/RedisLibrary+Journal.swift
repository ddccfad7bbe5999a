// The journal inside Redis: a stream with one item a call, read by a group of consumers, one for each pod that reads.

extension RedisLibrary {
    /// How many items of a pod that is gone are handed over in one call.
    static let handedOver = 1000

    static let journal = #"""
        -- Makes the group if there is none. A function, since the command alone is refused when there is no memory left, which is
        -- when the journal has to be read.
        local function readers(keys, args)
          start()
          local made = try('XGROUP', 'CREATE', JOURNAL, 'roost', '0', 'MKSTREAM')
          if made.err and not string.find(made.err, '^BUSYGROUP') then return redis.error_reply(made.err) end
          return 1
        end

        -- Hands over what a pod's reader has in hand to whoever claims next, and forgets the reader once that is all.
        -- Returns whether it is.
        local function end_reader(name)
          for _ = 1, \#(Self.handedOver) / 100 do
            local items = try('XPENDING', JOURNAL, 'roost', '-', '+', 100, name)
            -- No journal, or no readers.
            if items.err then return true end
            if #items == 0 then
              run('XGROUP', 'DELCONSUMER', JOURNAL, 'roost', name)
              return true
            end
            local claim = {'XCLAIM', JOURNAL, 'roost', 'left', 0}
            for _, item in ipairs(items) do claim[#claim + 1] = item[1] end
            claim[#claim + 1], claim[#claim + 2], claim[#claim + 3] = 'IDLE', 86400000, 'JUSTID'
            run(spread(claim))
          end
          return false
        end

        local function remove_item(id, names)
          run('XACK', JOURNAL, 'roost', id)
          -- Whoever comes second takes nothing off the count.
          if run('XDEL', JOURNAL, id) == 0 then return end
          for name in pairs(names) do count_part(name, -1) end
        end

        -- Of each item its id, the number of its tenants, and these.
        local function acknowledge(keys, args)
          start()
          local i = 1
          while i <= #args do
            local names, last = {}, i + 1 + tonumber(args[i + 1])
            for t = i + 2, last do names[args[t]] = true end
            remove_item(args[i], names)
            i = last + 1
          end
          -- Where the two ever differ, it is not for good.
          if run('XLEN', JOURNAL) == 0 then run('DEL', PARTS) end
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
          local after = look(args, function(id, count, others, words)
            if #others > 0 then write_item(others) end
            remove_item(id, tenants(words))
          end)
          return {after}
        end

        """#
}
