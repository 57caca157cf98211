// Events, webhooks, request logs, keys and accounts in a browser: accessible, within any window, by keyboard and mouse.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { assertAllGood, BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const PAGES = JSON.parse(process.env.PAGES);
const KEY = process.env.TEST_KEY;
const [NAME, VALUE] = process.env.COOKIE.split(/=(.*)/s);
const PATIENCE_MS = 20_000;

/** What the receiver got, in order; `changed` wakes who waits for more. */
const caught = [];
let changed = () => {};
let receiver;

before(async () => {
  receiver = createServer(async (request, reply) => {
    let body = "";
    for await (const piece of request) body += piece;
    caught.push({ body, event: JSON.parse(body).id, signature: request.headers["stripe-signature"] });
    reply.end("thank you");
    changed();
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
});

after(async () => {
  await closeBrowser();
  receiver.close();
});

async function signIn(options) {
  const page = await openPage(options);
  await page.context().addCookies([{ name: NAME, value: VALUE, url: BASE }]);
  return page;
}

async function call(method, path, fields = {}, key = KEY) {
  const body = method === "POST" ? new URLSearchParams(fields) : undefined;
  const reply = await fetch(BASE + path, { method, body, headers: { Authorization: `Bearer ${key}` } });
  return { status: reply.status, ...(await reply.json()) };
}

const create = () => call("POST", "/v1/topups", { amount: 1000, currency: "usd", source: "btok_us_verified_pending" });

/** Makes a top-up and returns the id of the event that says so. */
async function happen() {
  const { id } = await create();
  const { data } = await call("GET", "/v1/events?type=topup.created&limit=10");
  return data.find((event) => event.data.object.id === id).id;
}

/** Returns the deliveries of an event once there are so many. */
async function received(event, count = 1) {
  const found = () => caught.filter((each) => each.event === event);
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  while (found().length < count) {
    await new Promise((resolve, reject) => {
      changed = resolve;
      deadline.addEventListener("abort", () => reject(new Error(`${event} did not come ${count} times`)), { once: true });
      if (found().length >= count) resolve();
    });
  }
  return found();
}

function isSignedWith(secret, { body, signature }) {
  const parts = signature.split(",").map((part) => part.split("="));
  const time = parts.find(([name]) => name === "t")[1];
  const wanted = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
  return parts.some(([name, value]) => name === "v1" && value === wanted);
}

/** Adds an endpoint by its form and returns its secret; the page that shows it is open then. */
async function addEndpoint(page) {
  await visit(page, "/test/webhooks/new");
  await page.fill("[name=url]", `http://127.0.0.1:${receiver.address().port}/received`);
  await page.check("[name=event][value='*']");
  await page.click("main button[type=submit]");
  return page.textContent("#secret");
}

test("every page is accessible in both themes and fits windows of every width", async () => {
  await assertAllGood(await signIn(), PAGES);
});

test("an endpoint is added, tested, sent an event again, rolled with an overlap, and disabled", async () => {
  const page = await signIn();
  const old = await addEndpoint(page);
  const event = await happen();
  assert.ok(isSignedWith(old, (await received(event))[0]));
  await page.click("text=I've saved it");
  assert.ok(!(await page.content()).includes(old));

  await page.getByRole("button", { name: "Send", exact: true }).click();
  const attempts = page.locator(".attempt");
  await received(event, 2);
  await page.waitForFunction(() => document.querySelectorAll(".attempt").length >= 2);
  await attempts.first().locator("summary").click();
  const shown = await attempts.first().innerText();
  for (const part of ["Delivered", "200", " ms", "Stripe-Signature", "thank you", "Next attempt"]) assert.ok(shown.includes(part), part);

  await visit(page, `/test/events/${event}`);
  await page.getByRole("button", { name: /^Resend to .*\/received$/ }).click();
  await received(event, 3);
  await page.waitForFunction(() => document.querySelectorAll(".attempt").length >= 3);
  await page.getByRole("link", { name: /\/received$/ }).first().click();

  await page.click("text=Roll secret");
  await page.selectOption("[name=expires_in]", "3600");
  await page.click("main button[type=submit]");
  const fresh = await page.textContent("#secret");
  assert.notEqual(fresh, old);
  const [both] = await received(await happen());
  assert.ok(isSignedWith(old, both) && isSignedWith(fresh, both));
  await page.click("text=I've saved it");
  assert.match(await page.innerText("main"), /previous secret also signs until/);

  await page.click("summary:has-text('Disable')");
  await page.click("text=Disable now");
  await page.locator("h1 .badge", { hasText: "Disabled" }).waitFor();
  const missed = await happen();
  await page.click("text=Enable");
  await page.locator("h1 .badge", { hasText: "Enabled" }).waitFor();
  await received(await happen());
  assert.equal(caught.filter((each) => each.event === missed).length, 0);
  await page.click("text=Resend missed events");
  await page.getByRole("button", { name: "Resend", exact: true }).click();
  await page.locator("text=/events? (is|are) queued/").waitFor();
  await received(missed);
  await page.click("text=Back to the endpoint");

  await page.click("text=Delete");
  await page.click("text=Delete endpoint");
  await page.waitForURL(/\/test\/webhooks\?done=endpoint_deleted/);
  assert.deepEqual(page.faults, []);
});

test("from a request to its event to its object and back, by links alone", async () => {
  const event = await happen();
  const page = await signIn();
  await visit(page, "/test/events");
  await page.click("main details.filters summary");
  await page.selectOption("[name=type]", "topup.created");
  await page.click("main details.filters button[type=submit]");
  assert.match(page.url(), /type=topup\.created/);
  await page.click(`a[href="/test/events/${event}"]`);
  await page.click("main a[href^='/test/logs/req_']");
  assert.match(await page.textContent("h1"), /POST\s+\/v1\/topups\s+200/);
  await page.click("main a[href^='/test/topups/tu_']");
  await page.click("main .timeline a[href^='/test/events/']");
  assert.match(page.url(), new RegExp(`/test/events/${event}$`));
  await visit(page, "/test/logs");
  await page.click("nav.tabs >> text=Client error");
  assert.match(page.url(), /status=4xx/);
});

test("which top-ups failed this week and why: from Home to each reason, its event, its attempt and its request", async () => {
  const url = `http://127.0.0.1:${receiver.address().port}/received`;
  const endpoint = await call("POST", "/v1/webhook_endpoints", { url, "enabled_events[]": "topup.failed" });
  for (const failure_code of ["insufficient_funds", "no_account"]) {
    await call("POST", `/v1/test_helpers/topups/${(await create()).id}/fail`, { failure_code });
  }
  const page = await signIn();
  await visit(page, "/test/balance/overview");
  // Home follows what happens by itself, and may have put another link there between pressing and releasing.
  await visit(page, await page.getAttribute(".attention a[href*='/topups?status=failed']", "href"));
  assert.match(page.url(), /status=failed/);
  const { data } = await call("GET", "/v1/topups?status=failed");
  const shown = await page.locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => ({ id: row.querySelector("a.row-link").href.split("/").pop(), text: row.innerText })));
  assert.deepEqual(shown.map(({ id }) => id), data.map(({ id }) => id));
  assert.equal(new Set(data.map((topup) => topup.failure_message)).size, 2);
  for (const [index, topup] of data.entries()) assert.ok(shown[index].text.includes(topup.failure_message), shown[index].text);

  const [failed] = data;
  await page.click(`a.row-link[href$="${failed.id}"]`);
  for (const part of [failed.failure_message, failed.failure_code]) assert.ok((await page.innerText("main")).includes(part), part);
  const [event] = (await call("GET", `/v1/events?object_id=${failed.id}&type=topup.failed`)).data;
  const attempts = `/v1/events/${event.id}/attempts`;
  await received(event.id);
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  const delivered = ({ webhook_endpoint, outcome }) => webhook_endpoint === endpoint.id && outcome === "delivered";
  let attempt;
  while (!(attempt = (await call("GET", attempts)).data.find(delivered))) deadline.throwIfAborted();

  await page.click(`main .timeline a[href$="/events/${event.id}"]`);
  await page.locator(".attempt", { hasText: url }).locator("summary").click();
  await page.click(`a[href$="/attempts/${attempt.id}"]`);
  for (const part of ["200", "thank you", event.id]) assert.ok((await page.innerText("main")).includes(part), part);
  await page.click(`main a[href$="/events/${event.id}"]`);
  await page.click(`main a[href$="/logs/${event.request.id}"]`);
  assert.match(await page.textContent("h1"), new RegExp(`POST\\s+/v1/test_helpers/topups/${failed.id}/fail\\s+200`));
  assert.ok((await page.innerText("main")).includes(failed.failure_code));
  await call("DELETE", `/v1/webhook_endpoints/${endpoint.id}`);
  assert.deepEqual([page.strays, page.faults], [[], []]);
});

test("a key is shown once, rolled and revoked at once, by keyboard alone", async () => {
  const page = await signIn();
  await visit(page, "/test/apikeys/new?kind=restricted");
  await page.locator("[name=name]").focus();
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight"); // topups: none, read, write
  await page.keyboard.press("Enter");
  const secret = await page.textContent("#secret");
  assert.match(secret, /^rk_test_\w{43}$/);
  assert.equal((await call("GET", "/v1/topups", {}, secret)).status, 200);
  assert.equal((await call("GET", "/v1/balance", {}, secret)).status, 403);
  await page.click("text=I've saved it");
  assert.ok(!(await page.content()).includes(secret));
  await page.selectOption("[name=grace]", "3600");
  await page.getByRole("button", { name: "Roll key", exact: true }).click();
  const fresh = await page.textContent("#secret");
  await page.click("text=I've saved it");
  assert.equal((await call("GET", "/v1/topups", {}, fresh)).status, 200);
  assert.equal((await call("GET", "/v1/topups", {}, secret)).status, 200);
  await page.locator("summary", { hasText: "Revoke key" }).click();
  await page.click("text=Revoke now");
  await page.locator("h1 .badge", { hasText: "Expired" }).waitFor();
  const ended = performance.now();
  while ((await call("GET", "/v1/topups", {}, fresh)).status !== 401) assert.ok(performance.now() - ended < 2_000, "it works on");
});

test("without scripts an account is added and a filter holds", async () => {
  const page = await signIn({ javaScriptEnabled: false });
  await visit(page, "/test/accounts/new");
  await page.fill("[name=name]", "Fjord Freight");
  await page.click("main button[type=submit]");
  assert.equal((await page.textContent("h1")).trim(), "Fjord Freight");
  await visit(page, "/test/accounts");
  await page.fill("[name=created_to]", "2020-01-01");
  await page.click("main form button[type=submit]");
  assert.match(await page.textContent("main"), /No matching accounts/);
});

test("a secret is copied by its button", async () => {
  const page = await signIn({ permissions: ["clipboard-read", "clipboard-write"] });
  const secret = await addEndpoint(page);
  await page.click("[data-copy=secret]");
  await page.locator("text=Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
});
