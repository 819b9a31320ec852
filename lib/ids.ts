// Ids are `<prefix>_` + 9 base-32 characters of milliseconds + 13 random ones (65 bits): they sort by
// time under collation "C", which is what the monthly partitions of run_event are cut by.
import { randomBytes } from "node:crypto";

const PREFIXES = {
  person: "per",
  grant: "grt",
  role: "rol",
  group: "grp",
  deputy: "dep",
  duty: "dty",
  session: "ses",
  link: "lnk",
  identity: "idt",
  repository: "rep",
  pilot: "pil",
  draft: "dft",
  charter: "cha",
  agent: "agt",
  runner: "rnr",
  enrolment: "enr",
  run: "run",
  launch_refusal: "lrf",
  lease: "lse",
  blob: "blb",
  patch: "pat",
  evidence: "evi",
  outside_check: "chk",
  artefact: "art",
  gate: "gat",
  approval: "apr",
  merge: "mrg",
  sighting: "sgt",
  stop: "stp",
  drill: "drl",
  control_test: "ctt",
  trip: "trp",
  weekly_pack: "wkp",
  exit_review: "exr",
  exit_report: "xrp",
  entry: "ent",
  access: "acc",
  export: "exp",
  redaction: "red",
  showing: "shw",
  provider: "prv",
  provider_key: "pky",
  provider_test: "pvt",
  gateway_key: "gwk",
  price: "prc",
  rate: "rte",
  call: "mcl",
  finding: "fnd",
  suppression: "sup",
  message: "msg",
  thread: "thr",
  comment: "cmt",
  ask: "ask",
  notice_key: "nky",
  channel: "chn",
  notice_secret: "nsc",
  delivery: "dlv",
  notice: "ntc",
  passkey: "psk",
  passkey_challenge: "pch",
  token: "tok",
  release: "rls",
  callback: "cbk",
  credential: "crd",
  forge: "frg",
  upstream_key: "upk",
  import: "imp",
  deployment: "dpl",
  incident: "inc",
  outside_change: "chg",
  ci_run: "cir",
  page_call: "pgc",
  fetch: "fch",
  pager: "pgr",
  comparison: "cmp",
  comparison_attempt: "cpa",
  procurement_note: "pcn",
  request: "req",
} as const;

export type IdPrefix = keyof typeof PREFIXES;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford: no i, l, o, u
const TIME_LENGTH = 9;
const RANDOM_LENGTH = 13;

function timePart(milliseconds: number): string {
  let rest = milliseconds;
  let text = "";
  for (let i = 0; i < TIME_LENGTH; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Randomness is asked for many ids at once: each asking costs more than an id. */
const POOL_LENGTH = 256 * RANDOM_LENGTH;
let pool = randomBytes(0);

function randomPart(): string {
  if (pool.length === 0) pool = randomBytes(POOL_LENGTH);
  let text = "";
  for (const byte of pool.subarray(0, RANDOM_LENGTH)) text += ALPHABET.charAt(byte & 31);
  pool = pool.subarray(RANDOM_LENGTH);
  return text;
}

/** A new id, e.g. `run_01jb3c9q2m8x…`. Ids of later milliseconds sort after earlier ones. */
export function newId(prefix: IdPrefix, now: number = Date.now()): string {
  return `${PREFIXES[prefix]}_${timePart(now)}${randomPart()}`;
}

/** Lowest id of an instant; the bound of a partition. */
export function idBound(prefix: IdPrefix, milliseconds: number): string {
  return `${PREFIXES[prefix]}_${timePart(milliseconds)}`;
}

export function idPattern(prefix: IdPrefix): RegExp {
  return new RegExp(`^${PREFIXES[prefix]}_[${ALPHABET}]{${TIME_LENGTH + RANDOM_LENGTH}}$`);
}
