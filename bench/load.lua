-- wrk's script for all three kinds of request. Arguments after `--`: the secret key, the path, a form body
-- (empty for a GET), a file of ids (empty for none) and a file of accounts to act for in turn (empty for the key's
-- own). A POST carries a fresh Idempotency-Key each time, a random
-- UUID as the official libraries send it; a GET with a file of ids asks for a random one of them.

local before, after, ids, accounts

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

local function post(head, body)
   before = head .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " .. #body
      .. "\r\nIdempotency-Key: "
   after = "\r\n\r\n" .. body
   function request() return before .. new_key() .. after end
end

local function post_for_accounts(head, body, file)
   post(head, body)
   accounts = {}
   for account in io.lines(file) do accounts[#accounts + 1] = "\r\nStripe-Account: " .. account end
   function request() return before .. new_key() .. accounts[math.random(#accounts)] .. after end
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

function init(args)
   seed()
   local key, path, body, file, account_file = args[1], args[2], args[3], args[4], args[5]
   local rest = " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: Bearer " .. key .. "\r\n"
   if account_file ~= "" then
      post_for_accounts("POST " .. path .. rest, body, account_file)
   elseif body ~= "" then
      post("POST " .. path .. rest, body)
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
