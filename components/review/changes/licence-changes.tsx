import Link from "next/link";
import type { ChangesView } from "#lib/changes/rules.ts";
import { Code, Visible } from "../../ui/visible.tsx";

const KINDS = { spdx: "Licence line", copyright: "Copyright line", licence_file: "Licence file" } as const;

/** Whose work a patch says it is, where it says so. */
export function LicenceChanges({ runId, headers, licences }: ChangesView & { readonly runId: string }) {
  return (
    <section aria-label="Licences">
      <h3 className="h3">
        Licences{" "}
        <span className="t3 sm font-normal">
          {licences.length === 0
            ? "the charter allows every licence"
            : `the charter allows ${licences.join(", ")}`}
        </span>
      </h3>
      <ul className="tcs">
        {headers.map(({ path, line, kind, text }) => (
          <li key={`${path} ${line} ${text}`}>
            <span className="grow">
              {KINDS[kind]}: <Code text={text} />{" "}
              <Link
                className="link mono xs"
                scroll={false}
                href={`/reviews/${runId}?file=${encodeURIComponent(path)}&line=${line}`}
              >
                <Visible text={path} />:{line}
              </Link>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
