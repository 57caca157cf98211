// The Shell in a browser: the dock on every page, typing, completing, recalling, running, several panes, live mode.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, assertFits, BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const PAGES = JSON.parse(process.env.PAGES);
const KEY = process.env.TEST_KEY;
const LIVE_KEY = process.env.LIVE_KEY;
const CREATE = "stripe topups create --amount=2000 --currency=usd --source=btok_us_verified_pending";

after(closeBrowser);

/** What a pane shows now, rows without the blanks at their ends. */
async function shown(page, pane = 0) {
  const rows = await page.locator(".shell-pane").nth(pane).locator(".xterm-rows > div").allTextContents();
  return rows.map((row) => row.replace(/\u00a0/g, " ").trimEnd()).join("\n");
}

async function waitFor(page, wanted, pane = 0) {
  const fits = typeof wanted === "string" ? (text) => text.includes(wanted) : wanted;
  const deadline = Date.now() + 15000;
  for (;;) {
    const text = await shown(page, pane);
    if (fits(text)) return text;
    assert.ok(Date.now() < deadline, `waited in vain for ${wanted} in:\n${text}`);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

/** Waits until a pane waits for a line that holds so much. */
const lineIs = (page, line, pane = 0) =>
  waitFor(page, (text) => text.trimEnd().split("\n").at(-1) === `$ ${line}`.trimEnd(), pane);

async function toggle(page) {
  await page.keyboard.press("Control+Backquote");
}

/** Opens a page and its dock, or the page that is the Shell's own, and works with a key. */
async function openShell(options = {}, { path = "/nowhere", key = KEY } = {}) {
  const page = await openPage(options);
  await page.goto(BASE + path);
  if (path !== "/shell") await toggle(page);
  await waitFor(page, "Test key:");
  await enter(page, key);
  await waitFor(page, "Welcome to the Brim Shell");
  await lineIs(page, "");
  return page;
}

/** Puts a line in at once and sends it. That keys one by one do the same is for the tests that are about keys. */
async function enter(page, line) {
  await page.keyboard.insertText(line);
  await page.keyboard.press("Enter");
}

async function paste(page, text) {
  await page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData("text/plain", pasted);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  }, text);
}

test("on every page the key opens the dock and closes it, and the focus goes in and comes back", async () => {
  const page = await openPage();
  for (const path of PAGES) {
    await page.goto(BASE + path);
    const link = page.locator(".brand");
    await link.focus();
    await toggle(page);
    await waitFor(page, "Test key:");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".shell-pane") !== null), path);
    await toggle(page);
    await page.locator(".shell").waitFor({ state: "hidden" });
    assert.ok(await link.evaluate((element) => element === document.activeElement), path);
  }
  assert.deepEqual(page.faults, []);
  assert.deepEqual(page.strays, []);
});

test("on the Shell's own page the key takes the focus in and out", async () => {
  const page = await openPage();
  await visit(page, "/shell");
  await waitFor(page, "Test key:");
  const link = page.locator(".brand");
  await link.focus();
  await toggle(page);
  assert.ok(await page.evaluate(() => document.activeElement.closest(".shell-pane") !== null));
  await toggle(page);
  assert.ok(await link.evaluate((element) => element === document.activeElement));
  await page.locator(".shell").waitFor();
});

test("a page loads nothing of the terminal before somebody opens it", async () => {
  const page = await openPage();
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  await visit(page, "/nowhere");
  assert.deepEqual(loaded.filter((url) => /xterm|shell\.css|dock|pane/.test(url)), []);
  await toggle(page);
  await waitFor(page, "Test key:");
  assert.ok(loaded.some((url) => url.includes("xterm")));
});

test("a key that is none is refused, and never shown", async () => {
  const page = await openPage();
  await visit(page, "/nowhere");
  await toggle(page);
  await waitFor(page, "Test key:");
  await page.keyboard.type("sk_test_wrong");
  await page.keyboard.press("Enter");
  const text = await waitFor(page, "Invalid API Key provided");
  assert.ok(!text.includes("sk_test_wrong"));
  await page.keyboard.type(KEY);
  await page.keyboard.press("Enter");
  assert.ok(!(await waitFor(page, "Welcome")).includes(KEY));
});

test("a create prints the API's body, byte for byte", async () => {
  const page = await openShell({ viewport: { width: 1440, height: 2400 } }, { path: "/shell" });
  await enter(page, CREATE);
  const text = await waitFor(page, '"transfer_group": null\n}');
  const printed = text.slice(text.indexOf("{\n"), text.lastIndexOf("}") + 1);
  const { id } = JSON.parse(printed);
  const reply = await fetch(`${BASE}/v1/topups/${id}`, { headers: { Authorization: `Bearer ${KEY}` } });
  assert.equal(`${printed}\n`, await reply.text());
});

test("help lists what there is, for everything, a resource and an operation", async () => {
  const page = await openShell({ viewport: { width: 1440, height: 3600 } });
  await enter(page, "stripe help");
  await waitFor(page, "test_helpers test_clocks");
  await enter(page, "clear");
  await enter(page, "stripe topups");
  await waitFor(page, "Available Operations:");
  await enter(page, "clear");
  await enter(page, "stripe help topups create");
  await waitFor(page, "--statement-descriptor <string>");
});

test("Tab completes to the operation, the flag and its values", async () => {
  const page = await openShell();
  await page.keyboard.type("str");
  await page.keyboard.press("Tab");
  await lineIs(page, "stripe");
  await page.keyboard.type("topu");
  await page.keyboard.press("Tab");
  await lineIs(page, "stripe topups");
  await page.keyboard.press("Tab");
  await waitFor(page, (text) => /cancel +count +create +list +retrieve +/.test(text));
  await page.keyboard.type("li");
  await page.keyboard.press("Tab");
  await page.keyboard.type("--st");
  await page.keyboard.press("Tab");
  await waitFor(page, "--starting-after=");
  await page.keyboard.type("atus=p");
  await page.keyboard.press("Tab");
  await lineIs(page, "stripe topups list --status=pending");
});

test("keys move in the line and delete from it", async () => {
  const page = await openShell();
  await page.keyboard.type("two three");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("one ");
  await lineIs(page, "one two three");
  await page.keyboard.press("Control+E");
  await page.keyboard.press("Control+W");
  await lineIs(page, "one two");
  await page.keyboard.press("Home");
  await page.keyboard.press("Delete");
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.insertText("ä→漢");
  await lineIs(page, "ne tä→漢w");
  await page.keyboard.press("Control+E");
  await page.keyboard.press("Control+U");
  await lineIs(page, "");
  await page.keyboard.type("not sent");
  await page.keyboard.press("Control+C");
  await waitFor(page, "$ not sent^C");
  await lineIs(page, "");
  await page.keyboard.press("Control+L");
  await waitFor(page, (text) => text.trim() === "$");
});

test("a line longer than its row is edited all the same", async () => {
  const page = await openShell();
  const line = "word ".repeat(80).trim();
  await paste(page, line);
  await page.keyboard.press("Home");
  await page.keyboard.type("first ");
  await page.keyboard.press("End");
  await page.keyboard.type(" last");
  await waitFor(page, (text) => text.replaceAll("\n", "").includes(`$ first ${line} last`.slice(0, 300)));
  await page.keyboard.press("Control+U");
  await lineIs(page, "");
  assert.ok(!(await shown(page)).includes("word"));
});

test("lines are recalled, also after a reload, in which the key is kept", async () => {
  const page = await openShell();
  await enter(page, "stripe version");
  await waitFor(page, "brim version");
  await enter(page, "stripe whoami");
  await waitFor(page, "as developer");
  await page.reload();
  await toggle(page);
  await waitFor(page, "Welcome to the Brim Shell");
  await page.keyboard.type("half");
  await page.keyboard.press("ArrowUp");
  await lineIs(page, "stripe whoami");
  await page.keyboard.press("ArrowUp");
  await lineIs(page, "stripe version");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await lineIs(page, "half");
  await page.keyboard.press("Control+U");
  await enter(page, "history");
  await waitFor(page, "stripe version");
});

test("what listens in one pane shows what another triggers, until it is stopped", async () => {
  const page = await openShell();
  await enter(page, "stripe listen");
  await waitFor(page, "Ready!");
  await page.keyboard.press("Alt+Shift+D");
  await waitFor(page, "Welcome to the Brim Shell", 1);
  await lineIs(page, "", 1);
  await enter(page, "stripe trigger topup.succeeded");
  await waitFor(page, "Trigger succeeded!", 1);
  await waitFor(page, "--> topup.created [evt_");
  await waitFor(page, "--> topup.succeeded [evt_");
  await page.locator(".shell-pane").first().locator(".xterm-screen").click();
  await page.keyboard.press("Control+C");
  await waitFor(page, "^C");
  await lineIs(page, "");
  await page.click("text=Close pane");
  await page.locator(".shell-pane").nth(1).waitFor({ state: "detached" });
  await page.locator(".shell-pane").waitFor();
});

test("logs tail shows the requests that pass its filters", async () => {
  const page = await openShell();
  await enter(page, "stripe logs tail --filter-status-code-type 4XX");
  await waitFor(page, "Ready!");
  await fetch(`${BASE}/v1/topups/tu_missing`, { headers: { Authorization: `Bearer ${KEY}` } });
  await waitFor(page, "[404] GET /v1/topups/tu_missing");
});

test("a play button opens the dock and runs its line", async () => {
  const page = await openPage();
  await visit(page, "/nowhere");
  await page.evaluate((key) => sessionStorage.setItem("brim.shell.key", key), KEY);
  await page.evaluate(() => {
    const button = document.createElement("button");
    button.dataset.runInShell = "stripe version";
    button.textContent = "Run";
    document.querySelector("main").append(button);
  });
  await page.click("text=Run");
  await waitFor(page, "$ stripe version\nbrim version");
});

test("in live mode the Shell only reads, and says so", async () => {
  const page = await openShell({}, { key: LIVE_KEY });
  await page.getByText("Live mode: read-only").waitFor();
  await enter(page, CREATE);
  await waitFor(page, "The Shell is read-only in live mode: POST requests are not sent.");
  await enter(page, "stripe trigger topup.created");
  await waitFor(page, "Nothing was changed.");
  await page.keyboard.press("Control+L");
  await enter(page, "stripe topups list");
  await waitFor(page, '"data": []');
  assert.equal(await page.evaluate(() => sessionStorage.getItem("brim.shell.key")), null);
});

test("what looks like another shell's language is text, and a line of a megabyte harms nothing", async () => {
  const page = await openShell();
  for (const line of ["; ls", "$(id)", "`ls`", "rm -rf /", "frobnicate"]) {
    await page.keyboard.press("Control+L");
    await enter(page, line);
    await waitFor(page, "Unknown program");
  }
  await page.keyboard.press("Control+L");
  await enter(page, "stripe topups list; ls | cat > /tmp/x");
  await waitFor(page, "Available Operations:");
  await page.keyboard.press("Control+L");
  await paste(page, "x".repeat(1_000_000));
  await waitFor(page, "This line is too long");
  await lineIs(page, "");
  await enter(page, "stripe version");
  await waitFor(page, "brim version");
});

test("a pasted sample of several lines is one line", async () => {
  const page = await openShell();
  await paste(page, '$ stripe topups create \\\n  --amount=0 \\\n  -d "currency=usd"\n');
  await page.keyboard.press("Enter");
  await waitFor(page, '"param": "amount"');
});

test("the dock and the page are accessible in both themes", async () => {
  const page = await openShell();
  await enter(page, "stripe topups create");
  await waitFor(page, '"parameter_missing"');
  await assertAccessibleInBothThemes(page);
  await page.goto(`${BASE}/shell`);
  await waitFor(page, "Welcome to the Brim Shell");
  await assertAccessibleInBothThemes(page);
  assert.deepEqual(page.faults, []);
});

async function assertAccessibleInBothThemes(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => new Promise(requestAnimationFrame)); // in which the terminal takes its new colours on
    await assertAccessible(page);
  }
}

test("dock and page fit a narrow window", async () => {
  const page = await openShell({ viewport: { width: 375, height: 800 } });
  await assertFits(page);
  await page.goto(`${BASE}/shell`);
  await waitFor(page, "Welcome to the Brim Shell");
  await assertFits(page);
});

test("Shift+Tab leaves the terminal, so that a keyboard is enough", async () => {
  const page = await openShell();
  await page.keyboard.press("Shift+Tab");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.do), "close");
  await page.keyboard.press("Enter");
  await page.locator(".shell").waitFor({ state: "hidden" });
});
