import { CircleAlert, type LucideIcon, Minus, TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { FindingSeverity, TestFinding } from "#lib/test-integrity/schema.ts";
import { shortenMiddle } from "#lib/text/rules.ts";
import { plural } from "../../format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Code, Visible } from "../../ui/visible.tsx";

const FACES: Readonly<Record<FindingSeverity, { readonly icon: LucideIcon; readonly tone: string }>> = {
  high: { icon: CircleAlert, tone: "bad" },
  medium: { icon: TriangleAlert, tone: "need" },
  low: { icon: Minus, tone: "t3" },
};
const LONGEST_PATH = 70;

/** Where in the diff it stands. */
const hrefOf = (runId: string, { path, patch }: TestFinding): string => {
  const line = patch === null ? "" : `&line=${patch.from}`;
  return `/reviews/${runId}?file=${encodeURIComponent(path)}${line}`;
};

/** What a patch does to the tests that judge it, the worst first, with what stood there before. */
export function TestChanges({
  runId,
  tests,
  left,
}: {
  readonly runId: string;
  readonly tests: readonly TestFinding[];
  readonly left: number;
}) {
  if (tests.length === 0)
    return (
      <p className="t3 sm">
        No test of the base was deleted, skipped or loosened, as far as files of tests can be read.
      </p>
    );
  return (
    <>
      <ul className="tcs">
        {tests.map((finding) => (
          <TestChange
            key={`${finding.rule} ${finding.path} ${finding.patch?.from} ${finding.base?.from} ${finding.after}`}
            href={hrefOf(runId, finding)}
            finding={finding}
          />
        ))}
      </ul>
      {left > 0 ? <p className="need sm">And {plural(left, "more", "more")} that are not listed.</p> : null}
    </>
  );
}

function TestChange({ href, finding }: { readonly href: string; readonly finding: TestFinding }) {
  const { severity, sentence, path, base, patch, before, after } = finding;
  const { icon, tone } = FACES[severity];
  const line = (patch ?? base)?.from;
  return (
    <li data-rule={finding.rule} data-severity={severity}>
      <Icon of={icon} className={tone} />
      <span className="grow">
        <span className="tw">
          <span className="vh">{severity}: </span>
          <Visible text={sentence} />
        </span>{" "}
        <Link className="link mono xs" href={href} scroll={false}>
          <Visible text={shortenMiddle(path, LONGEST_PATH)} />
          {line === undefined ? null : `:${line}`}
          {patch === null && base !== null ? " (base)" : ""}
        </Link>
        {before !== null || after !== null ? <Was before={before} after={after} /> : null}
      </span>
    </li>
  );
}

function Was({ before, after }: { readonly before: string | null; readonly after: string | null }) {
  return (
    <span className="was xs">
      {before === null ? null : (
        <del>
          <span className="vh">before: </span>
          <Code text={before} />
        </del>
      )}
      {after === null ? null : (
        <ins>
          <span className="vh">now: </span>
          <Code text={after} />
        </ins>
      )}
    </span>
  );
}
