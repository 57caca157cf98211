// What the Python side hands over in the environment, as clients of the official Node SDK.

import Stripe from "stripe";

const { hostname, port } = new URL(process.env.BASE_URL);

/** The test token of a top-up that stays pending for ever. */
export const PENDING = "btok_us_verified_pending";

/** A client for one key; it never retries unless told to, so that each refusal is seen. */
export function connect(key, options = {}) {
  return new Stripe(key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0, ...options });
}

const freshKeys = JSON.parse(process.env.FRESH_KEYS ?? "[]");

/** A client of an account that nothing else uses. */
export function connectFresh(options = {}) {
  return connect(freshKeys.pop(), options);
}

/** Returns the error that a promise is rejected with. */
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the request was not refused");
}

/** Returns the first true value that `look` resolves to, within some seconds. */
export async function until(look, what) {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}
