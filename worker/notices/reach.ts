// Where something may be sent: names are looked up here, every address they lead to is judged, and the connection goes
// to what was judged, so that a second answer of a name server cannot lead elsewhere.
import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { addressProblemHere } from "#lib/hosts/addresses.ts";
import { Unreachable } from "./outcome.ts";

export interface Reach {
  /** Hosts an operator allows although their addresses are not public. Link-local ones stay refused. */
  readonly allowedHosts: readonly string[];
  /** All addresses of a host; the system's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

const systemResolve = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

const NEVER = /link-local|metadata|multicast|broadcast|special-purpose|not an IP/;

/** Judged addresses of a host, as URLs or people write it. Throws Unreachable. */
export async function reachable(written: string, reach: Reach): Promise<readonly string[]> {
  const host = written.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await (reach.resolve ?? systemResolve)(host) : [host];
  if (addresses.length === 0) throw new Unreachable("The host has no address.");
  const isAllowed = reach.allowedHosts.includes(written) || reach.allowedHosts.includes(host);
  for (const address of addresses) {
    const problem = addressProblemHere(address);
    if (problem === null || (isAllowed && !NEVER.test(problem))) continue;
    throw new Unreachable(
      `Its address ${problem}; what is sent goes to public hosts, and to those that PILOTHOUSE_NOTICE_HOSTS names.`,
    );
  }
  return addresses;
}

/** For sockets: what was judged, whatever they ask for. */
export const pinnedLookup =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = all;
    if (options.all) done(null, all);
    else done(null, first?.address ?? "", first?.family ?? 0);
  };
