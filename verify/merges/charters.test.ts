// What a merge is held against besides its own document: its run's charter, and the one that was in force by then.
import { expect, test } from "vitest";
import { verifyBundle } from "../bundle.ts";
import { parsePolicy } from "../policy.ts";
import { textOf } from "../report.ts";
import { bundleLines, fileOf, streamed } from "../testing/build.ts";
import { type MergeOptions, mergeLeaves, scene, witnessed } from "../testing/scene.ts";

async function verify(options: MergeOptions) {
  const file = fileOf(bundleLines(scene({ leaves: mergeLeaves(options), about: "dossier" })));
  const report = await verifyBundle(streamed(file), parsePolicy(witnessed));
  return { code: report.code, text: textOf(report) };
}

const GUARD = "engineering_lead";
const guarded = { mustHold: GUARD, roles: [GUARD, "security_lead", "reviewer"] };
const approvers = [
  ["per_a", GUARD],
  ["per_b", "reviewer"],
] as const;

test.each<[string, MergeOptions]>([
  ["its charter", { controls: { protectedApproverRole: GUARD } }],
  ["the charter in force", { inForce: { protectedApproverRole: GUARD } }],
])("the role that %s wants for what is protected approves it", async (_, said) => {
  expect(await verify({ ...said, document: guarded, approvers })).toMatchObject({ code: 0 });
});

const ci = [{ class: "ci", files: [".github/workflows/ci.yml"], count: 1 }];
const protecting = { controls: { protectedApproverRole: GUARD }, scope: { protectedClasses: ["ci"] } };
const asked = { ...guarded, touched: ci, needed: 3 };
const three = [...approvers, ["per_c", "security_lead"]] as const;

test("of two roles that charters want for what is protected, the stricter approves it", async () => {
  const both = { ...protecting, inForce: { protectedApproverRole: "security_lead" } };
  const document = { ...asked, mustHold: "security_lead", roles: ["security_lead", "reviewer"] };
  const leads = [
    ["per_a", "security_lead"],
    ["per_b", "reviewer"],
    ["per_c", "security_lead"],
  ] as const;
  expect(await verify({ ...both, document, approvers: leads })).toMatchObject({ code: 0 });
  const text = expect.stringContaining("ask for security_lead");
  expect(await verify({ ...both, document: asked, approvers: three })).toMatchObject({ code: 1, text });
});

test("a patch that touches what its charter protects is approved by who has to, as its document says", async () => {
  expect(await verify({ ...protecting, document: asked, approvers: three })).toMatchObject({ code: 0 });
  const others = [{ ...ci[0], class: "lockfiles" }];
  expect(await verify({ ...protecting, document: { touched: others } })).toMatchObject({ code: 0 });
});

test("a document that does not say what it touches cannot show it", async () => {
  const text = expect.stringContaining("does not say which of the files its charter protects");
  expect(await verify(protecting)).toMatchObject({ code: 3, text });
});

test("the gate's own rule takes the place of the ordinary count and roles", async () => {
  const gates = [{ gate: "merge", needed: 3, roles: ["reviewer"], denials: 1 }];
  const text = expect.stringContaining("its charter for 3");
  expect(await verify({ controls: { gates } })).toMatchObject({ code: 1, text });
});

test.each<[string, MergeOptions, string]>([
  [
    "without the role for what it touches",
    { ...protecting, document: { touched: ci, needed: 3 } },
    `ask for ${GUARD}`,
  ],
  [
    "without the person more for it",
    { ...protecting, document: { ...asked, needed: 2 } },
    "its charter for 3",
  ],
  [
    "by others than who has to",
    {
      ...protecting,
      document: asked,
      approvers: [
        ["per_a", "security_lead"],
        ["per_b", "reviewer"],
        ["per_c", "reviewer"],
      ],
    },
    `nobody approved as ${GUARD}`,
  ],
  [
    "without the role for paths of the charter's own",
    { ...protecting, document: { touched: [{ class: "paths", files: ["a"], count: 1 }] } },
    `ask for ${GUARD}`,
  ],
  ["by nobody of the role its document wants", { document: { mustHold: GUARD } }, "nobody approved as"],
  ["by a role that no charter names", { document: guarded, approvers }, "its charter does not"],
  ["by fewer than the charter in force wants", { inForce: { approverCount: 3 } }, "in force for 3"],
  ["unsigned where the one in force wants a passkey", { inForce: { stepUp: "merge" } }, "in force does"],
])("probe: a merge approved %s does not hold", async (_, options, says) => {
  expect(await verify(options)).toMatchObject({ code: 1, text: expect.stringContaining(says) });
});
