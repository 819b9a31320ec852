// GitHub calls that something was deployed. Whoever calls here has shown that GitHub signed it.
import type { Tx } from "../../db.ts";
import { badInput } from "../../errors.ts";
import { forgePlace } from "../../forges/rules.ts";
import type { Scope } from "../../scope.ts";
import { recordInTx } from "../imports/record-batch.ts";
import { deploymentRow, forgeSource } from "./rules.ts";
import { DeploymentCall } from "./schema.ts";

/** Calls that tell of a deployment. */
export const TELLING_OF_DEPLOYMENTS: readonly string[] = ["deployment", "deployment_status"];

export interface CalledAbout {
  readonly repositoryId: string;
  /** Of the connection. */
  readonly address: string;
  readonly body: Uint8Array;
}

function parsed(body: Uint8Array): DeploymentCall {
  try {
    return DeploymentCall.parse(JSON.parse(Buffer.from(body).toString("utf8")));
  } catch (cause) {
    throw Object.assign(badInput("This is no call about a deployment as GitHub's API has it."), { cause });
  }
}

/** A webhook of a whole organisation calls about its other repositories, too: those are nothing of this connection's. */
export async function takeDeploymentCall(
  tx: Tx,
  scope: Scope,
  { repositoryId, address, body }: CalledAbout,
): Promise<void> {
  const call = parsed(body);
  const { host, owner, repo } = forgePlace(address, [new URL(address).hostname]);
  if (call.repository.full_name.toLowerCase() !== `${owner}/${repo}`.toLowerCase()) return;
  const row = deploymentRow(repositoryId, call.deployment, call.deployment_status ?? null);
  if (row === null) return;
  const batch = { kind: "deployment", way: "github_call", source: forgeSource(host), rows: [row] } as const;
  await recordInTx(tx, scope, batch, null);
}
