-- Reads by GET and counts every answer by its status. Arguments after the URL: the paths to take in turn.
dofile("common.lua") -- wrk runs in this folder

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  statuses, requests, turn = {}, {}, 0
  for place = 1, #args do
    requests[place] = wrk.format("GET", args[place])
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function response(status)
  statuses[status] = (statuses[status] or 0) + 1
end

function done(summary, latency)
  report(summary, latency, threads)
end
