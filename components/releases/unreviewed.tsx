import Link from "next/link";
import type { UnreviewedGlass } from "#lib/break-glass/schema.ts";
import { Note } from "../ui/note.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

/** Stands on the pilot's page until another lead has reviewed each. */
export function Unreviewed({ glass }: { readonly glass: readonly UnreviewedGlass[] }) {
  return glass.map(({ gateId, runTitle, byName, at }) => (
    <div className="mt-3" key={gateId}>
      <Note tone="bad" role="status">
        <Visible text={byName} mode="line" /> merged “<Visible text={runTitle} mode="line" />” by breaking the
        glass <RelativeTime at={at.toISOString()} />. No other lead has reviewed it so far.{" "}
        <Link className="link in" href={`/inbox?show=team&gate=${gateId}`}>
          Review it
        </Link>
      </Note>
    </div>
  ));
}
