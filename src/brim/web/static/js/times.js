// Tells the server, by a cookie, in which zone to write times. The first page came without it, so its times are written here.

import { placed } from "./place.js";

const YEAR_S = 31536000;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isKnown = document.cookie.split("; ").includes(`brim_zone=${zone}`);
const format = new Intl.DateTimeFormat("en-US", {
  month: "short", day: "numeric", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
  hourCycle: "h23", timeZoneName: "shortOffset",
});

/** Writes a time as the server does, such as `Nov 22, 2026, 06:35:00 UTC+1`. */
function written(moment) {
  return format.format(moment).replace(/GMT([+-]0)?$/, "UTC").replace("GMT", "UTC");
}

export function localTimes(root) {
  if (isKnown || !zone) return;
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (!Number.isNaN(moment.getTime())) element.textContent = written(moment);
  }
  for (const element of root.querySelectorAll("[data-zone]")) element.textContent = zone;
}

if (zone && !isKnown) document.cookie = `brim_zone=${zone}; path=${placed("/")}; max-age=${YEAR_S}; samesite=lax`;
