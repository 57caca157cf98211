// The system's Chromium, driven by playwright-core. It asks nobody but the server under test.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterEach } from "node:test";
import { chromium } from "playwright-core";

export const BASE = process.env.BASE_URL;

const SCREENSHOTS = process.env.SCREENSHOTS; // a folder, for who wants to see what was checked
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa"] };
/** The rules about colours: all that a theme can break. */
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const FLAGS = [
  "--no-sandbox", // CI runs as root, and only our own pages are opened
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** All rules once in each shape, and those about colours once more: what only a wide window shows has dark colours too. */
const LONG_FORM = [[375, "dark", WCAG], [1024, "dark", null], [1440, "dark", COLOURS], [1440, "light", WCAG]];
/** Taken in turn: all rules in one shape and theme; the next page has them in the other. */
const SHORT_FORMS = [
  [[375, "dark", WCAG], [1024, "dark", null], [1440, "light", null]],
  [[375, "dark", null], [1024, "dark", null], [1440, "light", WCAG]],
];
const NARROW = { width: 375, height: 900 };
const USUAL = {
  viewport: { width: 1440, height: 900 },
  colorScheme: "light",
  reducedMotion: "reduce", // colours that are still changing from one theme to the other have the contrast of neither
};

let browser = null;
/** How many pages were checked. */
let checked = 0;
/** Whose turn it is: pages of the test that runs, and those of earlier tests, emptied. */
let lent = [];
const free = [];

/**
 * Returns a page whose profile is empty; `page.strays` collects requests to elsewhere, `page.faults` errors of scripts.
 *
 * It is lent until the end of the test. A new profile takes longer than most tests, so an emptied one serves the next,
 * unless it was made with options that cannot be changed afterwards.
 */
export async function openPage({ viewport = USUAL.viewport, colorScheme = USUAL.colorScheme, ...special } = {}) {
  const isSpecial = Object.keys(special).length > 0;
  const page = (!isSpecial && free.pop()) || (await openProfile(special));
  lent.push({ page, isSpecial });
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  page.strays = [];
  page.faults = [];
  return page;
}

async function openProfile(options) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
  const context = await browser.newContext({ ...USUAL, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // what is slow on a crowded machine is not broken
  page.devtools = await context.newCDPSession(page);
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

afterEach(async () => {
  const ended = lent;
  lent = [];
  for (const { page, isSpecial } of ended) {
    if (isSpecial) {
      await page.context().close();
    } else {
      await empty(page);
      free.push(page);
    }
  }
});

/** Leaves what a page shows, and forgets all that its profile has kept. */
async function empty(page) {
  await page.goto(`${BASE}/healthz`); // without scripts that would write down something again
  await page.evaluate(() => [localStorage, sessionStorage].forEach((storage) => storage.clear()));
  await page.context().clearCookies();
  const { cookies, origins } = await page.context().storageState();
  assert.deepEqual([cookies, origins], [[], []], "the profile is not empty");
}

export async function closeBrowser() {
  await browser?.close();
}

/** Opens an address of the server under test, and checks that the page is sound. */
export async function visit(page, path) {
  await page.goto(BASE + path);
  assertSound(page);
}

function assertSound(page) {
  assert.deepEqual(page.strays, []);
  assert.deepEqual(page.faults, []);
}

/** Checks pages one by one, each as it comes in a narrow window and then with all that can be unfolded. */
export async function assertAllGood(page, paths) {
  for (const path of paths) {
    await page.setViewportSize(NARROW);
    await visit(page, path);
    await assertFits(page);
    await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
    await assertGood(page);
  }
}

/**
 * Checks the page that is open: that it fits windows of every width, and is accessible in both themes and shapes;
 * in the short form, it is accessible in one of them.
 * Its screenshots get the name.
 */
export async function assertGood(page, name = null) {
  const form = process.env.LONG_FORM === "1" ? LONG_FORM : SHORT_FORMS[checked++ % SHORT_FORMS.length];
  for (const [width, colorScheme, rules] of form) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    if (SCREENSHOTS && name) await page.screenshot({ path: `${SCREENSHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    await assertFits(page);
    await assertSpaced(page);
    if (rules) await assertAccessible(page, rules);
  }
  await assertPrints(page);
  assertSound(page);
}

/** Checks a page against WCAG 2 A and AA. It is put in past the page's own policy, as a reader's tool would be. */
export async function assertAccessible(page, rules = WCAG) {
  if (!(await page.evaluate(() => "axe" in window))) await page.devtools.send("Runtime.evaluate", { expression: AXE });
  const { found, passed } = await page.evaluate(async (runOnly) => {
    const { violations, passes } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
    return { found: told, passed: passes.length };
  }, rules);
  assert.deepEqual(found, [], page.url());
  assert.ok(passed > (rules === WCAG ? 10 : 0), "the rules were not applied");
}

/** Checks that no button touches text beside, above or below it. */
async function assertSpaced(page) {
  const touching = await page.evaluate(() => {
    const LEAST = 4;
    const isHidden = (element) => element.closest(".unseen, dialog:not([open])") || (innerWidth <= 640 && element.closest(".stacked thead"));
    const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !isHidden(element);
    const edges = (button) => {
      const range = document.createRange();
      range.selectNodeContents(button);
      return (button.matches(".button-quiet") ? range : button).getBoundingClientRect(); // a quiet one is its words
    };
    const room = document.querySelector("dialog[open]") ?? document.querySelector("main");
    const buttons = [...(room?.querySelectorAll(".button") ?? [])].filter(shown);
    if (!buttons.length) return [];
    const texts = [];
    const walker = document.createTreeWalker(room, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!textContent.trim() || parentElement.closest(".button, option, script") || !shown(parentElement)) continue;
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      for (const box of range.getClientRects()) texts.push({ box, text: textContent.trim().slice(0, 40) });
    }
    const gap = (low, high, otherLow, otherHigh) => Math.max(otherLow - high, low - otherHigh);
    return buttons.flatMap((button) => {
      const box = edges(button);
      return texts
        .filter(({ box: other }) => {
          const across = gap(box.left, box.right, other.left, other.right);
          const down = gap(box.top, box.bottom, other.top, other.bottom);
          return (across < 0 && down < LEAST) || (down < -1 && across < LEAST);
        })
        .map(({ text }) => `${button.textContent.trim()} | ${text}`);
    });
  });
  assert.deepEqual(touching, [], `${page.url()}: buttons touch text`);
}

/** Checks that a page printed in landscape has the paper's width for what it says. */
async function assertPrints(page) {
  await page.setViewportSize({ width: 1100, height: 760 });
  await page.emulateMedia({ media: "print" });
  const share = await page.evaluate(() => (document.querySelector("main")?.getBoundingClientRect().width ?? innerWidth) / innerWidth);
  await page.emulateMedia({ media: "screen" });
  assert.ok(share > 0.6, `${page.url()} prints on ${Math.round(share * 100)} % of the paper's width`);
}

/** Checks that a page needs no scrolling sideways. */
export async function assertFits(page) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beyond <= 0, `${page.url()} is ${beyond} px too wide`);
}
