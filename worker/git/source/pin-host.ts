// Resolves the host of an upstream ourselves, refuses what is not public, and pins git's connection to
// what was checked, so that a second answer of the name server cannot lead elsewhere.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { messageOf, refused, unavailable } from "#lib/errors.ts";
import { addressProblem } from "#lib/hosts/addresses.ts";
import type { Destination, Moved } from "./counted-way.ts";

export interface NetworkPolicy {
  /** Hosts or addresses the operator allows although they are not public. */
  readonly allowedHosts: readonly string[];
  /** PEM file of further certificate authorities. */
  readonly caFile?: string;
  /** All addresses of a host; the system's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Told what each git sent and got, once it has ended. */
  readonly moved?: (moved: Moved) => void;
}

const systemResolve = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

async function addressesOf(host: string, policy: NetworkPolicy): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return await (policy.resolve ?? systemResolve)(host);
  } catch (error) {
    throw unavailable(`The host ${host} cannot be resolved (${messageOf(error)}).`, error);
  }
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

/** Where `url` leads: its host at the addresses that may be connected to. Throws `refused` or `unavailable`. */
export const checkHost = (url: URL, policy: NetworkPolicy): Promise<Destination> =>
  checkPlace({ host: hostOf(url), port: Number(url.port || "443") }, policy);

/** As `checkHost`; an IPv6 address without its brackets. */
export async function checkPlace(
  { host, port }: Pick<Destination, "host" | "port">,
  policy: NetworkPolicy,
): Promise<Destination> {
  const addresses = await addressesOf(host, policy);
  if (addresses.length === 0) throw unavailable(`The host ${host} has no address.`);
  for (const address of addresses) {
    const problem = addressProblem(address);
    if (problem === null || policy.allowedHosts.includes(host) || policy.allowedHosts.includes(address))
      continue;
    const which = address === host ? host : `${host} (${address})`;
    throw refused(
      `${which} ${problem}; Pilothouse reaches public hosts, and those that PILOTHOUSE_ALLOWED_HOSTS names.`,
    );
  }
  return { host, port, addresses };
}

/** The settings with which git reaches the destination of `url` and nothing else, by this proxy. */
export function pinnedSettings(
  { host, port, addresses }: Destination,
  policy: NetworkPolicy,
  proxy: string,
): Record<string, string> {
  const pinned = addresses.map((address) => (address.includes(":") ? `[${address}]` : address)).join(",");
  return {
    "http.followRedirects": "false",
    "http.proxy": proxy,
    "http.sslVerify": "true",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    ...(isIP(host) === 0 ? { "http.curloptResolve": `${host}:${port}:${pinned}` } : {}),
    ...(policy.caFile === undefined ? {} : { "http.sslCAInfo": policy.caFile }),
  };
}
