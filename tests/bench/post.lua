-- tests/bench/post.lua: wrk sends the standard request, read from the file $BENCH_REQUEST. No
-- function is defined for requests or answers, so that wrk builds it once and runs no Lua after.
local file = assert(io.open(os.getenv("BENCH_REQUEST"), "rb"))
local whole = file:read("*a")
file:close()
local head, body = whole:match("^(.-)\r\n\r\n(.*)$")
wrk.method = "POST"
wrk.path = head:match("^POST (%S+)")
wrk.body = body
for name, value in head:gmatch("\r\n([^:\r\n]+): ([^\r\n]*)") do
    if name ~= "Content-Length" and name ~= "Host" then wrk.headers[name] = value end
end
