// The API reference in a browser: accessible, within any window, usable by keyboard and without scripts; the explorer.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, assertAllGood, assertFits, BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const CREATE = "/docs/api/topups/create";
const PAGES = JSON.parse(process.env.PAGES);
const KEY = process.env.TEST_KEY;

after(closeBrowser);

test("every page is accessible in both themes and fits windows of every width", async () => {
  await assertAllGood(await openPage(), PAGES);
});

test("the bar fits the narrowest windows", async () => {
  const page = await openPage({ viewport: { width: 320, height: 640 } });
  for (const path of ["/docs/api", "/sign-in"]) {
    await visit(page, path);
    await assertFits(page);
  }
});

test("the first text waits for no script but the theme's few lines", async () => {
  const page = await openPage();
  const held = [];
  await page.route("**/*.js", (route) => (route.request().url().endsWith("/theme.js") ? route.continue() : held.push(route)));
  await page.goto(BASE + "/docs/api/topups/list", { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length, null, { polling: 50 });
  assert.ok(held.length > 0, "the page has other scripts, and none was answered");
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("a language that is chosen stays on other pages and after a reload", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.click("[data-language=ruby]");
  assert.equal(await page.locator("[data-sample]:visible").getAttribute("data-sample"), "ruby");
  await visit(page, "/docs/api/topups/list");
  assert.equal(await page.locator("[data-sample]:visible").getAttribute("data-sample"), "ruby");
  await page.reload();
  assert.equal(await page.locator("[data-sample]:visible").getAttribute("data-sample"), "ruby");
});

test("without scripts a language is chosen, attributes unfold, and the search answers", async () => {
  const page = await openPage({ javaScriptEnabled: false });
  await visit(page, CREATE);
  await page.click("[data-language=python]");
  assert.equal(await page.locator("[data-sample]:visible").getAttribute("data-sample"), "python");
  await page.click("#payment_method_options > summary");
  await page.click("#payment_method_options .fold > summary");
  await page.locator('[id="payment_method_options.us_bank_account"]').waitFor();
  await page.click("[data-search-open]");
  await page.fill("#words", "statement_descriptor");
  await page.press("#words", "Enter");
  await page.click("main a >> text=Create a top-up");
  assert.equal(page.url(), BASE + CREATE);
});

test("a slash opens the search, words narrow it, and Enter opens what is chosen", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.keyboard.press("/");
  await page.keyboard.type("top-ups amount exclusive limit");
  await page.locator("[data-search-found] li").first().waitFor();
  const found = await page.locator("[data-search-found] a").evaluateAll((links) => links.map((link) => link.pathname));
  assert.equal(found[0], "/docs/api/topups/list");
  assert.ok(found.length < 5, found.join());
  await page.keyboard.press("Enter");
  await page.waitForURL("**/docs/api/topups/list");
});

test("a slash that is typed into a field stays there", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.fill('[name="description"]', "a");
  await page.press('[name="description"]', "/");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  assert.match(await page.inputValue('[name="description"]'), /\//);
});

test("an address that points into a folded attribute unfolds it", async () => {
  const page = await openPage();
  await visit(page, "/docs/api/topups/object#brim.availability.cutoff");
  await page.locator('[id="brim.availability.cutoff"]').waitFor();
});

test("all attributes unfold at once, and fold again", async () => {
  const page = await openPage();
  await visit(page, "/docs/api/topups/object");
  assert.equal(await page.locator("#failure_code .attribute-text:visible").count(), 0);
  await page.click("[data-unfold-all]");
  assert.equal(await page.locator("#failure_code .attribute-text:visible").count(), 1);
  await page.click("text=Collapse all");
  assert.equal(await page.locator("#failure_code .attribute-text:visible").count(), 0);
});

test("the theme is switched, and stays after a reload", async () => {
  const page = await openPage({ colorScheme: "light" });
  await visit(page, CREATE);
  await page.click("[data-theme-switch]");
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
});

test("the explorer's line follows the form and the language", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.fill('[name="amount"]', "4321");
  await page.locator("#explorer-line >> text=amount=4321").waitFor();
  await page.click("[data-language=python]");
  await page.locator("#explorer-line >> text=client.v1.topups.create").waitFor();
  assert.match(await page.locator("#explorer-line").innerText(), /"amount": 4321,/);
});

test("the explorer sends with a test key, by keyboard alone, and shows the reply", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.locator("#explorer-key").focus();
  await page.keyboard.type(KEY);
  await page.keyboard.press("Enter");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  const made = JSON.parse(await page.locator("#explorer-reply").textContent());
  assert.equal(made.amount, 2000);
  assert.deepEqual(made.metadata, { order_id: "6735" });
  assert.deepEqual(page.strays, []);
  await assertAccessible(page);
  await visit(page, "/docs/api/topups/retrieve");
  await page.fill("#explorer-key", KEY);
  await page.fill("#explorer-id", made.id);
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  assert.equal(JSON.parse(await page.locator("#explorer-reply").textContent()).id, made.id);
});

test("the explorer shows an error at the field that it is about", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.fill("#explorer-key", KEY);
  await page.fill('[name="amount"]', "");
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator('[data-error-for="amount"]:visible').waitFor();
  assert.equal(await page.locator('[name="amount"]').getAttribute("aria-invalid"), "true");
  await assertAccessible(page);
  await page.fill('[name="amount"]', "1");
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  await page.locator("[aria-invalid]").waitFor({ state: "detached" });
});

test("the explorer shows an error inside a fold, and one about the id in the path", async () => {
  const page = await openPage();
  await visit(page, "/docs/api/payment_methods/create");
  await page.fill("#explorer-key", KEY);
  await page.fill('[name="us_bank_account[routing_number]"]', "1");
  await page.locator(".field-group >> nth=0").evaluate((fold) => (fold.open = false));
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator('[data-error-for="us_bank_account[routing_number]"]:visible').waitFor();
  await visit(page, "/docs/api/topups/cancel");
  await page.fill("#explorer-key", KEY);
  await page.fill("#explorer-id", "tu_unknown");
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator('[data-error-for="_id"]:visible').waitFor();
});

test("a repeated request is marked as replayed, and ids lead to their pages", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.click("[data-try]");
  assert.equal(await page.evaluate(() => document.activeElement.id), "explorer-key");
  await page.keyboard.type(KEY);
  await page.click("[data-fresh-key]");
  const fresh = await page.inputValue("#explorer-idempotency-key");
  assert.match(fresh, /^[0-9a-f]{32}$/);
  await page.locator(`#explorer-line >> text=Idempotency-Key: ${fresh}`).waitFor();
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  const made = JSON.parse(await page.locator("#explorer-reply").textContent());
  assert.equal(await page.locator("#explorer-reply a").first().getAttribute("href"), `/test/topups/${made.id}`);
  assert.equal(await page.locator("[data-explorer-reply] .badge").count(), 0);
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=Replayed").waitFor();
  assert.equal(JSON.parse(await page.locator("#explorer-reply").textContent()).id, made.id);
  await page.fill("[name=amount]", "2001");
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("#error-_idempotency_key:visible").waitFor();
  await assertAccessible(page);
});

test("the explorer takes no live key, and keeps none", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.fill("#explorer-key", "sk_live_123456789012");
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-error-key]:visible").waitFor();
  await page.fill("#explorer-key", KEY);
  assert.ok(!JSON.stringify(await page.context().storageState()).includes(KEY));
  assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage) + document.cookie)).includes("_test_"));
});

test("the Shell hears what to run", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.locator("#explorer-line >> text=curl").waitFor();
  const line = await page.evaluate(() => {
    const heard = new Promise((resolve) => document.addEventListener("brim:run", (event) => resolve(event.detail)));
    const button = document.querySelector("[data-explorer-form] [data-run-in-shell]");
    button.hidden = false;
    button.click();
    return heard;
  });
  assert.match(line, /^stripe topups create --amount=2000 --currency=usd /);
});
