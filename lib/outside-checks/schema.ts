// What somebody else's program says about a patch: a CI check, a test report. Kept under its own label, never mixed with what the
// harness saw, and never part of the verdict on it.
import { z } from "zod";

const NAME =
  "Name the check in letters, digits and blanks . _ / : ( ) -, such as ci/unit-tests, up to 100 characters.";

/** As its source calls it; a charter that requires it names it so. */
export const CheckName = z
  .string({ error: NAME })
  .max(100, NAME)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._/:()-]*(?<! )$/, NAME);

/** `incomplete`: cancelled, timed out, skipped, or anything else that neither passed nor failed. */
export const CheckVerdict = z.enum(["passed", "failed", "incomplete"], "Say passed, failed or incomplete.");
export type CheckVerdict = z.infer<typeof CheckVerdict>;

const GIT = "Name it by its 40 hexadecimal digits.";
const gitName = z.string({ error: GIT }).regex(/^[0-9a-f]{40}$/, GIT);

export const MOST_REPORT_CHARACTERS = 1_000_000;
const REPORT = `Send the JUnit XML as text of at most ${MOST_REPORT_CHARACTERS.toLocaleString("en")} characters.`;

const ADDRESS =
  "Give an address that begins with https://, without a user name in it, of at most 500 characters.";

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" && url.username === "" && url.password === "" && /^[!-~]+$/.test(text);
}

export const ReportCheck = z
  .strictObject({
    /** Needed where several runs made the same. */
    runId: z.string().min(1).max(100).optional(),
    /** Head that was tested: the patch's commit, or the one it was published as. */
    commit: gitName.optional(),
    /** Or the tree that was tested, whatever commit held it. */
    tree: gitName.optional(),
    source: CheckName,
    verdict: CheckVerdict,
    /** Where its own page about it is. */
    url: z.string({ error: ADDRESS }).max(500, ADDRESS).refine(isAddress, ADDRESS).optional(),
    junit: z.string({ error: REPORT }).max(MOST_REPORT_CHARACTERS, REPORT).optional(),
  })
  .refine(({ commit, tree }) => (commit === undefined) !== (tree === undefined), {
    error: "Name the commit or the tree that was tested, one of them.",
  });
export type ReportCheck = z.infer<typeof ReportCheck>;

/** What is left of a JUnit report; failing tests by name, the others by number. */
export const ReadReport = z.object({
  sha256: z.string(),
  passed: z.int(),
  /** At most 200 names. */
  failing: z.array(z.string()),
  failed: z.int(),
  skipped: z.int(),
});
export type ReadReport = z.infer<typeof ReadReport>;

/** What the commitment covers; stored as RFC 8785 text. */
export const CheckDocument = z.object({
  v: z.literal(1),
  patch: z.string(),
  tested: z.string(),
  source: z.string(),
  verdict: CheckVerdict,
  url: z.string().nullable(),
  junit: ReadReport.nullable(),
});
export type CheckDocument = z.infer<typeof CheckDocument>;

/** What a decision asks of a report. */
export interface Reported {
  readonly source: string;
  readonly verdict: CheckVerdict;
  readonly commitment: string;
  readonly reportedBy: string;
}

/** A check as a decision document holds it. */
export interface BoundCheck {
  readonly source: string;
  readonly required: boolean;
  readonly verdict: CheckVerdict | "missing";
  /** Commitment to what was reported; null where nothing was. */
  readonly report: string | null;
  readonly reportedBy: string | null;
}

export interface CheckView {
  readonly id: string;
  readonly source: string;
  readonly verdict: CheckVerdict;
  readonly isRequired: boolean;
  /** Another report of the same source came after it. */
  readonly isOutdated: boolean;
  readonly reporterName: string;
  readonly reportedAt: Date;
  /** Null where it was taken away. */
  readonly document: Pick<CheckDocument, "url" | "junit" | "tested"> | null;
}

export interface ChecksView {
  /** Newest first. */
  readonly reports: readonly CheckView[];
  /** Required by the charter, and not reported for this patch. */
  readonly missing: readonly string[];
}
