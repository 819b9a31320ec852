// Door of pages.
import { unstable_rethrow } from "next/navigation";
import type { ReactNode } from "react";
import type { z } from "zod";
import type { DoorPermission } from "../authz/rules.ts";
import { type Caller, openDoor } from "./core.ts";
import { withDoor } from "./door.ts";
import { parseInput, refuseUnstorable } from "./http/parse.ts";
import { pageRequest } from "./page-request.ts";
import { renderRefusal } from "./render.tsx";

export type RawParams = Record<string, string | string[] | undefined>;

export interface PageProps {
  readonly params: Promise<RawParams>;
  readonly searchParams: Promise<RawParams>;
}

export interface PageArguments<Q> extends Caller {
  /** Path segments by name, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
}

export interface PageConfig<Q extends z.ZodType> {
  readonly permission: DoorPermission;
  /** The pilot the page is about, where the path says so: the permission is then asked for that pilot. */
  readonly pilot?: (params: Readonly<Record<string, string>>) => string;
  /** Filters in the URL; give each a `.catch` so that an old link still opens. */
  readonly query?: Q;
  readonly handler: (args: PageArguments<z.infer<Q>>) => Promise<ReactNode> | ReactNode;
}

/** Next hands segments over as sent; one that does not decode stays as it is and names nothing of ours. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

function decoded(raw: RawParams): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, decode([value ?? ""].flat().join("/"))]),
  );
}

export function page<Q extends z.ZodType>(config: PageConfig<Q>): (props: PageProps) => Promise<ReactNode> {
  const { permission, pilot, query, handler } = config;
  return withDoor({ kind: "page", permission, maxBytes: 0 }, async (props: PageProps) => {
    const params = decoded(await props.params);
    const threshold = { permission, maxBytes: Number.MAX_SAFE_INTEGER, pilotId: pilot?.(params) };
    const outcome = await openDoor(
      await pageRequest(),
      threshold,
      async (caller) => {
        const searchParams = await props.searchParams;
        refuseUnstorable({ ...params, ...searchParams });
        const read = (query ? parseInput(query, searchParams) : undefined) as z.infer<Q>;
        return handler({ ...caller, params, query: read });
      },
      unstable_rethrow,
    );
    return outcome.ok ? outcome.value : renderRefusal(outcome.refusal);
  });
}
