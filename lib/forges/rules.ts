// Where a forge is, and what is told about a token. Pure.
import { DAY } from "../clock.ts";
import { badInput } from "../errors.ts";
import { hookUrl } from "../notices/rules.ts";
import type { Said } from "./connections/schema.ts";

const NAME = "[A-Za-z0-9_.-]{1,100}";
const PATH = new RegExp(`^/(${NAME})/(${NAME}?)(?:\\.git)?/?$`);
const DOTS = /^\.{1,2}$/;

export interface ForgePlace {
  /** As people write it, without `.git`. */
  readonly address: string;
  readonly host: string;
  readonly owner: string;
  readonly repo: string;
  readonly apiUrl: string;
  /** What git pushes to. */
  readonly gitUrl: string;
}

const WRONG =
  "Only repositories of GitHub are connected: https://github.com/OWNER/NAME, or one's own server's.";

/** Throws bad_input with a sentence. */
export function forgePlace(written: string, allowedHosts: readonly string[]): ForgePlace {
  const url = hookUrl(written, allowedHosts);
  const [, owner = "", named = ""] = PATH.exec(url.pathname) ?? [];
  const repo = named.replace(/\.git$/, "");
  if (owner === "" || repo === "" || DOTS.test(owner) || DOTS.test(repo) || url.search !== "")
    throw badInput(WRONG, { address: [WRONG] });
  const { origin, host } = url;
  const address = `${origin}/${owner}/${repo}`;
  const apiUrl = host === "github.com" ? "https://api.github.com" : `${origin}/api/v3`;
  return { address, host, owner, repo, apiUrl, gitUrl: `${address}.git` };
}

/** From here on people are told that a token ends. */
const WARN = 30 * DAY;

/** What people are told about a token's end; null where there is nothing to tell. */
export function tokenSaid(kind: string, expiresAt: Date | null, now: number): Said | null {
  if (kind !== "token") return null;
  if (expiresAt === null)
    return { tone: "warn", text: "Nobody said when the token expires. An app's tokens last an hour." };
  const left = expiresAt.getTime() - now;
  if (left <= 0)
    return { tone: "bad", text: "The token has expired by the day that was given. Connect with a new one." };
  if (left > WARN) return null;
  const days = Math.ceil(left / DAY);
  const text = `The token expires in ${days} ${days === 1 ? "day" : "days"}. Connect with a new one before.`;
  return { tone: "warn", text };
}

/** Days before the end that people are told of it, each once; at the end itself once more. */
export const TOKEN_STEPS = [30, 7, 1, 0] as const;
export type TokenStep = (typeof TOKEN_STEPS)[number];

/** The nearest one that has come; null where the end is further away. */
export function tokenStep(expiresAt: Date, now: number): TokenStep | null {
  const left = expiresAt.getTime() - now;
  return TOKEN_STEPS.findLast((days) => left <= days * DAY) ?? null;
}
