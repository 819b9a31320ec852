import type { EvidenceDocument } from "#lib/evidence/document.ts";
import { plural, shortHash } from "../../format.ts";
import { CopyId } from "../../ui/copy-id.tsx";

type SetupOf = NonNullable<EvidenceDocument["setup"]>;

/** What the trees were tested with, by the digests of what setup left. */
export function Installed({ setup: { base, patch } }: { setup: SetupOf }) {
  return (
    <p className="t3 xs mt-1.5">
      Installed for the base: <Left seen={base} />;{" "}
      {patch === null ? (
        "the same for the patch"
      ) : (
        <>
          for the patch: <Left seen={patch} />
        </>
      )}
    </p>
  );
}

const Left = ({ seen: { contents, entries } }: { seen: SetupOf["base"] }) => (
  <>
    {plural(entries, "file or folder", "files and folders")},{" "}
    <CopyId id={contents} what="digest of what setup left" shown={`${shortHash(contents)}…`} />
  </>
);
