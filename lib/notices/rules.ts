// When something is told, when it is tried again, and where it may be sent. Pure: the clock is an argument.
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../clock.ts";
import { badInput } from "../errors.ts";
import type { ChannelKind, Hours } from "./schema.ts";

const MINUTES_A_DAY = 1440;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError for a zone nobody knows. */
export function minuteOfDay(timeZone: string, at: number): number {
  const known =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  formats.set(timeZone, known);
  const [hour = "0", minute = "0"] = known.format(at).split(":");
  return Number(hour) * 60 + Number(minute);
}

export function isTimeZone(name: string): boolean {
  try {
    minuteOfDay(name, 0);
    return true;
  } catch {
    return false; // that is the answer
  }
}

/** From the first minute to before the last; past midnight where the end is earlier. */
const isWithin = ({ fromMinute, toMinute }: Hours, minute: number): boolean =>
  fromMinute < toMinute
    ? fromMinute <= minute && minute < toMinute
    : fromMinute <= minute || minute < toMinute;

/** No zone moves its clocks further at once, but by whole days. */
const FURTHEST_SHIFT = 180;

/** The first moment outside of the quiet hours; null where it is not quiet. A night with a clock change is as long as it is. */
export function quietUntil(hours: Hours | null, now: number): number | null {
  if (hours === null || !isWithin(hours, minuteOfDay(hours.timeZone, now))) return null;
  let at = Math.floor(now / MINUTE) * MINUTE;
  const rest = (hours.toMinute - minuteOfDay(hours.timeZone, at) + MINUTES_A_DAY) % MINUTES_A_DAY;
  // No change of clocks in between: the usual night, without looking at each of its minutes.
  if (minuteOfDay(hours.timeZone, at + rest * MINUTE) === hours.toMinute) return at + rest * MINUTE;
  for (;;) {
    const minute = minuteOfDay(hours.timeZone, at);
    if (!isWithin(hours, minute)) return at;
    const left = (hours.toMinute - minute + MINUTES_A_DAY) % MINUTES_A_DAY;
    at += Math.max(1, left - FURTHEST_SHIFT) * MINUTE;
  }
}

/** What comes so soon after another of its kind is gathered. */
export const GATHER = 5 * MINUTE;

export interface Pace {
  readonly now: number;
  readonly grave: boolean;
  readonly hours: Hours | null;
  /** When something of the kind was told last, or is to be told next; null where nothing was lately. */
  readonly toldAt: number | null;
  /** After this it is of no use. */
  readonly uselessAt: number | null;
}

/** When it is told. Grave things at once; others after the quiet hours, unless they would be of no use by then. */
export function dueAt({ now, grave, hours, toldAt, uselessAt }: Pace): number {
  if (grave) return now;
  const gathered = toldAt === null ? now : Math.max(now, toldAt + (toldAt > now ? 0 : GATHER));
  const due = quietUntil(hours, gathered) ?? gathered;
  return uselessAt !== null && due >= uselessAt ? now : due;
}

const WAITS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR];
/** Until the next try, after so many that failed. */
export const waitAfter = (failures: number): number => WAITS[Math.max(0, failures - 1)] ?? HOUR;
/** What has waited for so long is given up, and said to be. */
export const GIVE_UP_AFTER = 3 * DAY;
/** After so many tries in a row a channel counts as down, and people are told by their others. */
export const DOWN_AFTER = 3;
/** Tries of one delivery that the other side refuses while it takes others. */
export const REFUSALS = 5;
/** Whoever takes a delivery has this long; longer than every timeout of sending together. */
export const CLAIMED_FOR = 2 * MINUTE;

/** Past half of its time. */
export const isHalfOver = (createdAt: number, expiresAt: number, now: number): boolean =>
  now >= createdAt + (expiresAt - createdAt) / 2;

/** Of a budget, from where on it is nearly spent. */
export const NEARLY = 80;
export const percentOf = (used: number, limit: number): number =>
  limit <= 0 ? 0 : Math.floor((used / limit) * 100);

const wrongUrl = (sentence: string) => badInput(sentence, { url: [sentence] });
/** 127.0.0.0/8, ::1 and the name for them. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host);

/** https, or http to this host itself where an operator named it. Throws bad_input; its sentence holds nothing of the address. */
export function hookUrl(written: string, allowedHosts: readonly string[]): URL {
  if (!URL.canParse(written)) throw wrongUrl("This is no address. Paste it whole, beginning with https://.");
  const url = new URL(written);
  const allowed = isLoopback(url.hostname) && allowedHosts.includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && allowed))
    throw wrongUrl("Only addresses with https:// are used.");
  if (url.username !== "" || url.password !== "")
    throw wrongUrl("Leave user name and password out of the address.");
  if (url.hash !== "") throw wrongUrl("Leave everything from “#” on out of the address.");
  return url;
}

/** Without TLS a password and what is said could be read on the way. */
export function refuseOpenMail(host: string, security: string, allowedHosts: readonly string[]): void {
  if (security !== "none" || (isLoopback(host) && allowedHosts.includes(host))) return;
  const sentence = "Mail goes out over TLS only. Choose TLS or STARTTLS.";
  throw badInput(sentence, { security: [sentence] });
}

/** Channels that one address of many readers stands behind; the others write to each person. */
export const isShared = (kind: ChannelKind): boolean => kind !== "smtp";

/** All readers of a shared channel see what one who asked may see: those alone may ask who know where it leads. */
export const mayUseShared = (grants: readonly RoleGrant[]): boolean =>
  can(
    grants.filter(({ pilotId }) => pilotId === null),
    "channel.view",
  );
export const mayUse = (grants: readonly RoleGrant[], kind: ChannelKind): boolean =>
  !isShared(kind) || mayUseShared(grants);

/** What entries commit to before and after. */
export const channelState = (channel: {
  readonly id: string;
  readonly removed: boolean;
  readonly secrets: readonly string[];
}) => ({ channel: channel.id, removed: channel.removed, secrets: [...channel.secrets].sort() });

/** 1290 → 21:30. */
export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
export const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
