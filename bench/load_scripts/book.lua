-- Books by POST /api/slots/<id>/book, counts every answer by its status and keeps the id of every booking that was
-- acknowledged; the same script for every server. Arguments after the URL: prefix of the slot ids, number of the
-- first, "walk" (a slot of its own for each request) or "stay" (all requests on the first), and how many threads share
-- the walk.
dofile("common.lua") -- wrk runs in this folder

local threads = {}

function setup(thread)
  thread:set("place", #threads)
  table.insert(threads, thread)
end

function init(args)
  prefix, number, walking, stride = args[1], tonumber(args[2]), args[3] == "walk", tonumber(args[4])
  statuses, booked = {}, {}
  wrk.headers["Content-Type"] = "application/json"
  local body = '{"patient_name": "Ada Byron", "patient_contact": "ada@example.org"}'
  local whole = wrk.format("POST", "/api/slots/SLOT/book", nil, body)
  local from, to = whole:find("SLOT", 1, true)
  before, after = whole:sub(1, from - 1), whole:sub(to + 1)
  if walking then
    number = number + place
  end
end

function request()
  local text = before .. prefix .. string.format("%012x", number) .. after
  if walking then
    number = number + stride
  end
  return text
end

function response(status, _, body)
  statuses[status] = (statuses[status] or 0) + 1
  if status == 201 then
    booked[#booked + 1] = body:match('"id": ?"([%x-]+)"') or "?"
  end
end

function done(summary, latency)
  local ids, beyond = {}, 0
  for _, thread in ipairs(threads) do
    beyond = math.max(beyond, tonumber(thread:get("number")))
    for _, id in ipairs(thread:get("booked")) do
      table.insert(ids, '"' .. id .. '"')
    end
  end
  local more = string.format(', "beyond": %d, "booked": [%s]', beyond, table.concat(ids, ", "))
  report(summary, latency, threads, more)
end
