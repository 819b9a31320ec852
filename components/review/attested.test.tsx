import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { AttestationView } from "#lib/attestations/schema.ts";
import { Attested } from "./attested.tsx";

const attestation: AttestationView = {
  ...{ mergeId: "mrg_1", commit: "a".repeat(40), keyId: "b".repeat(64), publicKey: "KEY=" },
  ...{ madeAt: new Date(0), note: "refused", noteReason: "The upstream refused the push." },
};

test("a merge's attestation is there to download, and a note that was refused is said to be", () => {
  const html = renderToStaticMarkup(<Attested runId="run_1" attestation={attestation} />);
  expect(html).toContain('href="/api/runs/run_1/attestation"');
  expect(html).toContain("did not take the note; the merge stands");
  expect(html).toContain("The upstream refused the push.");
  const written = { ...attestation, note: "written", noteReason: null } as const;
  expect(renderToStaticMarkup(<Attested runId="run_1" attestation={written} />)).toContain(
    "refs/notes/pilothouse",
  );
});
