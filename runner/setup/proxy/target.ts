// What stands in a request to a proxy, read in one way or not at all.

export interface Target {
  readonly host: string;
  readonly port: number;
}

const NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const PORT = /^[1-9][0-9]{0,4}$/;

/** A host name in small letters without the dot of the root; null for anything else. */
function nameOf(text: string): string | null {
  const name = text.toLowerCase().replace(/\.$/, "");
  return NAME.test(name) ? name : null;
}

function targetOf(host: string, port: string): Target | null {
  const name = nameOf(host);
  if (name === null || !PORT.test(port) || Number(port) > 65_535) return null;
  return { host: name, port: Number(port) };
}

/** Of CONNECT: `host:port`. An address in brackets is none. */
export function connectTarget(authority: string): Target | null {
  const colon = authority.lastIndexOf(":");
  return colon === -1 ? null : targetOf(authority.slice(0, colon), authority.slice(colon + 1));
}

export interface PlainTarget extends Target {
  /** Path with query, as it goes on. */
  readonly path: string;
}

const ABSOLUTE = /^http:\/\/([^/?#@:[\]\\\s]+)(?::([0-9]{1,5}))?(\/[\x21-\x7e]{0,8000})?$/i;

/** Of a plain request: `http://host[:port]/path`. No user, no fragment, no https. */
export function plainTarget(text: string): PlainTarget | null {
  const [, host = "", port = "80", path = "/"] = ABSOLUTE.exec(text) ?? [];
  const target = targetOf(host, port);
  return target === null || path.includes("#") ? null : { ...target, path };
}

const LAST_LABEL_IS_A_NUMBER = /(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)$/;

/** Whether a resolver might take it for an IPv4 address, in any of its spellings. */
export const isNumeric = (host: string): boolean => LAST_LABEL_IS_A_NUMBER.test(host);
