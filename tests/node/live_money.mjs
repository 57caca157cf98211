// The pages of live money in a browser: accessible, within any window, usable without scripts; cut-offs count down.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertFits, assertGood, BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const PAGES = JSON.parse(process.env.PAGES);
const COOKIES = JSON.parse(process.env.COOKIES);

after(closeBrowser);

async function signIn(options) {
  const page = await openPage(options);
  await page.context().addCookies(Object.entries(COOKIES).map(([name, value]) => ({ name, value, url: BASE })));
  return page;
}

test("every page is accessible in both themes and fits windows of every width", async () => {
  const page = await signIn();
  for (const [name, path] of Object.entries(PAGES)) {
    await page.setViewportSize({ width: 375, height: 900 });
    await visit(page, path);
    await assertFits(page);
    await assertGood(page, name);
  }
});

test("in a narrow window dates say what they are, and in a rehearsal which are of the machine's own time", async () => {
  const page = await signIn({ viewport: { width: 375, height: 900 } });
  await visit(page, PAGES["bank-files"]);
  // In one step: the page may replace its rows meanwhile, and a cell that is gone has no style.
  const labels = await page.evaluate(() => Array.from(document.querySelectorAll(".stacked tr:nth-child(2) td"), (cell) => getComputedStyle(cell, "::before").content));
  assert.deepEqual(labels.filter((label) => label !== "none"), ['"Received: "', '"Applied: "']);
  assert.match(await page.textContent("tbody"), /\(real time\)/);
  await visit(page, PAGES["prenote-failed"]);
  const [started] = await page.$$eval("dd:has(time)", (found) => found.map((each) => each.textContent.includes("(real time)")));
  assert.equal(started, false);
  assert.match(await page.textContent("main"), /\(real time\), bank file bankf_/);
});

test("a cut-off counts down by the seconds that the server has written, and tells its region when it is over", async () => {
  const page = await signIn();
  await visit(page, PAGES.overview);
  await page.evaluate(() => {
    const [region, left] = [document.createElement("div"), document.createElement("span")];
    region.dataset.live = "nothing";
    window.seen = [];
    region.addEventListener("live", () => window.seen.push(left.textContent));
    left.dataset.countdown = "2";
    new MutationObserver(() => window.seen.push(left.textContent)).observe(left, { childList: true });
    region.append(left);
    document.querySelector("main").append(region);
  });
  await page.waitForFunction(() => window.seen.filter((text) => text === "now").length === 2);
  assert.match(await page.evaluate(() => window.seen.find((text) => text !== "")), /^in [12] s$/);
});

test("a file is voided without scripts, after what happens was said", async () => {
  const page = await signIn({ javaScriptEnabled: false });
  await visit(page, PAGES["file-waiting"]);
  await page.click("text=Void");
  assert.match(await page.textContent("main"), /The file is never sent/);
  await page.click("main form button");
  await page.waitForURL(/done=file_voided/);
  assert.match(await page.textContent("h1"), /Voided/);
});

test("single keys walk along rows until somebody turns them off, which the browser remembers", async () => {
  const page = await signIn();
  await visit(page, PAGES["lines-all"]);
  const focused = () => page.evaluate(() => document.activeElement.matches("a.row-link"));
  await page.keyboard.press("j");
  assert.equal(await focused(), true);
  await page.keyboard.press("?");
  assert.equal(await page.isVisible("dialog[data-shortcuts]"), true);
  await assertGood(page, "shortcuts");
  await page.uncheck("[data-shortcuts-switch]");
  await page.click("[data-shortcuts-close]");
  await visit(page, PAGES["lines-all"]);
  await page.keyboard.press("j");
  await page.keyboard.press("?");
  assert.deepEqual([await focused(), await page.isVisible("dialog[data-shortcuts]")], [false, false]);
  await page.click("[data-shortcuts-open]");
  await page.check("[data-shortcuts-switch]");
  await page.click("[data-shortcuts-close]");
  await page.keyboard.press("j");
  assert.equal(await focused(), true);
});
