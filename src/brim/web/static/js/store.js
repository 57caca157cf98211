// What this browser remembers of a visitor's choices; where storage is forbidden, nothing is remembered.

export const store = {
  get(name) {
    try {
      return localStorage.getItem(`brim.${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`brim.${name}`, value);
    } catch {
      // Then the choice lasts as long as the page.
    }
  },
};
