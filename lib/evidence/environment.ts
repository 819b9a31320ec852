// One digest over everything a verification ran with: two pieces of evidence with the same were made alike. Pure.
import type { Checks } from "../protocol/checks.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import type { EvidenceDocument } from "./document.ts";

export type Made = Pick<EvidenceDocument, "environment" | "setup" | "argv"> & {
  readonly checks?: Checks | undefined;
};

export function environmentDigest({ environment, setup, argv, checks }: Made): string {
  const tools = (checks?.tools ?? []).map(({ name, version }) => `${name} ${version}`).toSorted();
  const installed = setup ? { base: setup.base.contents, patch: setup.patch?.contents ?? null } : null;
  const command = checks?.command ?? argv;
  return sha256Hex(Buffer.from(canonicalText({ environment, tools, installed, command }), "utf8"));
}

/** What the digest covers, each by the name people know it by. */
export function ranWith({ environment, setup, argv, checks }: Made): Readonly<Record<string, string>> {
  const tools = (checks?.tools ?? []).map(({ name, version }) => [name, version] as const);
  return {
    ...environment,
    ...Object.fromEntries(tools),
    ...(setup ? { "what setup left on the base": setup.base.contents } : {}),
    ...(setup?.patch ? { "what setup left with the patch": setup.patch.contents } : {}),
    command: (checks?.command ?? argv).join(" "),
  };
}
