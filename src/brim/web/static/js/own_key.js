// The test key of who is signed in. A page shows it masked; all of it is fetched only to be copied, and kept nowhere.

import { placed } from "./place.js";

const KEY_URL = placed("/docs/api/own-key");

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** As the page shows it; empty where nobody is signed in. */
export const maskedKey = meta("own-key");

/** Sends a form in the session's name; it says which key the page shows, as another tab may have changed accounts. */
export function postSigned(url, pairs = []) {
  const body = new URLSearchParams([["_key", maskedKey], ...pairs]);
  return fetch(url, { method: "POST", headers: { "X-CSRF-Token": meta("csrf-token") }, body });
}

/** Returns a text with the whole key in place of the masked one. */
export async function withWholeKey(text) {
  const answer = await postSigned(KEY_URL);
  if (!answer.ok) throw new Error(answer.statusText);
  const { key } = await answer.json();
  return text.replaceAll(maskedKey, () => key);
}
