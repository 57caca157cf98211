// Opens pages in the system's Chromium, in turn, and prints when each one's first text was painted.

import { closeBrowser, openPage } from "../tests/node/browser.mjs";

const { urls, rounds } = JSON.parse(process.argv[2]);
const painted = urls.map(() => []);

const page = await openPage();
for (const url of urls) await page.goto(url); // assets are in the cache then, as for a reader
for (let round = 0; round < rounds; round += 1) {
  for (const [place, url] of urls.entries()) {
    await page.goto(url);
    painted[place].push(await page.evaluate(firstTextMs));
  }
}
console.log(JSON.stringify(painted));
await closeBrowser();

/** Returns the milliseconds from the click to the first text: the server's time and the browser's. */
function firstTextMs() {
  return new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const [paint] = list.getEntriesByName("first-contentful-paint");
      if (paint) resolve(paint.startTime);
    }).observe({ type: "paint", buffered: true });
  });
}
