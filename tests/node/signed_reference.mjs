// The API reference for who is signed in: their key is masked but copied whole, the explorer sends, the Shell runs.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, assertFits, BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const CREATE = "/docs/api/topups/create";
const KEY = process.env.TEST_KEY;
const [NAME, VALUE] = process.env.COOKIE.split(/=(.*)/s);
const MASKED = KEY.replace(/^(\w+?_\w+?_\w{4})\w+(\w{4})$/, "$1...$2");

after(closeBrowser);

async function signIn(options) {
  const page = await openPage(options);
  await page.context().addCookies([{ name: NAME, value: VALUE, url: BASE }]);
  return page;
}

test("a signed page is accessible, fits a narrow window, and holds the key nowhere", async () => {
  const page = await signIn({ viewport: { width: 375, height: 800 } });
  await visit(page, CREATE);
  await page.locator(`#explorer-line >> text=${MASKED}`).waitFor();
  await assertAccessible(page);
  await assertFits(page);
  assert.ok(!(await page.content()).includes(KEY));
});

test("Copy puts the whole key on the clipboard, and leaves none in the page", async () => {
  const page = await signIn();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: BASE });
  await visit(page, CREATE);
  const copy = page.locator('[data-copy="sample-curl"]');
  await copy.click();
  await page.locator('[data-copy="sample-curl"] >> text=Copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.includes(`-u ${KEY}:`), copied);
  assert.ok(!copied.includes("..."), copied);
  assert.ok(!(await page.content()).includes(KEY));
});

test("the explorer sends without being given a key, and shows errors at their fields", async () => {
  const page = await signIn();
  await visit(page, CREATE);
  assert.equal(await page.locator("#explorer-key").count(), 0);
  await page.fill('[name="amount"]', "");
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator('[data-error-for="amount"]:visible').waitFor();
  await page.fill('[name="amount"]', "1234");
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  const made = JSON.parse(await page.locator("#explorer-reply").textContent());
  assert.equal(made.amount, 1234);
  await visit(page, "/docs/api/topups/retrieve");
  await page.fill("#explorer-id", made.id);
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  assert.equal(JSON.parse(await page.locator("#explorer-reply").textContent()).id, made.id);
});

test("who has signed out meanwhile is told so", async () => {
  const page = await signIn();
  await visit(page, CREATE);
  await page.context().clearCookies();
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-error-key]:visible >> text=You are no longer signed in").waitFor();
});

test("Run in Shell runs what the form holds, and what the sample says", async () => {
  const page = await signIn();
  await visit(page, CREATE);
  await page.fill('[name="amount"]', "4321");
  await page.click("[data-explorer-form] [data-run-in-shell]");
  await page.locator('[aria-label="Shell"] >> text=/"amount": 4321/').first().waitFor();
  await page.click("[data-language=cli]");
  await page.click('[data-sample="cli"] [data-run-in-shell]');
  await page.locator('[aria-label="Shell"] >> text=/"amount": 2000/').first().waitFor();
  assert.deepEqual(page.faults, []);
});
