// What an independent reviewer works with, in one archive: what is promised and what is not, what enforces the charter, its
// versions, what the product is made of, how to attack it, and how to check the log elsewhere.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requirePermission } from "../../authz/require.ts";
import { transaction } from "../../db.ts";
import { ENFORCERS } from "../../pilots/enforcers.ts";
import { charterInForce, getCharter, getPilot } from "../../pilots/service.ts";
import { sha256Hex } from "../../protocol/signing.ts";
import type { Scope } from "../../scope.ts";
import { sbomOf } from "./sbom.ts";
import { type KitFile, tarOf } from "./tar.ts";

/** What each tries; they run on a host of their own, never on the installation that is looked at. */
const ATTACKS = [
  ["attack:import", "hostile git bundles against the import of patches"],
  ["attack:patch", "hostile branches and artefacts through import, tests, review, decision and merge"],
  ["attack:sandbox", "what an agent may try to leave its sandbox, to reach hosts, or to see others"],
  ["attack:log", "seeded alterations of the log, its bundles and its checkpoints"],
  ["attack:kill", "every process killed under load: what was acknowledged is there afterwards"],
  ["attack:trip", "worker and database killed around tripwires: each acts once"],
] as const;

/** Texts of the product itself, as it was installed. */
const OWN_TEXTS = ["SECURITY.md", "docs/threats.md", "docs/verification.md"] as const;

export interface Kit {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** The same for the same charter and installation; that it was handed out stands in the log with its digest. */
export async function handOutKit(scope: Scope, pilotId: string, root = process.cwd()): Promise<Kit> {
  requirePermission(scope, "exit.report", pilotId);
  const bytes = tarOf(await filesOf(scope, pilotId, root));
  const sha256 = sha256Hex(bytes);
  await transaction(scope, async (tx) => {
    tx.record({
      kind: "pilot.exit_kit_handed_out",
      about: [`pilot:${pilotId}`],
      charter: await charterInForce(tx.db, pilotId),
      detail: { sha256 },
    });
  });
  return { bytes, sha256 };
}

async function filesOf(scope: Scope, pilotId: string, root: string): Promise<KitFile[]> {
  const pilot = await getPilot(scope, pilotId);
  const texts = OWN_TEXTS.map(async (name) => ({ name, text: await readFile(join(root, name), "utf8") }));
  const charters = pilot.versions.map(async ({ id, version }) => {
    const { canonical } = await getCharter(scope, id);
    return { name: `charters/v${version}.json`, text: `${canonical}\n` };
  });
  const lock = await readFile(join(root, "package-lock.json"), "utf8");
  return [
    ...(await Promise.all([...texts, ...charters])),
    { name: "charters/enforcers.json", text: `${JSON.stringify(ENFORCERS, null, 2)}\n` },
    { name: "sbom.cdx.json", text: sbomOf(lock) },
    { name: "README.md", text: readmeOf(pilotId, pilot.charter) },
  ];
}

const readmeOf = (pilotId: string, { version, digest }: { version: number; digest: string }): string =>
  `# Reviewing pilot ${pilotId}

The charter in force is version ${version}, SHA-256 ${digest}: \`sha256sum\` of \`charters/v${version}.json\` without its last newline.

- \`SECURITY.md\`: what is promised, and what is not. \`docs/threats.md\`: hostile input, line by line, with the test that holds it.
- \`charters/enforcers.json\`: what enforces each field of a charter, and where it does not reach.
- \`sbom.cdx.json\`: what the product is made of (CycloneDX 1.6). \`excluded\` is needed to build it alone.

## Attack it

From a clone of the product, on a host of its own:

${ATTACKS.map(([name, text]) => `- \`npm run ${name}\`: ${text}.`).join("\n")}

## Check the log elsewhere

Export the pilot's log from its page, get the policy from the notary's keeper and not from where the log came, and run

    pilothouse-verify BUNDLE.jsonl --policy POLICY

\`docs/verification.md\` says what is checked and what it cannot show.
`;
