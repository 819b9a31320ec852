// What a charter says of the setup phase: the one command of a run that may use a network.
import { z } from "zod";

const CONTROL = /\p{Cc}/u;
const uniqueBy = <T>(items: readonly T[]) => new Set(items).size === items.length;

const ARGV = "Write the command that installs what the tests need, such as npm ci, or nothing.";

/** Empty: there is no setup phase. */
export const SetupArgv = z
  .array(
    z
      .string({ error: ARGV })
      .min(1, ARGV)
      .max(2000, "One word of the command is longer than 2,000 characters.")
      .refine((word) => !CONTROL.test(word), "The command holds a control character."),
    { error: ARGV },
  )
  .max(50, "The command has more than 50 words.");

const HOST =
  "Write host names in small letters, one a line, such as registry.npmjs.org, *.example.org or example.org:8443; no address, no path.";

/** A name of two labels or more, or `*.` before such a name, with a port where it is not 443. Never an IP address. */
export const SetupHost = z
  .string({ error: HOST })
  .max(260, HOST)
  .regex(/^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(?::[1-9][0-9]{0,4})?$/, HOST)
  // A last label that begins with a digit is how addresses are written, in all their forms.
  .refine((host) => /^[a-z]/.test(host.split(".").at(-1) ?? ""), HOST)
  .refine((host) => Number(host.split(":")[1] ?? 443) < 65_536, HOST);

export const SetupHosts = z
  .array(SetupHost, { error: HOST })
  .max(50, "At most 50 hosts.")
  .refine(uniqueBy, "The same host stands here twice.");

const PATH =
  "Write folders inside the repository, one a line, such as node_modules: no pattern, no leading slash, no “..”, no .git.";

/** A folder of the tree, relative and plain. */
export const SetupPath = z
  .string({ error: PATH })
  .min(1, PATH)
  .max(300, PATH)
  .refine((path) => !CONTROL.test(path) && !/[\\*?[\]{}!:]/.test(path) && !path.startsWith("-"), PATH)
  .refine(
    (path) =>
      path
        .split("/")
        .every((part) => !["", ".", "..", ".git"].includes(part.toLowerCase()) && part.length <= 255),
    PATH,
  );

const isBelow = (path: string, other: string): boolean => path !== other && path.startsWith(`${other}/`);

export const SetupPaths = z
  .array(SetupPath, { error: PATH })
  .max(20, "At most 20 folders.")
  .refine(uniqueBy, "The same folder stands here twice.")
  .refine((paths) => !paths.some((path) => paths.some((other) => isBelow(path, other))), {
    error: "One of the folders lies in another one.",
  });

/** Whether the tools are asked to run scripts of the packages they install. */
export const SetupScripts = z.enum(["off", "on"], "Choose off or on.");
export type SetupScripts = z.infer<typeof SetupScripts>;

/** As a runner is told. */
export const SetupPlan = z.object({
  argv: SetupArgv.min(1),
  hosts: SetupHosts,
  paths: SetupPaths.min(1),
  scripts: SetupScripts,
  /** Of its own; without it, as long as an attempt. */
  seconds: z.int().positive().optional(),
});
export type SetupPlan = z.infer<typeof SetupPlan>;

/** Of the gate's decision document, what its page shows. */
export const NetworkDocument = z.looseObject({
  patch: z.string(),
  manifests: z.array(z.string()),
  count: z.int(),
  setup: SetupPlan,
});
