"use client";

import { CopyId } from "../ui/copy-id.tsx";
import { Note } from "../ui/note.tsx";

/** Shown right after it was made; the server keeps only its hash. */
export function OneTimeLinkNote({ path }: { path: string }) {
  const link = typeof window === "undefined" ? path : `${window.location.origin}${path}`;
  return (
    <Note tone="good" role="status">
      <span className="tw">
        Give them this link; it works once, for a day:{" "}
        <CopyId id={link} shown={link} what="link" className="tw" />
      </span>
    </Note>
  );
}
