// What secretlint's recommended rules do not name, and a run is likely to print. Each pattern is linear, or bounded,
// on any text. A first group, where there is one, is the secret.
const BREAK = "(?:\\s|\\\\[rn])";
const BASE64 = "[A-Za-z0-9+/=]";
const KEY = "(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----";

export const PATTERNS: readonly { readonly rule: string; readonly pattern: RegExp }[] = [
  {
    // Also a key whose end was cut off, an encrypted one, and one of a kind of its own.
    rule: "privatekey",
    pattern: new RegExp(
      `-----BEGIN ${KEY}(?:${BREAK}+[A-Za-z-]{1,30}: [^\\r\\n\\\\]{1,200}){0,4}${BREAK}*${BASE64}{20,}` +
        `(?:${BREAK}+${BASE64}{20,})*(?:${BREAK}+${BASE64}{1,80}(?=${BREAK}*-----END))?(?:${BREAK}*-----END ${KEY})?`,
      "dg",
    ),
  },
  {
    rule: "authorization",
    pattern:
      /\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token)\s{1,3}([A-Za-z0-9._~+/=-]{16,4096})/dgi,
  },
  {
    rule: "jwt",
    pattern:
      /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,4096}\.eyJ[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{10,2048}/dg,
  },
  { rule: "npm", pattern: /https?:\/\/([^\s:@/]{16,256}):x-oauth-basic@/dg },
  { rule: "google", pattern: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/dg },
  { rule: "pilothouse", pattern: /(?<![A-Za-z0-9_-])ph[a-z]_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/dg },
];
