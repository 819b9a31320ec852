// `npm run evidence:reproduce ID` from the launcher's side: the worker's user collects what the evidence was made from, a runner's
// program without a database verifies it again, and what it saw is judged and compared here.
import { access, chmod, chown, constants, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { badInput, messageOf, refused, unavailable } from "#lib/errors.ts";
import { heldToCanary } from "#lib/evidence/canary-rule.ts";
import { checkDoubts } from "#lib/evidence/check-doubts.ts";
import { compare, isReproduced } from "#lib/evidence/compare.ts";
import { EvidenceDocument } from "#lib/evidence/document.ts";
import { environmentDigest } from "#lib/evidence/environment.ts";
import { judgeRevert } from "#lib/evidence/revert-rules.ts";
import { judge } from "#lib/evidence/rules.ts";
import { tryHostLock } from "#lib/host-lock.ts";
import { idPattern } from "#lib/ids.ts";
import { roleUrls } from "#lib/migrate/roles.ts";
import { Finish } from "#lib/protocol/schema.ts";
import { runToEnd } from "../command.ts";
import { openDatabase } from "../database.ts";
import { type Layout, prepareFolders } from "../layout.ts";
import type { Progress } from "../progress.ts";
import { type Deployment, workerVariables } from "../settings.ts";
import { told } from "./told.ts";

const Order = z.object({
  evidence: z.string(),
  digest: z.string(),
  document: EvidenceDocument,
  claimed: z.array(z.string()),
});
type Order = z.infer<typeof Order>;

const Observed = Finish.options[4];
/** The sandbox's user walks through to what it may read. */
const PASSAGE = 0o711;

/** As the program ends; the help says so. */
export const EXIT = { reproduced: 0, differs: 1, not_tried: 2 } as const;

/** What it says, and whether it was reproduced. */
export interface Outcome {
  readonly isEqual: boolean;
  readonly text: string;
}

/** The exit code; everything a person has to know is said. */
export async function reproduceCommand(
  deployment: Deployment,
  databaseUrl: string | undefined,
  evidence: string,
  progress: Progress,
): Promise<number> {
  try {
    const { isEqual, text } = await reproduce(deployment, databaseUrl, evidence, progress);
    progress.say(`\n${text}`);
    return isEqual ? EXIT.reproduced : EXIT.differs;
  } catch (error) {
    progress.say(`\nEvidence ${evidence} was not tried again. ${messageOf(error)}`);
    return EXIT.not_tried;
  }
}

export async function reproduce(
  deployment: Deployment,
  databaseUrl: string | undefined,
  evidence: string,
  progress: Pick<Progress, "step">,
): Promise<Outcome> {
  if (!idPattern("evidence").test(evidence))
    throw badInput(
      "That is no evidence's ID: it begins with evi_ and stands on the run's page, beside its verdict.",
    );
  await requireDeployment(deployment.layout);
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-reproduce-"));
  // What the verification writes lies beside it: a link that the worker's user leaves would lead our own user elsewhere.
  const collected = join(folder, "collected");
  const { worker } = deployment.who;
  try {
    await mkdir(collected);
    for (const each of [folder, collected]) await chmod(each, PASSAGE);
    if (worker) await chown(collected, worker.uid, worker.gid);
    await progress.step("Collecting what the evidence was made from", async () => {
      await collect(deployment, databaseUrl, evidence, collected);
      return "What the evidence was made from is there";
    });
    const order = Order.parse(JSON.parse(await readFile(join(collected, "order.json"), "utf8")));
    await progress.step("Verifying again", async () => {
      const program = join(deployment.root, "runner/reproduce.ts");
      const env = { PATH: process.env.PATH, LANG: "C.UTF-8" };
      await runToEnd("The verification", [process.execPath, program, folder], {
        ...{ cwd: deployment.root, env, isOurs: true },
      });
      return "Verified again";
    });
    return outcomeOf(order, JSON.parse(await readFile(join(folder, "observed.json"), "utf8")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reading evidence makes no deployment where there is none. */
async function requireDeployment({ data, secrets, blobs }: Layout): Promise<void> {
  for (const folder of [data, secrets, blobs]) {
    try {
      await access(folder, constants.R_OK | constants.X_OK);
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      throw isMissing
        ? refused(
            `There is no deployment in ${data}: set PILOTHOUSE_DATA to the folder that \`npm run up\` of this deployment was given.`,
          )
        : unavailable(
            `${folder} cannot be read by ${userInfo().username}: run this as the user that runs \`npm run up\`.`,
            error,
          );
    }
  }
}

async function collect(
  deployment: Deployment,
  databaseUrl: string | undefined,
  evidence: string,
  folder: string,
): Promise<void> {
  const { root, layout, who } = deployment;
  const lock = await tryHostLock(`up ${layout.data}`);
  if (lock) await prepareFolders(layout, who);
  const database = await openDatabase(databaseUrl, layout, who);
  try {
    const env = workerVariables(deployment, await roleUrls(database.ownerUrl, layout.secrets), process.env);
    const command = [process.execPath, join(root, "cli/evidence/collect.ts"), evidence, folder] as const;
    await runToEnd("Collecting", [...command], { cwd: root, env, identity: who.worker, isOurs: true });
  } finally {
    if (lock) await database.stop();
    await lock?.release();
  }
}

/** Judges and compares; pure but for its words. */
export function outcomeOf(order: Order, seen: unknown): Outcome {
  const { environment, observations, checks, newTests, setup } = Observed.parse(seen);
  const argv = observations[0]?.argv ?? [];
  const made = {
    ...{ environment, argv },
    ...(setup ? { setup: { ...setup, changed: [] } } : {}),
    ...(checks ? { checks } : {}),
  };
  const doubts = checkDoubts(checks, argv);
  const { reverts } = order.document;
  const judgement = heldToCanary(
    reverts
      ? judgeRevert(observations, reverts, doubts)
      : judge(observations, order.claimed, doubts, newTests ?? null),
    order.document.canaryRule ?? "never",
    { checks, observations },
  );
  const again = { ...made, judgement, observations, environmentDigest: environmentDigest(made) };
  const parts = compare(order.document, again);
  return { isEqual: isReproduced(parts), text: told(order, parts) };
}
