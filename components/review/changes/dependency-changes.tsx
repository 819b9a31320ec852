import { CircleAlert, type LucideIcon, Minus, TriangleAlert } from "lucide-react";
import type { ChangesView, DependencyFinding, ShownPackage } from "#lib/changes/rules.ts";
import { plural } from "../../format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Code, Visible } from "../../ui/visible.tsx";

const FACES: Readonly<
  Record<DependencyFinding["severity"], { readonly icon: LucideIcon; readonly tone: string }>
> = {
  high: { icon: CircleAlert, tone: "bad" },
  medium: { icon: TriangleAlert, tone: "need" },
  low: { icon: Minus, tone: "t3" },
};
const SHOWN = 200;

/** Lockfiles as packages: what was added, removed and changed. Their lines are in the diff below. */
export function DependencyChanges({ packages, packagesLeft, notes }: ChangesView) {
  const left = packagesLeft + Math.max(0, packages.length - SHOWN);
  return (
    <section aria-label="Dependencies">
      <h3 className="h3">
        Dependencies <span className="t3 sm num font-normal">{sizeInWords(packages)}</span>
      </h3>
      <ul className="tcs">
        {notes.map((note) => (
          <li key={`${note.rule} ${note.path} ${note.name} ${note.after}`} data-rule={note.rule}>
            <Icon of={FACES[note.severity].icon} className={FACES[note.severity].tone} />
            <span className="tw">
              <Visible text={note.sentence} />
            </span>
          </li>
        ))}
      </ul>
      {packages.length > 0 ? (
        <table className="pkgs">
          <thead>
            <tr>
              <th scope="col">Package</th>
              <th scope="col">Version</th>
              <th scope="col">Licence</th>
              <th scope="col">Said by</th>
            </tr>
          </thead>
          <tbody>
            {packages.slice(0, SHOWN).map((one) => (
              <PackageRow key={`${one.path} ${one.name} ${one.before} ${one.after}`} one={one} />
            ))}
          </tbody>
        </table>
      ) : null}
      {left > 0 ? (
        <p className="t3 sm">And {plural(left, "package")} more; all lines are in the diff.</p>
      ) : null}
    </section>
  );
}

function sizeInWords(packages: readonly ShownPackage[]): string {
  const count = (change: ShownPackage["change"]) => packages.filter((one) => one.change === change).length;
  return `${count("added")} added, ${count("changed")} changed, ${count("removed")} removed`;
}

function PackageRow({ one }: { readonly one: ShownPackage }) {
  const { name, before, after, licence, verdict, isDirect, hasInstallScript, path } = one;
  const remarks = [
    ...(isDirect === false ? ["asked for by another package"] : []),
    ...(hasInstallScript ? ["runs a script"] : []),
  ];
  return (
    <tr data-change={one.change}>
      <td>
        <Code text={name} /> {remarks.length > 0 ? <span className="t3 xs">{remarks.join(", ")}</span> : null}
      </td>
      <td className="mono xs">
        {before === null ? <span className="good">added </span> : <Visible text={before} />}
        {before !== null && after !== null ? " → " : null}
        {after === null ? <span className="bad"> removed</span> : <Visible text={after} />}
      </td>
      <td className={verdict === "allowed" ? "" : "need"}>
        {licence === null ? <span className="t3">unknown</span> : <Visible text={licence} />}
        {verdict === "outside" ? " — outside the charter's list" : null}
      </td>
      <td className="mono xs t3">
        <Visible text={path} />
      </td>
    </tr>
  );
}
