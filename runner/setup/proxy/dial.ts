// Connects to a host by a name that was looked up here, to the very address that was judged: a second answer of the name
// server leads nowhere.
import { lookup } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { messageOf, refused, unavailable } from "#lib/errors.ts";
import { addressProblemHere } from "#lib/hosts/addresses.ts";
import type { Target } from "./target.ts";

export interface Network {
  /** All addresses of a host; the system's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Why an address may not be connected to, or null; by default whatever is not of the public internet, or this host. */
  readonly problemOf?: (address: string) => string | null;
}

const RESOLVE_MS = 10_000;
const CONNECT_MS = 10_000;
/** Addresses of one host that are tried, one after the other. */
const MOST_ADDRESSES = 4;

const systemResolve = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Throws `refused` for a host that has any address which may not be reached, `unavailable` when it cannot be. */
export async function dial(target: Target, network: Network, signal: AbortSignal): Promise<Socket> {
  const addresses = await judged(target.host, network, signal);
  let problem = "it has no address";
  for (const address of addresses.slice(0, MOST_ADDRESSES)) {
    try {
      return await open(address, target.port, signal);
    } catch (error) {
      signal.throwIfAborted();
      problem = messageOf(error);
    }
  }
  throw unavailable(`${target.host} could not be reached: ${problem}`);
}

async function judged(host: string, network: Network, signal: AbortSignal): Promise<readonly string[]> {
  const { resolve = systemResolve, problemOf = addressProblemHere } = network;
  const late = AbortSignal.any([signal, AbortSignal.timeout(RESOLVE_MS)]);
  const addresses = await Promise.race([resolve(host), aborted(late)]).catch((error: unknown) => {
    signal.throwIfAborted();
    throw unavailable(`${host} could not be looked up: ${messageOf(error)}`);
  });
  for (const address of addresses) {
    const problem = isIP(address) === 0 ? "is not an IP address" : problemOf(address);
    if (problem !== null) throw refused(`An address of ${host} ${problem}.`);
  }
  return addresses;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function open(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: address, port, noDelay: true });
  const late = setTimeout(() => socket.destroy(new Error("it did not answer in time")), CONNECT_MS);
  const cut = () => socket.destroy(new Error("setup is over"));
  signal.addEventListener("abort", cut, { once: true });
  if (signal.aborted) cut();
  socket.once("connect", () => resolve(socket));
  socket.once("error", reject);
  socket.once("close", () => {
    signal.removeEventListener("abort", cut);
    reject(new Error("the connection was closed"));
  });
  return promise.finally(() => clearTimeout(late));
}
