// The system's Chromium, driven by playwright-core. It asks nobody but the server under test.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const BASE = process.env.BASE_URL;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox", // CI runs as root, and only our own pages are opened
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser = null;

/** Returns a page in a fresh profile; `page.strays` collects requests to elsewhere, `page.faults` errors of scripts. */
export async function openPage(options = {}) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
  // Colours that are still changing from one theme to the other have the contrast of neither.
  const still = { reducedMotion: "reduce" };
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...still, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  page.strays = [];
  page.faults = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(BASE) && !url.startsWith("data:")) page.strays.push(url);
  });
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) page.faults.push(message.text());
  });
  return page;
}

export async function closeBrowser() {
  await browser?.close();
}

/** Opens an address of the server under test, and checks that the page is sound. */
export async function visit(page, path) {
  await page.goto(BASE + path);
  assert.deepEqual(page.strays, []);
  assert.deepEqual(page.faults, []);
}

/** Checks a page against WCAG 2 A and AA. It is put in past the page's own policy, as a reader's tool would be. */
export async function assertAccessible(page) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  assert.deepEqual(found, [], page.url());
  assert.ok(passes.length > 10, "the rules were not applied");
}

/** Checks that a page needs no scrolling sideways. */
export async function assertFits(page) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beyond <= 0, `${page.url()} is ${beyond} px too wide`);
}
