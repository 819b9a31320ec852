// Secrets travel in the clear over http, so only what is on this host may be reached by it.

/** An https origin without a path, or http on this host's loopback. */
export function isUsableOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isLoopback =
    url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d+){3}$/.test(url.hostname);
  const isBare =
    url.pathname === "/" &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    url.password === "";
  return isBare && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback));
}
