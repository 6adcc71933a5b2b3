/** What the browser remembers; a browser that forbids it (private windows may) forgets with the page. */
const session = new Map<string, string>();

export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(`visavis.${key}`) ?? session.get(key);
  } catch {
    return session.get(key);
  }
}

export function remember(key: string, value: string): void {
  session.set(key, value);
  try {
    localStorage.setItem(`visavis.${key}`, value);
  } catch {
    // Kept in `session` alone.
  }
}
