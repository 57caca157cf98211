// The dashboard in a browser: accessible, within any window, usable by keyboard and without scripts, and live.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAllGood, BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const PAGES = JSON.parse(process.env.PAGES);
const KEY = process.env.TEST_KEY;
const [NAME, VALUE] = process.env.COOKIE.split(/=(.*)/s);
const PENDING = "btok_us_verified_pending";
const OVERVIEW = "/test/balance/overview";
const NEW = "/test/topups/new";

after(closeBrowser);

async function signIn(options) {
  const page = await openPage(options);
  await page.context().addCookies([{ name: NAME, value: VALUE, url: BASE }]);
  return page;
}

async function call(method, path, fields = {}) {
  const body = method === "POST" ? new URLSearchParams(fields) : undefined;
  const reply = await fetch(BASE + path, { method, body, headers: { Authorization: `Bearer ${KEY}` } });
  assert.equal(reply.status, 200);
  return reply.json();
}

const create = (fields) => call("POST", "/v1/topups", { amount: 1000, currency: "usd", source: PENDING, ...fields });

test("every page is accessible in both themes and fits windows of every width", async () => {
  await assertAllGood(await signIn(), PAGES);
});

test("a form without scripts makes a top-up, and its page tells all of it", async () => {
  const page = await signIn({ javaScriptEnabled: false });
  await visit(page, NEW);
  await page.fill("[name=amount]", "12.34");
  await page.selectOption("[name=funding]", PENDING);
  await page.click("main button[type=submit]");
  await page.waitForURL(/\/test\/topups\/tu_\w+\?done=created$/);
  assert.match(await page.textContent("h1"), /12\.34\s+USD\s+Pending/);
  assert.equal(await page.locator("[data-copy]").count(), 1);
  assert.ok(!(await page.locator("[data-copy]").isVisible()));
  await page.locator("summary", { hasText: "Cancel" }).click();
  await page.click("text=Cancel top-up");
  assert.match(await page.textContent("h1"), /Canceled/);
});

test("a chart tells a day's amount to the mouse, to the keyboard and to a finger", async () => {
  const page = await signIn();
  await page.route(/\/live$/, (route) => route.fulfill({ status: 204 })); // nothing is fetched anew under the pointer
  await visit(page, OVERVIEW);
  const tip = page.locator(".chart-tip");
  const range = page.locator(".chart-range");
  assert.ok(!(await tip.isVisible()));
  await range.focus();
  assert.match(await tip.textContent(), /^\w{3} \d+, \d{4}: [\d,]+\.\d\d USD/);
  await range.press("Home");
  assert.match(await range.getAttribute("aria-valuetext"), /: 0\.00 USD$/);
  await range.press("Escape");
  assert.ok(!(await tip.isVisible()));
  const plot = await page.locator(".chart-plot svg").boundingBox();
  await page.mouse.move(plot.x + plot.width - 3, plot.y + 10);
  assert.match(await tip.textContent(), /: 1,234\.56 USD/);
  const box = await tip.boundingBox();
  assert.ok(box.x + box.width <= plot.x + plot.width + 1, "it stays within the chart");
  await page.mouse.move(0, 0);
  assert.ok(!(await tip.isVisible()));
  assert.deepEqual(page.faults, []);
  await page.unroute(/\/live$/);
});

test("a double click makes one top-up", async () => {
  const page = await signIn();
  await visit(page, NEW);
  await page.fill("[name=amount]", "77.77");
  await page.selectOption("[name=funding]", PENDING);
  await page.dblclick("main button[type=submit]");
  await page.waitForURL(/done=created/);
  const { data } = await call("GET", "/v1/topups?amount=7777");
  assert.equal(data.length, 1);
});

test("another choice is answered at once, politely, and what cannot be found out is not shown", async () => {
  const page = await signIn();
  await visit(page, NEW);
  await page.fill("[name=amount]", "12.34");
  await page.evaluate(() => (window.notLoadedAnew = true));
  const answer = page.locator("#promise");
  assert.match(await answer.textContent(), /USD added now is expected to be available/);
  assert.equal(await answer.getAttribute("role"), "status");
  await page.selectOption("[name=currency]", "jpy");
  await answer.filter({ hasText: "JPY added now is expected to be available" }).waitFor();
  await page.selectOption("[name=funding]", "btok_us_verified_noAccount");
  assert.equal(await page.inputValue("[name=amount]"), "12.34");
  assert.equal(await page.evaluate(() => window.notLoadedAnew), true);
  await page.route(/topups\/new\?/, (route) => route.abort());
  await page.selectOption("[name=currency]", "eur");
  await answer.filter({ hasText: "Availability can't be shown right now." }).waitFor();
  await page.unroute(/topups\/new\?/);
  await page.selectOption("[name=currency]", "gbp");
  await answer.filter({ hasText: "GBP added now is expected to be available" }).waitFor();
  assert.deepEqual(page.strays, []);
});

test("without scripts a second button answers, and the form goes on", async () => {
  const page = await signIn({ javaScriptEnabled: false });
  await visit(page, NEW);
  await page.selectOption("[name=currency]", "jpy");
  await page.fill("[name=description]", "asked first");
  await page.click("text=Check availability");
  assert.match(await page.textContent("#promise"), /JPY added now is expected to be available/);
  assert.equal(await page.inputValue("[name=description]"), "asked first");
  await page.fill("[name=amount]", "500");
  await page.click("main button.button-main");
  assert.match(await page.textContent("h1"), /500\s+JPY/);
});

test("an error stands at its field, which has the focus", async () => {
  const page = await signIn();
  await visit(page, NEW);
  await page.fill("[name=amount]", "1.999");
  await page.click("main button[type=submit]");
  assert.equal(await page.textContent("#error-amount"), "USD has at most 2 decimals.");
  assert.equal(await page.evaluate(() => document.activeElement.name), "amount");
  assert.equal(await page.getAttribute("[name=amount]", "aria-invalid"), "true");
});

test("a badge and the balance change by themselves", async () => {
  const { id } = await create({ amount: 4321 });
  const page = await signIn();
  await visit(page, "/test/topups");
  const row = page.locator("tbody tr", { has: page.locator(`a[href$="${id}"]`) });
  assert.equal(await row.locator(".badge").textContent(), "Pending");
  await page.evaluate(() => (window.notLoadedAnew = true));
  await call("POST", `/v1/test_helpers/topups/${id}/succeed`);
  await row.locator(".badge-good").waitFor();
  assert.equal(await page.evaluate(() => window.notLoadedAnew), true);
  await visit(page, OVERVIEW);
  const figure = page.locator("#available-usd");
  const available = await figure.textContent();
  const other = await create({ amount: 1111 });
  await call("POST", `/v1/test_helpers/topups/${other.id}/succeed`);
  await page.waitForFunction(([selector, before]) => document.querySelector(selector).textContent !== before, ["#available-usd", available]);
  const cents = (text) => Number(text.replace(/[^\d−]/g, "").replace("−", "-"));
  assert.equal(cents(await figure.textContent()), cents(available) + 1111);
  assert.deepEqual(page.faults, []);
});

test("a page that shows a top-up follows it, and its buttons stay in place", async () => {
  const { id } = await create();
  const page = await signIn();
  await visit(page, `/test/topups/${id}`);
  await call("POST", `/v1/test_helpers/topups/${id}/fail`, { failure_code: "no_account" });
  await page.locator("h1 .badge-bad").waitFor();
  await page.locator("text=Cancel top-up").waitFor({ state: "detached" });
  await page.locator("[data-copy]").waitFor();
});

test("a page whose session is over leads to sign in", async () => {
  const page = await signIn();
  await visit(page, "/test/topups");
  await page.locator("tbody tr").first().waitFor();
  await page.context().clearCookies();
  const leaving = page.waitForURL(/\/sign-in\?next=/);
  await create();
  await leaving;
});

test("a slash and Ctrl+K find by metadata, ? lists the keys and turns single ones off, and a whole row is a link", async () => {
  const { id } = await create({ "metadata[invoice]": "INV 9" });
  const page = await signIn();
  await visit(page, "/test/topups");
  await page.keyboard.press("/");
  await page.keyboard.type("inv 9");
  await page.locator("[data-search-hint]").filter({ hasText: "Nothing" }).waitFor();
  await page.fill("[data-search-words]", "INV 9");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/test/topups/${id}`);
  await page.keyboard.press("?");
  await page.uncheck("[data-keys-switch]");
  await page.click("[data-keys-close]");
  await page.keyboard.press("/");
  await page.keyboard.press("?");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await page.keyboard.press("Control+k");
  await page.locator("[data-search-found] a", { hasText: "Top-ups" }).click();
  await page.waitForURL("**/test/topups");
  await page.locator("tbody tr").first().click(); // in its middle, wherever the link's words are
  await page.waitForURL(`**/test/topups/${id}`);
  assert.deepEqual([page.strays, page.faults], [[], []]);
});

test("the keyboard alone makes a top-up and opens the menus", async () => {
  const page = await signIn();
  await visit(page, NEW);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  for (let pressed = 0; pressed < 10; pressed++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.name === "amount")) break;
  }
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await page.waitForURL(/done=created/);
  await page.locator(".bar-end summary").focus();
  await page.keyboard.press("Enter");
  await page.locator("text=Sign out").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("text=Sign out").waitFor({ state: "hidden" });
  assert.ok(await page.evaluate(() => document.activeElement.matches(".bar-end summary")));
});

test("a clock that moves shows where it is until it has arrived, and the balance has a table by day then", async () => {
  const { id } = await create({ amount: 99999999 }); // its line is wider than a narrow window
  await call("POST", `/v1/test_helpers/topups/${id}/succeed`);
  const page = await signIn();
  await visit(page, "/test/test-clocks");
  await page.fill("[name=frozen_time]", "2027-03-01T09:00");
  await page.click("text=Create test clock");
  await page.click("text=One week");
  await page.locator("#clock .badge-good").waitFor();
  await page.locator('time[datetime="2027-03-08T09:00:00Z"]').waitFor();
  await assertAllGood(page, [OVERVIEW, NEW]);
  await visit(page, "/test/test-clocks");
  await page.click("summary:has-text('Delete the clock')");
  await page.click("text=Delete now");
  await page.locator("text=Create test clock").waitFor();
});
