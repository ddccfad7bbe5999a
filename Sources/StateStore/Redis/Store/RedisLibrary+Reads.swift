// Reads of logs that may be large: in pieces, since Redis serves nobody else while it answers.

extension RedisLibrary {
    /// How much one answer brings.
    ///
    /// In bytes; it ends with the piece that goes over it.
    static let answerBytes = 256 << 10

    static let reads = #"""
        local ROOM = \#(Self.answerBytes)

        -- The items of a log's stream after a sequence, one by one, until the body returns false. Returns whether it did not.
        local function each_item(log, seq, body)
          local from = seq + 1
          while true do
            local items = run('XRANGE', log.base .. ':s', text(from) .. '-0', '+', 'COUNT', 16)
            for _, item in ipairs(items) do
              if body(item[2]) == false then return false end
            end
            if #items < 16 then return true end
            from = tonumber(string.match(items[16][1], '^%d+')) + 1
          end
        end

        -- Whether a chunk follows on a sequence.
        local function follows(chunk, seq) return decode('>I8', chunk, 34) <= seq + 1 end

        -- For each log, epoch and sequence (epoch 0: known not to exist): 0 if nothing came after, the chunks that
        -- came after, 1 if they are not all there any more, or 2 if there was no room: ask again. A 2 after chunks says that
        -- there are more.
        local function check(keys, args)
          start()
          local out, room = {}, ROOM
          for a = 1, #args, 3 do
            local log, epoch, seq = open(args[a]), tonumber(args[a + 1]), tonumber(args[a + 2])
            local result = 1
            if epoch == 0 then seq = 0 end
            if room <= 0 then
              result = 2
            elseif not log.epoch then
              if epoch == 0 then result = 0 end
            elseif epoch == 0 or continues(log, epoch, seq) then
              if log.seq == seq then
                result = 0
              else
                local chunks = {}
                local whole = each_item(log, seq, function(words)
                  if room <= 0 then return false end
                  chunks[#chunks + 1] = words[2]
                  room = room - #words[2]
                end)
                if chunks[1] and follows(chunks[1], seq) then
                  if not whole then chunks[#chunks + 1] = 2 end
                  result = chunks
                end
              end
            end
            out[#out + 1] = result
          end
          return out
        end

        -- What stands under some words in the hashes of logs: args[1] words, then the logs.
        local function excerpts(keys, args)
          start()
          local words, out = {}, {}
          local n = tonumber(args[1])
          for w = 1, n do words[w] = args[w + 1] end
          for a = n + 2, #args do out[#out + 1] = run('HMGET', args[a] .. ':h', spread(words)) end
          return out
        end

        -- The same, of about args[4] logs of the set args[1] after a cursor: the next cursor, and each log's name and what it has.
        -- What all their keys begin with is args[2].
        local function listing(keys, args)
          start()
          local found = run('SSCAN', args[1], args[3], 'COUNT', args[4])
          local out = {found[1]}
          for _, name in ipairs(found[2]) do
            out[#out + 1] = name
            out[#out + 1] = run('HMGET', args[2] .. name .. ':h', spread(args, 5))
          end
          return out
        end

        -- Some of a log's fields after a cursor: where the log stands, the next cursor, names and values.
        local function page(keys, args)
          start()
          local hash = args[1] .. ':h'
          local found = run('HSCAN', hash, args[2], 'COUNT', args[3])
          return {run('HGET', hash, META), found[1], found[2]}
        end

        -- The fields that changed after a position, as they are now, names and values: how far the answer goes, and where the
        -- log stands. Nothing if it is not known what changed.
        local function changed(keys, args)
          start()
          local log, epoch, seq = open(args[1]), tonumber(args[2]), tonumber(args[3])
          if not log.epoch or not continues(log, epoch, seq) then return {} end
          local room, reached, values, known = ROOM, seq, {}, {}
          each_item(log, seq, function(words)
            if room <= 0 or not follows(words[2], reached) then return false end
            for _, name in ipairs(words[4] and cmsgpack.unpack(words[4]) or {}) do
              if not known[name] then
                known[name] = true
                local value = run('HGET', log.hash, name)
                values[#values + 1], values[#values + 2] = name, value
                room = room - #name - (value and #value or 0)
              end
            end
            reached = decode('>I8', words[2], 34) + decode('>I4', words[2], 42) - 1
          end)
          return {text(reached), run('HGET', log.hash, META), values}
        end

        """#
}
