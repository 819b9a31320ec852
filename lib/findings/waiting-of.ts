import type { Db } from "../db.ts";
import { subjectDigest } from "./rules.ts";
import { selectRunless } from "./runless-store.ts";

export interface WaitingFinding {
  readonly id: string;
  readonly rule: string;
  /** As it was opened with. */
  readonly subject: string;
  readonly at: Date;
}

/** Of findings that belong to no run: those of these rules about these subjects that nobody has dealt with. */
export async function waitingOf(
  db: Db,
  rules: readonly string[],
  subjects: readonly string[],
): Promise<WaitingFinding[]> {
  const byDigest = new Map(subjects.map((subject) => [subjectDigest(subject).toString("hex"), subject]));
  return (await selectRunless(db, rules)).flatMap(({ subject, ...finding }) => {
    const known = byDigest.get(Buffer.from(subject).toString("hex"));
    return known === undefined ? [] : [{ ...finding, subject: known }];
  });
}
