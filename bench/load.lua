-- wrk's script for all kinds of request. Arguments after `--`: the secret key, the path, a form body (empty for none),
-- a file of ids (empty for none), a file of forms (empty for none) and a file to write each reply's id to. A POST carries a fresh Idempotency-Key each time,
-- a random UUID as the official libraries send it; a GET with a file of ids asks for a random one of them. Each line of
-- a file of forms is a body and, after a tab, perhaps the account to act for; each POST sends a random one.

local before, after, ids, tails

local function seed()
   local source = io.open("/dev/urandom", "rb")
   local a, b, c, d = source:read(4):byte(1, 4)
   source:close()
   math.randomseed(a + b * 256 + c * 65536 + d * 16777216)
end

local function new_key()
   local random = math.random
   return string.format(
      "%08x-%04x-4%03x-%04x-%08x%04x",
      random(0, 4294967295), random(0, 65535), random(0, 4095), random(32768, 49151), random(0, 4294967295),
      random(0, 65535)
   )
end

local function tail_of(line)
   local body, account = line:match("^([^\t]*)\t?(.*)$")
   local header = account ~= "" and "\r\nStripe-Account: " .. account or ""
   return header .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

local function post(head, lines)
   before = head .. "Content-Type: application/x-www-form-urlencoded\r\nIdempotency-Key: "
   tails = {}
   for line in lines do tails[#tails + 1] = tail_of(line) end
   function request() return before .. new_key() .. tails[math.random(#tails)] end
end

local function get_any(path, head, file)
   ids = {}
   for id in io.lines(file) do ids[#ids + 1] = id end
   before = "GET " .. path .. "/"
   after = head
   function request() return before .. ids[math.random(#ids)] .. after end
end

local function get(whole)
   function request() return whole end
end

local function note_ids(name)
   local notes = io.open(name, "w")
   notes:setvbuf("line")
   function response(status, _, body)
      if status == 200 then notes:write(body:match('"id": *"([^"]+)"'), "\n") end
   end
end

function init(args)
   seed()
   local key, path, body, file, forms, noted = args[1], args[2], args[3], args[4], args[5], args[6]
   if noted ~= "" then note_ids(noted) end
   local rest = " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: Bearer " .. key .. "\r\n"
   if forms ~= "" then
      post("POST " .. path .. rest, io.lines(forms))
   elseif body ~= "" then
      post("POST " .. path .. rest, body:gmatch("[^\n]+"))
   elseif file ~= "" then
      get_any(path, rest .. "\r\n", file)
   else
      get("GET " .. path .. rest .. "\r\n")
   end
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      '\nRESULT {"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "errors": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.connect + e.read + e.write + e.status + e.timeout
   ))
end
