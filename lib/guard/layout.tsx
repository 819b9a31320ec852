// Door of layouts that read something (who is signed in, the pilots of the switcher). Next keeps a layout while
// pages inside it change, so it protects only what it shows; every page has a door of its own.
import { unstable_rethrow } from "next/navigation";
import type { ReactNode } from "react";
import type { DoorPermission } from "../authz/rules.ts";
import { type Caller, openDoor } from "./core.ts";
import { withDoor } from "./door.ts";
import { pageRequest } from "./page-request.ts";
import { renderRefusal } from "./render.tsx";

export interface LayoutArguments extends Caller {
  readonly children: ReactNode;
}

export interface LayoutConfig {
  readonly permission: DoorPermission;
  readonly handler: (args: LayoutArguments) => Promise<ReactNode> | ReactNode;
}

export function layout({
  permission,
  handler,
}: LayoutConfig): (props: { children: ReactNode }) => Promise<ReactNode> {
  return withDoor(
    { kind: "layout", permission, maxBytes: 0 },
    async ({ children }: { children: ReactNode }) => {
      const threshold = { permission, maxBytes: Number.MAX_SAFE_INTEGER };
      const outcome = await openDoor(
        await pageRequest(),
        threshold,
        async (caller) => handler({ ...caller, children }),
        unstable_rethrow,
      );
      return outcome.ok ? outcome.value : renderRefusal(outcome.refusal);
    },
  );
}
