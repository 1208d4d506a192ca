-- Books by POST /api/slots/<id>/book and counts every answer by its status; the same script for every server.
-- Arguments after the URL: prefix of the slot ids, number of the first, "walk" (a slot of its own for each request)
-- or "stay" (all requests on the first), and how many threads share the walk.
dofile("common.lua") -- wrk runs in this folder

local threads = {}

function setup(thread)
  thread:set("place", #threads)
  table.insert(threads, thread)
end

function init(args)
  prefix, number, walking, stride = args[1], tonumber(args[2]), args[3] == "walk", tonumber(args[4])
  statuses = {}
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

function response(status)
  statuses[status] = (statuses[status] or 0) + 1
end

function done(summary, latency)
  report(summary, latency, threads)
end
