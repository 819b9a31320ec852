// What may happen around one run in review, in any order; the same commands drive the model and the services.
import fc from "fast-check";

export const PEOPLE = ["ada", "bo", "cy", "dee", "eve"] as const;
export type Name = (typeof PEOPLE)[number];

export const HELD = {
  ada: "engineering_lead",
  bo: "reviewer",
  cy: "security_lead",
  dee: "reviewer",
  eve: "viewer",
} as const satisfies Record<Name, string>;

export interface Wanted {
  readonly approverCount: 1 | 2 | 3;
  readonly approverRoles: readonly ("engineering_lead" | "reviewer" | "security_lead")[];
  /** So many denials close the gate; more than one stands in a rule of the charter's own for it. */
  readonly denials: 1 | 2;
}

export type Command =
  /** Opens the page: what is decided from then on is the gate that was shown. */
  | { readonly do: "look"; readonly who: Name }
  /** `looks` at the newest gate first; else decides on what is on their screen. */
  | { readonly do: "approve" | "deny"; readonly who: Name; readonly looks: boolean }
  | { readonly do: "steer" | "revoke" | "grant" | "disable" | "enable"; readonly who: Name }
  /** `told`: open gates hear of it at once; else whoever decides next finds out. */
  | { readonly do: "amend"; readonly wanted: Wanted; readonly told: boolean }
  | { readonly do: "move_base"; readonly told: boolean }
  /** The agent hands in again on the new base. */
  | { readonly do: "rework" }
  | { readonly do: "stop" | "lift" | "expire" };

export interface Sequence {
  readonly launcher: Name;
  readonly wanted: Wanted;
  readonly commands: readonly Command[];
}

const who = fc.constantFrom(...PEOPLE);
const looks = fc.constantFrom(true, true, true, false);
const wanted: fc.Arbitrary<Wanted> = fc.record({
  denials: fc.constantFrom(1, 1, 2),
  approverCount: fc.constantFrom(1, 2, 2, 3),
  approverRoles: fc.constantFrom<Wanted["approverRoles"][]>(
    ["reviewer", "security_lead", "engineering_lead"],
    ["reviewer", "security_lead"],
    ["security_lead", "reviewer"],
    ["reviewer"],
    ["security_lead"],
  ),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("approve" as const), who, looks }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("look" as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deny" as const), who, looks }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("steer", "revoke", "grant", "disable", "enable" as const),
      who,
    }) as fc.Arbitrary<Command>,
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("amend" as const), wanted, told: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("move_base" as const), told: fc.boolean() }) },
  { weight: 6, arbitrary: fc.constant<Command>({ do: "rework" }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Command>({ do: "stop" }, { do: "lift" }, { do: "lift" }, { do: "expire" }),
  },
);

export const sequences = (longest: number): fc.Arbitrary<Sequence> =>
  fc.record({
    launcher: who,
    wanted,
    commands: fc.array(command, { minLength: 2, maxLength: longest, size: "max" }),
  });

/** What a charter says of it: the usual numbers, or a rule of its own for merges. */
export const controlsOf = ({ approverCount, approverRoles, denials }: Wanted, hours: number) => {
  const roles = [...approverRoles];
  if (denials === 1) return { approverCount, approverRoles: roles, gates: [] };
  const own = {
    gate: "merge" as const,
    roles,
    needed: approverCount,
    denials,
    hours,
    clock: "always" as const,
  };
  // The usual ones say nothing any more: whoever reads them merges with too few.
  return { approverCount: 1, approverRoles: ["reviewer" as const], gates: [own] };
};
