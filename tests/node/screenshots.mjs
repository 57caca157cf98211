// Pictures of pages for the documentation: 1280 wide, as WebP.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { BASE, closeBrowser, openPage, visit } from "./browser.mjs";

const MOST_BYTES = 80 * 1024;
const PAGES = JSON.parse(process.env.PAGES);
const COOKIES = JSON.parse(process.env.COOKIES);

after(closeBrowser);

test("each page has its picture", async () => {
  const page = await openPage({ viewport: { width: 1280, height: 800 } });
  await page.context().addCookies(Object.entries(COOKIES).map(([name, value]) => ({ name, value, url: BASE })));
  for (const [name, { path, theme = "light", keys = [], wait }] of Object.entries(PAGES)) {
    await page.emulateMedia({ colorScheme: theme });
    await visit(page, path);
    for (const key of keys) await page.keyboard.press(key);
    if (wait) await page.locator(wait).first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    const { data } = await page.devtools.send("Page.captureScreenshot", { format: "webp", quality: 70 });
    const picture = Buffer.from(data, "base64");
    assert.ok(picture.length < MOST_BYTES, `${name} has ${picture.length} bytes`);
    writeFileSync(`${process.env.INTO}/${name}.webp`, picture);
  }
});
