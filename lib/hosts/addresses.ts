// Which addresses worker and runner may connect to for somebody else: those of the public internet.
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** Why an address is refused, or null. Anything that is not plain public unicast is refused, mapped and tunnelled forms too. */
export function addressProblem(address: string): string | null {
  if (!ipaddr.isValid(address)) return "is not an IP address";
  const parsed = ipaddr.process(address);
  if (parsed.toString() === AZURE_HOST) return "is where a cloud's metadata service answers";
  const range = parsed.range();
  if (range !== "unicast") return KNOWN[range] ?? `is in a special-purpose range (${range})`;
  if (parsed.kind() === "ipv6" && !parsed.match(GLOBAL_UNICAST)) return "is not a public address";
  return null;
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));

/** The same, of this host's own addresses too: what listens on all of them is not meant for others by that. */
export function addressProblemHere(address: string, own: readonly string[] = ownAddresses()): string | null {
  const problem = addressProblem(address);
  if (problem !== null) return problem;
  const isOwn = own.some((each) => ipaddr.isValid(each) && isSameAddress(each, address));
  return isOwn ? "is this machine itself" : null;
}

const isSameAddress = (one: string, other: string): boolean =>
  ipaddr.process(one).toNormalizedString() === ipaddr.process(other).toNormalizedString();

/** Of a public range, and answered by the host of a virtual machine itself. */
const AZURE_HOST = "168.63.129.16";
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3") as [ipaddr.IPv6, number];

const KNOWN: Readonly<Record<string, string>> = {
  private: "is in a private network",
  uniqueLocal: "is in a private network",
  loopback: "is this machine itself",
  unspecified: "is this machine itself",
  linkLocal: "is link-local, where cloud metadata services answer",
  carrierGradeNat: "is in a carrier's private network",
  multicast: "is a multicast address",
  broadcast: "is a broadcast address",
};
