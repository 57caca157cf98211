// Pages below a path prefix: what their scripts ask for, open and keep is below it too.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const CREATE = "/docs/api/topups/create";
const { TEST_KEY, EMAIL, PASSWORD } = process.env;

after(closeBrowser);

async function signIn(page, follows) {
  await visit(page, `/sign-in?next=${follows}`);
  await page.fill("#field-email", EMAIL);
  await page.fill("#field-password", PASSWORD);
  await page.click("main [type=submit]");
  await page.waitForURL(BASE + follows);
}

async function create() {
  const headers = { Authorization: `Bearer ${TEST_KEY}` };
  const body = new URLSearchParams({ amount: 4321, currency: "usd", source: "btok_us_verified_pending" });
  return (await fetch(`${BASE}/v1/topups`, { method: "POST", headers, body })).json();
}

test("the search, the language and the explorer stay below the prefix", async () => {
  const page = await openPage();
  await visit(page, CREATE);
  await page.keyboard.press("/");
  await page.keyboard.type("top-ups exclusive");
  await page.locator("[data-search-found] li").first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`${BASE}/docs/api/topups/list`);
  await page.click("[data-language=node]");
  await visit(page, CREATE);
  assert.equal(await page.locator("[data-sample]:visible").getAttribute("data-sample"), "node");
  await page.fill("#explorer-key", TEST_KEY);
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  assert.deepEqual([page.strays, page.faults], [[], []]);
});

test("who is signed in sees changes live, and works in the Shell", async () => {
  const page = await openPage();
  await signIn(page, "/test/topups");
  const { id } = await create();
  await page.locator(`a[href$="${id}"]`).waitFor();
  await page.keyboard.press("Control+Backquote");
  await page.locator(".xterm-rows >> text=Welcome to the Brim Shell").waitFor();
  await page.keyboard.insertText("stripe topups list --limit=1");
  await page.keyboard.press("Enter");
  await page.locator(".xterm-rows >> text=has_more").waitFor();
  assert.deepEqual([page.strays, page.faults], [[], []]);
});

test("the explorer sends for who is signed in", async () => {
  const page = await openPage();
  await signIn(page, CREATE);
  await page.click("[data-explorer-form] [type=submit]");
  await page.locator("[data-explorer-reply] >> text=200 OK").waitFor();
  assert.deepEqual([page.strays, page.faults], [[], []]);
});
