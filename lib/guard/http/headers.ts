// Headers of every answer. What a page may load and run is said here and nowhere else.

export interface HeaderFacts {
  /** Origin people open. */
  readonly url: URL;
  readonly nonce: string;
  /** Next's development server evaluates code and speaks over a web socket. */
  readonly development: boolean;
}

/**
 * Scripts run only with this answer's nonce, or loaded by one that did. Inline styles are allowed: the diff and
 * the charts set them, and without remote addresses a style has nowhere to send what it could read.
 */
export function contentSecurityPolicy({ url, nonce, development }: HeaderFacts): string {
  const directives = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws: wss:" : ""}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    ...(url.protocol === "https:" ? ["upgrade-insecure-requests"] : []),
  ];
  return directives.join("; ");
}

/** The same for every answer, API answers included. */
export function plainHeaders(url: URL): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "x-dns-prefetch-control": "off",
    ...(url.protocol === "https:"
      ? { "strict-transport-security": "max-age=31536000; includeSubDomains" }
      : {}),
  };
}
