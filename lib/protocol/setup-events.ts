// What the setup phase did. Bodies only; events.ts makes the union.
import { z } from "zod";

const text = (max: number) => z.string().max(max);
const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const EgressVerdict = z.enum(["allowed", "denied"]);
export type EgressVerdict = z.infer<typeof EgressVerdict>;

/** What setup left, as the runner that took it in saw it. */
export const SetupSeen = z.object({
  /** SHA-256 over what it was made from: manifests, command, hosts, folders and the runner's environment. */
  key: sha256,
  /** SHA-256 over what it left: names, kinds and contents. */
  contents: sha256,
  entries: count,
  bytes: count,
});
export type SetupSeen = z.infer<typeof SetupSeen>;

export const setupBodies = {
  /**
   * Setup asked for a host, and what became of it. Seen by the proxy, outside the sandbox. Told at once and then in
   * between: the sums over events alike say what happened.
   */
  egress: z.object({
    host: text(260),
    port: z.int().min(0).max(65_535),
    verdict: EgressVerdict,
    /** The charter's entry that allowed it, or why it was denied. */
    rule: text(300),
    /** Bytes on the wire: to the host, and from it. */
    up: count,
    down: count,
    /** Connections and requests that this tells of. */
    times: count,
  }),
  /** What the tree is tested with. `cached`: this runner made it before, from the same. */
  setup_done: SetupSeen.extend({
    from: z.enum(["base", "patch"]),
    cached: z.boolean(),
    manifests: count,
    milliseconds: count,
  }),
} as const;
