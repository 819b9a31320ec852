import { DAY, HOUR, MINUTE } from "../clock.ts";

export const SESSION_LENGTH = 12 * HOUR;
export const LINK_LENGTH = 24 * HOUR;
/** How exactly it is known when a session was last used. */
export const SEEN_EVERY = MINUTE;

/** When a session ends if nothing more happens, milliseconds: absolutely, unused for `idle`, or unchecked by its provider. */
export function endOf(
  session: { readonly expiresAt: Date; readonly lastSeenAt: Date; readonly checkBy: Date | null },
  idle: number,
): number {
  const unchecked = session.checkBy?.getTime() ?? Number.POSITIVE_INFINITY;
  return Math.min(session.expiresAt.getTime(), session.lastSeenAt.getTime() + idle, unchecked);
}

export const MIN_PASSWORD = 12;
const MAX_PASSWORD = 200;

/** Letters and digits only, so that "A.Lovelace" is found in "alovelace2026". */
const plain = (text: string) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

/** What is wrong with a new password, as sentences; empty when it may be used. */
export function passwordProblems(password: string, person: { email: string; name: string }): string[] {
  const length = [...password].length;
  if (length < MIN_PASSWORD) return [`Use ${MIN_PASSWORD} characters or more; this has ${length}.`];
  if (length > MAX_PASSWORD) return [`Use at most ${MAX_PASSWORD} characters.`];
  if (new Set(password).size < 5) return ["Use at least five different characters."];
  const own = [person.email.split("@")[0] ?? "", person.email, ...person.name.split(/\s+/), "pilothouse"].map(
    plain,
  );
  const rest = own
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((text, word) => text.replaceAll(word, ""), plain(password));
  // Symbols count: only what the person's own words contribute is taken away.
  const taken = plain(password).length - rest.length;
  if (length - taken < 8)
    return ["Leave out your name and your e-mail address, or add eight other characters."];
  return [];
}

const FREE_TRIES = 5;
const LONGEST_WAIT = 15 * MINUTE;
/** After this long without a failure the count starts anew. */
export const FORGET_AFTER = DAY;

/** Milliseconds an account waits at one address after its nth failure in a row: 0 four times, then 1, 2, 4, 8, 15 minutes. */
export function waitAfter(failures: number): number {
  if (failures < FREE_TRIES) return 0;
  return Math.min(MINUTE * 2 ** Math.min(failures - FREE_TRIES, 10), LONGEST_WAIT);
}

export interface Throttle {
  readonly failures: number;
  readonly blockedUntil: number;
}

/** The throttle with one more try taken, or null while it is closed. A try counts as failed until it succeeds. */
export function takeTry(before: Throttle | null, now: number): Throttle | null {
  if (before && before.blockedUntil > now) return null;
  const failures = before && now - before.blockedUntil < FORGET_AFTER ? before.failures + 1 : 1;
  return { failures, blockedUntil: now + waitAfter(failures) };
}

function inMinutes(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / MINUTE);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/** The same sentence whether or not the account exists. */
export function wrongSentence(failures: number): string {
  const left = FREE_TRIES - failures;
  const wait = waitAfter(failures);
  if (wait > 0) return `E-mail or password is wrong. Wait ${inMinutes(wait)} before the next try.`;
  const tries = left === 1 ? "1 try" : `${left} tries`;
  return `E-mail or password is wrong. ${tries} left, then a wait of ${inMinutes(waitAfter(FREE_TRIES))}.`;
}

/** The same count where somebody changes their own. */
export const wrongPresent = (failures: number): string =>
  wrongSentence(failures).replace("E-mail or password is wrong.", "This is not your present password.");

export const blockedSentence = (wait: number): string =>
  `Too many tries for this account from your address. Try again in ${inMinutes(wait)}; sessions already open go on.`;

/** One key per host: an IPv6 host owns its whole /64, an IPv4 address may come wrapped. */
export function hostOf(address: string): string {
  const bare = address.toLowerCase().replace(/%.*$/, "");
  const wrapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (wrapped) return wrapped;
  if (!bare.includes(":")) return bare;
  if (bare === "::1") return "127.0.0.1";
  const [head = "", tail] = bare.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const groups = [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

/** `next` when it is a path of this site, else "/". */
export function safeNext(next: string): string {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\")) return "/";
  const resolved = new URL(next, "http://pilothouse.invalid");
  if (resolved.origin !== "http://pilothouse.invalid" || resolved.pathname.startsWith("//")) return "/";
  return `${resolved.pathname}${resolved.search}${resolved.hash}`;
}

export function linkState(
  link: { usedAt: Date | null; expiresAt: Date },
  now: number,
): "usable" | "used" | "expired" {
  if (link.usedAt) return "used";
  return link.expiresAt.getTime() > now ? "usable" : "expired";
}
