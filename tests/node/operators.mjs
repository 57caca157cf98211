// Operators in a browser: the first admin is made and signs in by keyboard alone, every page is accessible and fits.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, test } from "node:test";
import { assertGood, BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const { FIRST_RUN, PASSWORD, LOGIN, CODE } = process.env;
const EMAIL = "ada@example.com";
const DASHBOARD = "/test/balance/overview";

after(closeBrowser);

/** Returns what an authenticator app shows now for a key. Source: RFC 6238. */
function oneTimeCode(key) {
  const bits = [...key].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const hash = createHmac("sha1", bytes).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, "0");
}

/** Moves on by Tab until what has the focus fits a selector; nobody presses it more often than they can bear. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 40; presses++) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${selector} is not reached by keyboard on ${page.url()}`);
}

async function type(page, selector, text) {
  await tabTo(page, selector);
  await page.keyboard.type(text);
}

async function press(page, selector) {
  await tabTo(page, selector);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

async function signIn(page, path = DASHBOARD) {
  await page.goto(BASE + path);
  await page.fill("#field-email", EMAIL);
  await page.fill("#field-password", PASSWORD);
  await page.click("main button[type=submit]");
}

test("the first admin is made by keyboard alone", async () => {
  const page = await openPage();
  await visit(page, "/sign-in");
  await assertGood(page, "nobody-yet");
  await visit(page, FIRST_RUN);
  await assertGood(page, "first-run");
  await type(page, "#field-email", EMAIL);
  await type(page, "#field-name", "Ada Lovelace");
  await type(page, "#field-password", PASSWORD);
  await type(page, "#field-password_again", PASSWORD + "x");
  await press(page, "main button[type=submit]");
  await assertGood(page, "first-run-refused");
  await type(page, "#field-password", PASSWORD);
  await type(page, "#field-password_again", PASSWORD);
  await press(page, "main button[type=submit]");
  assert.equal(page.url(), BASE + DASHBOARD);
  await visit(page, FIRST_RUN);
  await assertGood(page, "link-over");
});

test("somebody signs in, and out, by keyboard alone", async () => {
  const page = await openPage();
  await visit(page, DASHBOARD);
  await page.locator("#field-email:focus").waitFor(); // the form waits to be filled in
  await page.keyboard.type(EMAIL);
  await type(page, "#field-password", "wrong");
  await press(page, "main button[type=submit]");
  await assertGood(page, "sign-in-refused");
  await page.locator("#field-password:focus").waitFor();
  await page.keyboard.type(PASSWORD);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(page.url(), BASE + DASHBOARD);
  await tabTo(page, ".bar-end summary");
  await page.keyboard.press("Enter");
  await press(page, "form[action='/sign-out'] button");
  await assertGood(page, "signed-out");
});

test("without scripts somebody signs in all the same", async () => {
  const page = await openPage({ javaScriptEnabled: false });
  await signIn(page, "/settings/profile");
  assert.equal(page.url(), `${BASE}/settings/profile`);
});

test("the pages of the settings are accessible and fit", async () => {
  const page = await openPage();
  await signIn(page);
  for (const name of ["profile", "profile/notifications", "notifications", "operators", "operators/new", "audit-log"]) {
    await visit(page, `/settings/${name}`);
    await assertGood(page, name.replaceAll("/", "-"));
  }
});

test("an operator is added and their page shown", async () => {
  const page = await openPage();
  await signIn(page);
  await visit(page, "/settings/operators/new");
  await page.fill("#field-email", "no address");
  await page.fill("#field-name", "Grace Hopper");
  await page.evaluate(() => (document.querySelector("main form").noValidate = true));
  await page.click("main button[type=submit]");
  await assertGood(page, "operator-refused");
  await page.fill("#field-email", "grace@example.com");
  await page.click("main button[type=submit]");
  await assertGood(page, "operator-link");
  const link = await page.locator("#link").textContent();
  await page.click("text=Back to the operator");
  await assertGood(page, "operator");
  await page.click("summary:has-text('Disable operator')");
  await page.click("text=Disable now");
  await assertGood(page, "operator-disabled");
  await page.click("text=Enable operator");
  await page.click("text=Create setup link");
  const newer = await page.locator("#link").textContent();
  const hers = await openPage();
  await hers.goto(link);
  await assertGood(hers, "old-link-over");
  await hers.goto(newer);
  await assertGood(hers, "set-password");
  await hers.fill("#field-password", PASSWORD);
  await hers.fill("#field-password_again", PASSWORD);
  await hers.click("main button[type=submit]");
  assert.equal(hers.url(), BASE + DASHBOARD);
  await visit(hers, "/settings/operators");
  await assertGood(hers, "for-admins-only");
  await visit(hers, LOGIN);
  await assertGood(hers, "login-viewer");
});

test("the official CLI is let in: the page shows its words and asks for an account", async () => {
  const page = await openPage();
  await visit(page, LOGIN);
  assert.equal((await page.locator(".door-words").textContent()).trim(), CODE);
  await assertGood(page, "login-stranger");
  await page.click("text=Sign in to continue");
  await page.fill("#field-email", EMAIL);
  await page.fill("#field-password", PASSWORD);
  await page.click("main button[type=submit]");
  assert.equal((await page.locator(".door-words").textContent()).trim(), CODE);
  await assertGood(page, "login");
  await press(page, "button[value=allow]");
  assert.match(await page.locator("h1").textContent(), /Access granted/);
  await assertGood(page, "login-allowed");
});

test("a device is set up, and asked for at the next sign-in", async () => {
  const page = await openPage();
  await signIn(page, "/settings/profile");
  await page.click("text=Set up an authenticator app");
  await assertGood(page, "device");
  const key = await page.locator("#secret").getAttribute("data-full");
  await page.fill("#field-code", oneTimeCode(key));
  await page.fill("#field-password", PASSWORD);
  await page.click("text=Turn on codes");
  await assertGood(page, "recovery-codes");
  const [recovery] = (await page.locator("#recovery").textContent()).split("\n");
  await page.click("text=I've saved them");
  await assertGood(page, "profile-with-codes");

  const other = await openPage();
  await signIn(other);
  await other.locator("#field-code:focus").waitFor(); // a browser gives the focus when it has shown the page
  await assertGood(other, "code");
  await other.keyboard.type("000000");
  await other.keyboard.press("Enter");
  await other.locator(".field-error").waitFor();
  await assertGood(other, "code-refused");
  await other.fill("#field-code", recovery);
  await Promise.all([other.waitForNavigation(), other.keyboard.press("Enter")]);
  assert.equal(other.url(), BASE + DASHBOARD);
});
