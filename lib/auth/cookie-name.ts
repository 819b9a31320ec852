/** On https the `__Host-` prefix: no sibling domain can set it. On http the port tells deployments of one host apart. */
export const sessionCookieName = (url: URL): string =>
  url.protocol === "https:" ? "__Host-pilothouse-session" : `pilothouse-session-${url.port || "80"}`;
