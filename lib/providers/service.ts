// Providers of models. Their address cannot be changed: a key sealed for one would go to another.
import { createHash } from "node:crypto";
import { requirePermission } from "../authz/require.ts";
import { isDuplicate, read, type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { namesOf } from "../people/service.ts";
import { changeOf, made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { httpHosts } from "./http-hosts.ts";
import { baseUrlOf, providerState } from "./rules.ts";
import { type CreateProvider, type ProviderView, TestAnswer, type TestView } from "./schema.ts";
import {
  findProvider,
  insertProvider,
  lastTests,
  listKeyRows,
  listProviderRows,
  liveKeys,
  lockProvider,
  markDisabled,
  type ProviderRow,
  type TestRow,
} from "./store.ts";

export async function createProvider(scope: Scope, input: CreateProvider): Promise<{ providerId: string }> {
  requirePermission(scope, "provider.manage", null);
  const { name, kind, settings } = input;
  const baseUrl = baseUrlOf(kind, input.baseUrl, httpHosts);
  const now = scope.clock.now();
  const id = newId("provider", now);
  try {
    await transaction(scope, async (tx) => {
      const by = { createdBy: actorId(scope.actor), createdAt: new Date(now) };
      await insertProvider(tx.db, { id, name, kind, baseUrl, settings, ...by });
      tx.record({
        kind: "provider.created",
        about: [`provider:${id}`],
        ...made(providerState({ id, disabled: false, keys: [] })),
        detail: { kind, base_url_sha256: createHash("sha256").update(baseUrl, "utf8").digest("hex") },
      });
    });
  } catch (error) {
    if (isDuplicate(error)) throw refused("There is a provider of this name.", { name: ["Taken already."] });
    throw error;
  }
  return { providerId: id };
}

/** Calls of its models are refused from now on; those under way are cut within a second. */
export async function disableProvider(scope: Scope, providerId: string): Promise<void> {
  requirePermission(scope, "provider.manage", null);
  await transaction(scope, async (tx) => {
    const provider = await heldProvider(tx, providerId);
    if (!(await markDisabled(tx.db, providerId, new Date(scope.clock.now()))))
      throw conflict("The provider is switched off already.");
    const facts = { id: provider.id, keys: await liveKeys(tx.db, providerId) };
    tx.record({
      kind: "provider.disabled",
      about: [`provider:${providerId}`],
      ...changeOf(providerState({ ...facts, disabled: false }), providerState({ ...facts, disabled: true })),
      detail: {},
    });
  });
}

/** For the verbs beside this: the row, locked until the transaction ends. */
export async function heldProvider(tx: Tx, providerId: string): Promise<ProviderRow> {
  const provider = await lockProvider(tx.db, providerId);
  if (!provider) throw notFound("provider");
  return provider;
}

const answerOf = ({ models, latencyMs, problem }: TestRow): TestAnswer =>
  TestAnswer.parse({ models: models ?? [], latencyMs: latencyMs ?? 0, problem });

const testView = (row: TestRow): TestView => ({
  ...{ id: row.id, keyId: row.keyId, askedAt: row.askedAt, answeredAt: row.answeredAt },
  answer: row.answeredAt === null ? null : answerOf(row),
});

export async function listProviders(scope: Scope): Promise<ProviderView[]> {
  requirePermission(scope, "provider.view", null);
  const { rows, keys, tests } = await read(scope, async (db) => ({
    rows: await listProviderRows(db),
    keys: await listKeyRows(db),
    tests: await lastTests(db),
  }));
  const names = await namesOf(
    scope,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map((row) => {
    const test = tests.find(({ providerId }) => providerId === row.id);
    return {
      ...row,
      createdByName: names.get(row.createdBy) ?? row.createdBy,
      keys: keys.filter(({ providerId }) => providerId === row.id).map(({ providerId: _, ...key }) => key),
      test: test ? testView(test) : null,
    };
  });
}

export async function getProvider(scope: Scope, providerId: string): Promise<ProviderView> {
  const provider = (await listProviders(scope)).find(({ id }) => id === providerId);
  if (!provider) throw notFound("provider");
  return provider;
}

/** For other services, inside their transaction: a provider that is in use. */
export async function requireProvider(tx: Tx, providerId: string): Promise<ProviderRow> {
  const provider = await findProvider(tx.db, providerId);
  if (!provider) throw notFound("provider");
  if (provider.disabledAt !== null) throw refused("This provider is switched off; choose another one.");
  return provider;
}
