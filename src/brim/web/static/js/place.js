// Where things are when Brim is served under a path prefix: this file lies below it, as pages and the API do.

const PREFIX = import.meta.url.slice(location.origin.length, import.meta.url.lastIndexOf("/assets/"));

/** Returns a path of the server's own, as a browser has to ask for it. */
export const placed = (path) => PREFIX + path;
