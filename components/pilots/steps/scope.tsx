import { SelectField } from "../../form/field.tsx";
import { CodeField, LinesField, Part, type PartProps, textOf } from "./fields.tsx";
import { Zones } from "./zones.tsx";

export interface ScopePartProps extends PartProps {
  readonly repositories: readonly {
    readonly id: string;
    readonly name: string;
    readonly branch: string | null;
    readonly labels: readonly string[];
  }[];
}

const LISTS = [
  {
    name: "scope.repositoryLabels",
    label: "Labels the repository has to carry",
    hint: "One a line. Without all of them nothing is launched.",
    rows: 2,
  },
  {
    name: "scope.forbiddenLabels",
    label: "Labels where nothing runs",
    hint: "Such as pci: a repository that carries one is out of bounds.",
    rows: 2,
  },
  { name: "scope.allowedPaths", label: "Allowed paths", hint: "One a line; ** is everything.", rows: 6 },
  { name: "scope.protectedPaths", label: "Protected paths", hint: "One a line.", rows: 6 },
] as const;

export function Scope({ values, errors, repositories }: ScopePartProps) {
  return (
    <Part
      id="scope"
      title="Scope"
      text="A patch that leaves the allowed paths is refused; one that touches protected paths needs another person."
    >
      <div className="r2">
        <SelectField
          name="scope.repositoryId"
          label="Repository"
          errors={errors}
          defaultValue={textOf(values, "scope.repositoryId")}
          options={
            repositories.length === 0
              ? [{ value: "", title: "No repository is ready yet" }]
              : repositories.map(({ id, name, labels }) => ({
                  value: id,
                  title: labels.length === 0 ? name : `${name} (${labels.join(", ")})`,
                }))
          }
        />
        <CodeField {...{ values, errors }} name="scope.branch" label="Branch" />
      </div>
      <div className="r2">
        {LISTS.map((list) => (
          <LinesField key={list.name} {...{ values, errors }} {...list} />
        ))}
      </div>
      <Zones {...{ values, errors }} />
    </Part>
  );
}
