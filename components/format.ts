// Numbers and times as the interface writes them. Pure and the same on server and browser: nothing here asks
// for a locale, so a server-rendered page and its hydration agree to the letter.
import { DAY, HOUR, MINUTE, SECOND } from "#lib/clock.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 48213 → "48,213" */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** (1, "test") → "1 test"; (3, "test") → "3 tests" */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Millionths of a US dollar: 12_345_678 → "$12.35", 1_234 → "$0.0012". Not nothing is never shown as nothing. */
export function formatMicros(micros: number): string {
  if (micros > 0 && micros < 100) return "<$0.0001";
  const dollars = micros / 1_000_000;
  if (micros === 0 || Math.abs(dollars) >= 1) {
    const [whole = "0", cents] = dollars.toFixed(2).split(".");
    return `$${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}.${cents}`;
  }
  return `$${dollars.toFixed(4)}`;
}

/** Milliseconds as a person says them: "812 ms", "14.2 s", "2 min 11 s", "1 h 48 min", "3 d 4 h". */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 60 * SECOND) return `${ms < 20 * SECOND ? Math.floor(ms / 100) / 10 : Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return joined(Math.floor(ms / MINUTE), "min", Math.floor((ms % MINUTE) / SECOND), "s");
  if (ms < DAY) return joined(Math.floor(ms / HOUR), "h", Math.floor((ms % HOUR) / MINUTE), "min");
  return joined(Math.floor(ms / DAY), "d", Math.floor((ms % DAY) / HOUR), "h");
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** "12 s ago", "in 1 h 48 min"; within two seconds "now". */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 2 * SECOND) return "now";
  const coarse = distance < MINUTE ? `${Math.round(distance / SECOND)} s` : formatDuration(coarsen(distance));
  return at > now ? `in ${coarse}` : `${coarse} ago`;
}

/** Drops what nobody reads: seconds past a minute, minutes past six hours, hours past three days. */
function coarsen(distance: number): number {
  const unit = distance < 6 * HOUR ? MINUTE : distance < 3 * DAY ? HOUR : DAY;
  return Math.floor(distance / unit) * unit;
}

const two = (value: number) => String(value).padStart(2, "0");

/** "Thu 19 Nov 2026, 08:12:04 UTC" */
export function formatExact(iso: string): string {
  const at = new Date(iso);
  const day = `${WEEKDAYS[at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${day}, ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} UTC`;
}

/** "08:12:04", in UTC unless `local`. */
export function formatClock(iso: string, local = false): string {
  const at = new Date(iso);
  if (local) return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** "19 Nov", or "19 Nov 2025" with the year. */
export function formatDay(iso: string, withYear = false): string {
  const at = new Date(iso);
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
  return withYear ? `${day} ${at.getUTCFullYear()}` : day;
}

/** Binary units: 4096 → "4 KiB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}

/** "run_01jb3c9q2m8xabc…" → "run_" and the last five characters, as long ids are told apart by their end. */
export function shortId(id: string): string {
  const cut = id.indexOf("_");
  const rest = id.slice(cut + 1);
  return rest.length <= 8 ? id : `${id.slice(0, cut + 1)}${rest.slice(-5)}`;
}

export const shortHash = (hash: string): string => hash.slice(0, 8);

/** "Ines Okafor" → "IO" */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return `${first}${last}`.toUpperCase();
}
