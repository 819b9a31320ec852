// What is signed about a merge, with real git: the note, the envelopes in it, and what is left where nobody takes the note.
import { createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { preAuthEncoding } from "#lib/attestations/envelope.ts";
import { attestationLines, findAttestation } from "#lib/attestations/service.ts";
import { MINUTE } from "#lib/clock.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { getRun } from "#lib/runs/service.ts";
import { actorId } from "#lib/scope.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { openSource, reviewOf, type Source } from "#lib/testing/git/story.ts";
import { asProcess, kindsAbout, launch } from "#lib/testing/journey.ts";
import { publishMerge } from "../jobs/publish-merge.ts";
import { createAttester } from "./attest-merges.ts";

const story = await openStory();
const { database, seed, clock, agentId } = story;
const bo = await member(seed, "bo", "reviewer");
const keys = mkdtempSync(join(tmpdir(), "pilothouse-attestation-"));
afterAll(() => rmSync(keys, { recursive: true, force: true }));
const workplace = { ...story.workplace, env: { ...story.workplace.env, PILOTHOUSE_NOTICE_KEYS: keys } };
const attest = () => asProcess(database, "worker", () => createAttester(workplace)(seed));
const NOTES = "refs/notes/pilothouse";

interface Statement {
  readonly _type: string;
  readonly subject: readonly { readonly digest: Record<string, string> }[];
  readonly predicateType: string;
  readonly predicate: Record<string, unknown>;
}

/** Statements of the lines, each checked against the public key first. */
function opened(lines: string, publicKey: string): Statement[] {
  const x = Buffer.from(publicKey, "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { payload, payloadType, signatures } = JSON.parse(line);
      const body = Buffer.from(payload, "base64");
      const sig = Buffer.from(signatures[0].sig, "base64");
      expect(verify(null, preAuthEncoding(payloadType, body), key, sig)).toBe(true);
      return JSON.parse(body.toString("utf8"));
    });
}

describe.each(["own", "upstream"] as const)("a merge where the authority is %s", (authority) => {
  let source: Source;
  let runId = "";

  beforeEach(async () => {
    clock.advance(MINUTE);
    source = await openSource(story, authority, { "a.js": "one\n" });
    runId = await launch(seed, await activePilot(seed, charterFor(seed, source.repositoryId)), agentId);
    const { gateId, digest } = await reviewOf(story, source, runId, { "a.js": "two\n" });
    await decideGate(bo, { gateId, digest, decision: "approve", reason: "" });
    const { rows } = await database.owner.query("select id from merge where run_id = $1", [runId]);
    await asProcess(database, "worker", () => publishMerge(workplace, seed, { mergeId: rows[0].id }));
  });

  const place = () => (authority === "own" ? story.workplace.mirrorOf(source.repositoryId) : source.path);

  test("is attested once, by envelopes about its commit, in a note beside it", async () => {
    expect(await findAttestation(seed, runId)).toBeNull();
    await attest();
    await attest();
    const view = await findAttestation(seed, runId);
    expect(view).toMatchObject({ note: "written", noteReason: null });
    const lines = await attestationLines(seed, runId);
    expect(playGit(place(), ["notes", `--ref=${NOTES}`, "show", view?.commit ?? ""])).toBe(lines.trimEnd());
    const statements = opened(lines, view?.publicKey ?? "");
    const tree = playGit(place(), ["rev-parse", `${view?.commit}^{tree}`]);
    for (const { _type, subject } of statements) {
      expect(_type).toBe("https://in-toto.io/Statement/v1");
      expect(subject.map(({ digest }) => digest)).toEqual([{ gitCommit: view?.commit }, { gitTree: tree }]);
    }
    const [tests, approvals, provenance] = statements;
    expect(tests).toMatchObject({
      predicateType: "https://in-toto.io/attestation/test-result/v0.1",
      predicate: { result: "PASSED" },
    });
    expect(approvals?.predicate).toMatchObject({
      needed: 1,
      approvals: [{ person: actorId(bo.actor), role: "reviewer", method: "session" }],
    });
    expect(provenance).toMatchObject({
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: { runDetails: { metadata: { invocationId: runId } } },
    });
    const kinds = await kindsAbout(database, `run:${runId}`);
    expect(kinds.filter((kind) => /attest/.test(kind))).toEqual(["run.attested", "run.attestation_noted"]);
  });

  if (authority === "upstream") {
    test("stands where the upstream refuses the note, and says so", async () => {
      const other = playGit(source.path, ["rev-parse", "refs/heads/main~1"]);
      playGit(source.path, ["update-ref", NOTES, other]);
      await attest();
      expect(await findAttestation(seed, runId)).toMatchObject({
        note: "refused",
        noteReason: expect.stringMatching(/The upstream refused the push/),
      });
      expect((await getRun(seed, runId)).status).toBe("merged");
      expect(playGit(source.path, ["rev-parse", NOTES])).toBe(other);
    });
  }
});
