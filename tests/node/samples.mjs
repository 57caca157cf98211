// Runs samples as modules, one after the other: a line of input is the address of a file, a line of output its answer.

import { createInterface } from "node:readline";

const PATIENCE_MS = 60_000;

/** Returns what a sample exports, and fails where it takes too long. */
async function run(address) {
  const deadline = new Promise((_resolve, reject) => setTimeout(reject, PATIENCE_MS, new Error("it does not end")).unref());
  const { default: answer } = await Promise.race([import(address), deadline]);
  return answer;
}

for await (const address of createInterface({ input: process.stdin })) {
  const told = await run(address).then((answer) => ({ answer }), (error) => ({ error: error.stack }));
  process.stdout.write(JSON.stringify(told) + "\n");
}
process.exit(); // connections that are kept alive would keep the process
