// From the stored text of a charter to everything its processes obey.
import { createHash } from "node:crypto";
import { askPolicyOf } from "#lib/asks/rules.ts";
import { budgetsOf, outboundOf } from "#lib/model-calls/rules.ts";
import { charterText, parseCharter } from "#lib/pilots/canonical.ts";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { anchoringOf, limitsOf, setupPlanOf, testPlanOf } from "#lib/pilots/rules.ts";

const lines = (name: string) => Array.from({ length: 100 }, (_, at) => `${name}/part-${at}/**/*.ts`);

/** A charter with its lists as long as they may be. */
function longest(): string {
  const plain = defaultCharter("rep_0000000000000000000000", "main", "2030-12-31");
  return charterText({
    ...plain,
    scope: { ...plain.scope, allowedPaths: lines("src"), protectedPaths: lines("ci") },
    environment: { ...plain.environment, harnessPaths: lines("test") },
    controls: {
      ...plain.controls,
      allowedCommands: lines("npm run"),
      deniedCommands: lines("git push"),
    },
  });
}

export function compilers() {
  const text = longest();
  return {
    bytes: Buffer.byteLength(text),
    ours: () => {
      const charter = parseCharter(text);
      return [
        limitsOf(charter),
        testPlanOf(charter),
        setupPlanOf(charter),
        anchoringOf(charter),
        budgetsOf(charter),
        outboundOf(charter),
        askPolicyOf(charter),
      ];
    },
    /** Whoever trusts the text reads it and knows its digest. */
    floor: () => [JSON.parse(text), createHash("sha256").update(text).digest("hex")],
  };
}
