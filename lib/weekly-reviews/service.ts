// Weeks as they are read.
import { requirePermission } from "../authz/require.ts";
import { type Db, read } from "../db.ts";
import { notFound } from "../errors.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { headlineOf, stateOf } from "./rules.ts";
import { PackDocument, WeekDocument, type WeekRow, type WeekView } from "./schema.ts";
import {
  findLatestPack,
  findPack,
  type PackRow,
  selectLooks,
  selectOpenGates,
  selectPacks,
  selectSignatures,
  selectTexts,
} from "./store.ts";

const documentOf = ({ document }: PackRow): PackDocument => PackDocument.parse(JSON.parse(document));

/** Newest first. */
export async function listWeeks(scope: Scope, pilotId: string): Promise<WeekRow[]> {
  requirePermission(scope, "kpi.view", pilotId);
  return read(scope, async (db) => {
    const packs = await selectPacks(db, pilotId);
    const open = await openGateOf(db, pilotId);
    const latest = packs[0]?.number ?? 0;
    return packs.map((pack) => {
      const { id, number, firstDay, lastDay, packedAt } = pack;
      return {
        ...{ id, number, firstDay, lastDay, packedAt, state: stateOf(pack, latest) },
        ...{ headline: headlineOf(documentOf(pack)), openGate: open?.pack === id ? open.id : null },
      };
    });
  });
}

async function openGateOf(db: Db, pilotId: string) {
  const [gate] = await selectOpenGates(db, pilotId);
  return gate ? { ...WeekDocument.parse(JSON.parse(gate.document)), id: gate.id } : null;
}

/** One week with what its people signed and said, and what its ids are called. */
export async function getWeek(scope: Scope, pilotId: string, number: number): Promise<WeekView> {
  requirePermission(scope, "kpi.view", pilotId);
  const { name } = await getPilot(scope, pilotId);
  const view = await read(scope, async (db): Promise<WeekView> => {
    const pack = await findPack(db, pilotId, number);
    if (!pack) throw notFound("weekly pack");
    const document = documentOf(pack);
    const latest = (await findLatestPack(db, pilotId))?.number ?? 0;
    const asked = await openGateOf(db, pilotId);
    const open = asked?.pack === pack.id ? asked : null;
    const gateId = pack.gateId ?? open?.id ?? null;
    const signed = gateId === null ? [] : await selectSignatures(db, gateId);
    const looks = await selectLooks(db, pack.id);
    const people = [...signed, ...looks].map(({ personId }) => personId);
    const texts = await selectTexts(db, [...idsIn(document), ...people]);
    return {
      ...{ pilotName: name, document, digest: pack.digest, state: stateOf(pack, latest) },
      ...{ reason: pack.reason, decidedAt: pack.decidedAt, looks, isLatest: number === latest },
      signatures: signed.map(({ personId, createdAt, assertion }) => ({
        ...{ personId, at: createdAt, isSigned: assertion !== null },
      })),
      openGate: open && { id: open.id, decision: open.decision, reason: open.reason },
      names: Object.fromEntries(texts.map(({ id, text }) => [id, text])),
    };
  });
  const { names, reason, looks, openGate } = await maskValue({
    ...{ names: view.names, reason: view.reason, looks: view.looks, openGate: view.openGate },
  });
  return { ...view, names, reason, looks, openGate };
}

/** What of a pack has a name elsewhere. */
const idsIn = ({ owners, sample, agents, incidents, signed }: PackDocument): string[] => [
  ...owners,
  ...sample.items.flatMap(({ person, run }) => (run === null ? [person] : [person, run])),
  ...agents.map(({ id }) => id),
  ...incidents.rows.map(({ id }) => id),
  ...signed.map(({ person }) => person),
];
