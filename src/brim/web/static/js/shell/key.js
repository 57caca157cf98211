// The key of somebody who is not signed in. A test key is kept until the tab is closed, a live key not at all.

const NAME = "brim.shell.key";

export const keptKey = {
  get() {
    try {
      return sessionStorage.getItem(NAME);
    } catch {
      return null;
    }
  },
  set(key) {
    try {
      if (/^[sr]k_test_/u.test(key)) sessionStorage.setItem(NAME, key);
    } catch {
      // Then it is asked for again on the next page.
    }
  },
  forget() {
    try {
      sessionStorage.removeItem(NAME);
    } catch {
      // There was none.
    }
  },
};
