/**
 * Takes the invitation out of the address line, where history, screenshots and whoever looks over a shoulder find it; this
 * tab remembers it, so that reloading still works. Links carry it behind the `#`, which browsers do not send to servers.
 * @returns the token by which this tab may enter the room that its link names.
 */
export function takeToken(page: Pick<Location, 'href'>, room: string | undefined): string | undefined {
  const url = new URL(page.href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get('token') ?? url.searchParams.get('token') ?? undefined;
  const key = `visavis.token.${room ?? ''}`;
  if (token === undefined) return kept(key);
  fragment.delete('token');
  url.searchParams.delete('token');
  url.hash = fragment.toString();
  history.replaceState(history.state, '', url);
  try {
    sessionStorage.setItem(key, token);
  } catch {
    // A browser that forbids storage asks for the link again after reloading.
  }
  return token;
}

function kept(key: string): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}
