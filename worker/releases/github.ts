// What GitHub is told about a release, as its REST API has it (2022-11-28): a token for the app's installation, the run
// that waits, and the review of its deployment protection rule.
import { z } from "zod";
import { type CallbackPlace, callbackPlace } from "#lib/releases/callbacks/rules.ts";
import type { Credential } from "#lib/releases/callbacks/schema.ts";
import type { CallOutcome, ToTell } from "#lib/releases/callbacks/tell-decision.ts";
import { appToken } from "../forges/github/app-token.ts";
import { down } from "../notices/outcome.ts";
import { ask, judgeStatus, type PostLimits } from "../notices/post.ts";

export interface Calling {
  readonly limits: PostLimits;
  readonly now: number;
}

const OTHER_HOST = "The address is on another host than what it is told with was set for.";
const HEADERS = { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" };

/** Refused where the run that waits is of another commit than the one that was decided on. */
export async function tellGitHub(
  { callback, told }: ToTell,
  credential: Credential,
  calling: Calling,
): Promise<CallOutcome> {
  const place = callbackPlace(callback.url, calling.limits.allowedHosts);
  // The credential was sealed for one host; web, which writes the address, may not choose another for it.
  if (place.host !== callback.host) return { outcome: "last", reason: OTHER_HOST };
  const token = await tokenFor(place, credential, calling);
  if (token === null) return down("It gave no token for the installation. Look at the app and its key.");
  const headers = { ...HEADERS, authorization: `Bearer ${token}` };
  if (told.state === "approved") {
    const run = await ask("GET", { url: place.runUrl, headers, body: "" }, calling.limits);
    const { head_sha: commit } = read(WorkflowRun, run.text) ?? {};
    if (run.status !== 200 || commit === undefined)
      return down(`It did not say of which commit the run that waits is (${run.status}).`);
    if (commit !== callback.commit)
      return {
        outcome: "last",
        reason: "The run that waits there is of another commit than what was decided on.",
      };
  }
  const { status } = await ask(
    "POST",
    { url: place.url, headers, body: JSON.stringify(told) },
    calling.limits,
  );
  return judgeStatus(status);
}

const WorkflowRun = z.object({ head_sha: z.string().max(100) });
const Installation = z.object({ token: z.string().regex(/^[\x21-\x7e]{1,2000}$/) });

function read<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null; // what it answered is not what its API has
  }
}

async function tokenFor(
  place: CallbackPlace,
  credential: Credential,
  { limits, now }: Calling,
): Promise<string | null> {
  if (credential.kind === "token") return credential.token;
  const headers = { ...HEADERS, authorization: `Bearer ${appToken(credential, now)}` };
  const url = place.tokenUrl(credential.installation);
  const { status, text } = await ask("POST", { url, headers, body: "" }, limits);
  return status === 201 ? (read(Installation, text)?.token ?? null) : null;
}
