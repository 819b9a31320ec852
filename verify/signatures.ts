// Whether a checkpoint is one that the policy accepts.
import { type Checkpoint, signedBy } from "./note.ts";
import { type Policy, reaches } from "./policy.ts";
import { type Findings, type Outcome, shown } from "./report.ts";

/** Whether a log key of the policy signed it, and no known key's signature is false. Null: says why not. */
export function whyNotSigned({ origin, note }: Checkpoint, { logs }: Policy): string | null {
  const own = logs.filter(({ name }) => name === origin);
  if (own.length === 0) return `the policy names no key of the log ${shown(origin)}`;
  const signed = own.map((key) => signedBy(note, key)).filter((result) => result !== null);
  if (signed.length === 0) return `no key that the policy gives to ${shown(origin)} has signed it`;
  return signed.every(({ ok }) => ok) ? null : `the signature of ${shown(origin)} over it is false`;
}

/** Says about the checkpoint of a bundle or a proof what its signatures are worth. */
export function checkSignatures(checkpoint: Checkpoint, policy: Policy, findings: Findings): void {
  const add = (outcome: Outcome, says: string) => findings.add("checkpoint", outcome, says);
  const { origin, size, note } = checkpoint;
  const refusal = whyNotSigned(checkpoint, policy);
  if (refusal !== null) add("fails", `The checkpoint is not the log's: ${refusal}.`);
  else add("holds", `The checkpoint of ${size} entries is signed by the log ${shown(origin)}.`);

  const cosigned = new Map<string, string>();
  for (const [name, key] of policy.witnesses) {
    const signature = signedBy(note, key);
    if (signature?.ok) cosigned.set(name, `${shown(name)} (${timeOf(signature.time)})`);
    else if (signature) add("fails", `The cosignature of the witness ${shown(name)} is false.`);
  }
  const by = [...cosigned.values()].join(", ") || "nobody";
  const nobody = "nobody outside vouches";
  if (policy.quorum === "none") {
    add("note", `The policy asks for no witness: ${nobody} that others were shown the same log.`);
    if (cosigned.size > 0) add("note", `Cosigned nevertheless by ${by}.`);
  } else if (reaches(policy, policy.quorum, new Set(cosigned.keys())))
    add("holds", `Cosigned as the policy wants, by ${by}.`);
  else {
    const quorum = `The quorum ${shown(policy.quorum)} is not reached; cosigned by ${by}`;
    add("not_shown", `${quorum}. Without it ${nobody} for this checkpoint.`);
  }
}

function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString().replace(".000Z", "Z");
}
