-- For both scripts: the one line of JSON at the end.

function report(summary, latency, threads, more)
  local counts = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do
      counts[status] = (counts[status] or 0) + count
    end
  end
  local parts = {}
  for status, count in pairs(counts) do
    table.insert(parts, string.format('"%d": %d', status, count))
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"microseconds": %d, "p50": %d, "p99": %d, "longest": %d, "broken": %d, "statuses": {%s}%s}\n',
    summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect + errors.read + errors.write + errors.timeout, table.concat(parts, ", "), more or ""))
end
